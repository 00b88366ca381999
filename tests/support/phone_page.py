"""What browser tests of the phone share: a shop behind it, messages, and the usual moves."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from werkzeug.serving import make_server

from sandbox.server import Handle
from tests.support import http

FIELD = "メッセージを入力"

Json = dict[str, Any]


def _picture() -> FilePayload:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "#6b4a2b").save(file, "PNG")
    return {"name": "face.png", "mimeType": "image/png", "buffer": file.getvalue()}


# A picture of this device, eight pixels wide.
PICTURE = _picture()


@dataclass
class Shop:
    """An official account's server: takes every webhook and remembers its events."""

    url: str
    events: list[Json] = field(default_factory=list)

    def told(self, kind: str) -> list[Json]:
        return [event for event in self.events if event["type"] == kind]


@contextmanager
def open_shop() -> Iterator[Shop]:
    """A shop's server on a free port, closed at the end."""
    app = Flask("shop")
    events: list[Json] = []

    @app.post("/webhook")
    def take() -> str:
        events.extend(request.get_json()["events"])
        return ""

    with serve(app) as url:
        yield Shop(f"{url}/webhook", events)


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def call(sandbox: Handle, path: str, body: Any, kind: str = "application/json") -> Json:
    """Let the account's server call a POST endpoint of the Messaging API; answers its JSON."""
    token = sandbox.world.account("main").access_token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = f"{sandbox.url}/v2/bot/{path}"
    answer = http.request("POST", url, headers=headers, body=data)
    assert answer.status < 300, answer.data
    told: Json = answer.json()
    return told


def push(sandbox: Handle, *messages: Json, person: str = "hanako") -> None:
    """Let the account send messages to the person, as its server would."""
    world = sandbox.world
    to = world.user_id(world.account("main"), world.person(person))
    call(sandbox, "message/push", {"to": to, "messages": list(messages)})


def give_menu(
    sandbox: Handle, actions: list[Json], *, alias: str = "", default: bool = True
) -> None:
    """A rich menu with one column for each action."""
    width, height = 800, 540
    step = width // len(actions)
    areas = [
        {"bounds": {"x": n * step, "y": 0, "width": step, "height": height}, "action": action}
        for n, action in enumerate(actions)
    ]
    menu = {"size": {"width": width, "height": height}, "selected": True, "name": "test"}
    made = call(sandbox, "richmenu", {**menu, "chatBarText": "メニュー", "areas": areas})
    menu_id = made["richMenuId"]
    picture = io.BytesIO()
    Image.new("RGB", (width, height), "#6b4a2b").save(picture, "PNG")
    call(sandbox, f"richmenu/{menu_id}/content", picture.getvalue(), "image/png")
    if alias:
        call(sandbox, "richmenu/alias", {"richMenuAliasId": alias, "richMenuId": menu_id})
    if default:
        call(sandbox, f"user/all/richmenu/{menu_id}", {})


_LIFF_PAGE = """<!doctype html><html lang="ja"><title>会員証</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="{sdk}"></script>
<main><h1 id="hello">会員証</h1><button id="go" style="min-height:44px">送って閉じる</button></main>
<script>
liff.init({{ liffId: "{liff_id}" }}).then(async () => {{
  const {{ displayName }} = await liff.getProfile();
  hello.textContent = `こんにちは ${{displayName}} ${{location.pathname}}${{location.search}}`;
  go.onclick = async () => {{
    await liff.sendMessages([{{ type: "text", text: "ページから" }}]);
    liff.closeWindow();
  }};
}});
</script></html>"""


@contextmanager
def open_liff_page(
    sandbox: Handle, *, view: str, content: str = _LIFF_PAGE, host: str = "127.0.0.1"
) -> Iterator[str]:
    """A LIFF app whose page greets its person, or has this content; gives its LIFF id.

    host: "localhost" is another site to the browser than the sandbox is.
    """
    liff_id = "2000000009-Abcdefgh"
    page = content.format(sdk=f"{sandbox.url}/liff/edge/2/sdk.js", liff_id=liff_id)
    app = Flask("liff")
    app.add_url_rule("/", "root", lambda: page)
    app.add_url_rule("/<path:_rest>", "page", lambda _rest: page)
    with serve(app) as url:
        endpoint = url.replace("127.0.0.1", host)
        channel = {"name": "会員証", "channel_id": "2000000009", "linked_account": "main"}
        _control(sandbox, "login_channels", {"provider": "default", **channel})
        scopes = {"scopes": ["profile", "chat_message.write"], "view": view}
        app_of_it = {"login_channel": "2000000009", "liff_id": liff_id, "name": "会員証"}
        _control(sandbox, "liff_apps", {**app_of_it, **scopes, "endpoint": endpoint})
        yield liff_id


def _control(sandbox: Handle, path: str, body: Json) -> None:
    answer = http.request("POST", f"{sandbox.url}/control/{path}", json=body)
    assert answer.status < 300, answer.data


_FILM = """async (seconds) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/mp4" });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  recorder.start();
  for (let frame = 0; frame < 25 * seconds; frame += 1) {
    pen.fillStyle = `hsl(${frame * 7} 70% 50%)`;
    pen.fillRect(0, 0, 64, 48);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


def record_film(browser: Browser, *, seconds: float) -> bytes:
    """A small film (MP4) of changing colours, made by the browser itself."""
    page = browser.new_page()
    film = base64.b64decode(page.evaluate(_FILM, seconds))
    page.close()
    return film


def note_playing(player: Locator) -> None:
    """Write down what an audio or video element does: data-playing, data-pause, data-ended."""
    player.evaluate(
        """(node) => ["playing", "pause", "ended"].forEach((what) =>
          node.addEventListener(what, () => node.setAttribute(`data-${what}`, "yes")))"""
    )


def befriend(page: Page) -> None:
    page.get_by_role("button", name="友だち追加").click()
    expect(page.get_by_role("textbox", name=FIELD)).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name=FIELD).fill(text)
    page.keyboard.press("Enter")


def said(page: Page, sender: str) -> Locator:
    return page.locator(f'.row[data-from="{sender}"] .body')


def text(words: str, *choices: Json) -> Json:
    message: Json = {"type": "text", "text": words}
    if choices:
        items = [{"type": "action", "action": choice} for choice in choices]
        message["quickReply"] = {"items": items}
    return message


def say(words: str) -> Json:
    return {"type": "message", "label": words, "text": words}


def flex(*contents: Json) -> Json:
    body = {"type": "box", "layout": "vertical", "contents": list(contents)}
    return {"type": "flex", "altText": "ご予約", "contents": {"type": "bubble", "body": body}}


def postback(label: str, data: str, shown: str) -> Json:
    return {"type": "postback", "label": label, "data": data, "displayText": shown}


def buttons(*actions: Json) -> Json:
    template = {
        "type": "buttons",
        "title": "ご注文",
        "text": "お選びください",
        "actions": list(actions),
    }
    return {"type": "template", "altText": "ご注文", "template": template}


def rich_messages() -> list[Json]:
    place = {
        "title": "こもれび珈琲",
        "address": "東京都武蔵野市",
        "latitude": 35.7,
        "longitude": 139.58,
    }
    button = {"type": "button", "style": "primary", "action": say("変更する")}
    column = {"text": "深煎りの一杯", "actions": [say("注文する")]}
    carousel = {"type": "carousel", "columns": [column, column]}
    return [
        flex({"type": "text", "text": "ご予約", "weight": "bold", "size": "xl"}, button),
        {"type": "template", "altText": "豆", "template": carousel},
        {"type": "location", **place},
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        text("ご用件は?", say("営業時間"), {"type": "location", "label": "場所を送る"}),
    ]
