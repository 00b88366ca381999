"""A LIFF page of a shop that says what the SDK told it, and LINE's own SDK to run it with."""

import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, send_file
from playwright.sync_api import BrowserContext, Frame, Page, Route, expect
from werkzeug.serving import make_server

from tests.support import http

Facts = dict[str, Any]

# As the web view of LINE's app on Android names itself.
IN_CLIENT = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Version/4.0 Chrome/150.0.0.0 Mobile Safari/537.36 Line/15.19.0 LIFF"
)
# What LINE's app gives to a page; without it the SDK waits for ever.
NATIVE = "window._liff = { features: {}, postMessage: () => undefined };"

# The releases the test was written with. LINE's may not be passed on, so nothing of it is kept.
_PACKAGES = ("@line/liff@2.31.0", "esbuild@0.28.2")
_BUNDLE = ("--bundle", "--format=iife", "--target=es2020", "--log-level=error")
_LINE_HOSTS = ("line.me", "line-scdn.net", "line-apps.com")
_INSTALL_SECONDS = 60

_PAGE = """<!doctype html>
<html lang="ja"><meta charset="utf-8"><title>...</title>
<script src="%(sdk)s"></script><pre id="out"></pre>
<script src="/page.js"></script></html>
"""

_SCRIPT = """
const out = document.getElementById("out");
const code = async (run) => { try { return await run(); } catch (e) { return "error " + e.code; } };
async function facts() {
  return {
    inClient: liff.isInClient(), os: liff.getOS(), loggedIn: liff.isLoggedIn(), id: liff.id,
    version: liff.getVersion(), lineVersion: liff.getLineVersion(), language: liff.getLanguage(),
    profile: await liff.getProfile(), friend: await liff.getFriendship(),
    decoded: liff.getDecodedIDToken(), context: liff.getContext(), url: location.href,
    granted: await liff.permission.getGrantedAll(),
    write: await liff.permission.query("chat_message.write"),
    sent: await code(() => liff.sendMessages([{ type: "text", text: "いつもの" }])),
    link: await code(() => liff.permanentLink.createUrlBy(location.href.split("?")[0] + "?a=1")),
    ready: await liff.ready.then(() => true),
    share: await code(() => liff.isApiAvailable("shareTargetPicker")),
    errors: {
      none: await code(() => liff.sendMessages([])),
      many: await code(() => liff.sendMessages(Array(6).fill({ type: "text", text: "x" }))),
      noType: await code(() => liff.sendMessages([{}])),
      badMessage: await code(() => liff.sendMessages([{ type: "unknown" }])),
      elsewhere: await code(() => liff.permanentLink.createUrlBy("https://example.com/")),
      permission: await code(() => liff.permission.query("everything")),
      requestAll: await code(() => liff.permission.requestAll()),
      api: await code(() => liff.isApiAvailable("everything")),
      window: await code(() => liff.openWindow({})),
      share: await code(() => liff.shareTargetPicker([{ type: "text", text: "x" }])),
    },
  };
}
(async () => {
  try {
    await liff.init({ liffId: "%(liff_id)s" });
    if (!liff.isLoggedIn()) return liff.login({ redirectUri: location.href });
    out.textContent = JSON.stringify(await facts());
    document.title = "DONE";
  } catch (e) {
    out.textContent = `${e.code} ${e.message}`;
    document.title = "FAILED";
  }
})();
"""


class LiffShop:
    """A server with the page; `sdk` is the address of the script it loads."""

    def __init__(self, liff_id: str) -> None:
        self.sdk = ""
        self.url = ""
        self.bundle = Path()
        self._liff_id = liff_id

    def app(self) -> Flask:
        app = Flask("liff shop")
        app.add_url_rule("/liff/", "page", self._page)
        app.add_url_rule("/liff/<path:_rest>", "page_below", self._page)
        app.add_url_rule("/page.js", "script", self._script)
        app.add_url_rule("/genuine.js", "genuine", lambda: send_file(self.bundle))
        app.add_url_rule("/favicon.ico", "icon", lambda: Response(status=204))
        return app

    def _page(self, _rest: str = "") -> str:
        return _PAGE % {"sdk": self.sdk}

    def _script(self) -> Response:
        script = _SCRIPT.replace("%(liff_id)s", self._liff_id)
        return Response(script, mimetype="text/javascript")


@contextmanager
def open_liff_shop(liff_id: str) -> Iterator[LiffShop]:
    """The shop on a free port, closed at the end."""
    shop = LiffShop(liff_id)
    server = make_server("127.0.0.1", 0, shop.app(), threaded=True)
    shop.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield shop
    server.shutdown()
    thread.join()
    server.server_close()


def genuine_sdk() -> Path | None:
    """The bundle of LINE's SDK, made at the first time; None where npm cannot get it."""
    folder = Path(tempfile.gettempdir()) / "tsunagu-liff-2.31.0"
    bundle = folder / "bundle.js"
    if bundle.exists():
        return bundle
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    try:
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text("{}")
        (folder / "entry.js").write_text('import liff from "@line/liff";\nwindow.liff = liff;\n')
        _run(folder, "npm", "install", *quiet, *_PACKAGES)
        _run(folder, "npx", "--no-install", "esbuild", "entry.js", *_BUNDLE, "--outfile=made.js")
    except (OSError, subprocess.SubprocessError):
        return None
    return (folder / "made.js").rename(bundle)


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_INSTALL_SECONDS)


def lead_line_hosts_to(context: BrowserContext, sandbox: str) -> None:
    """Let the sandbox answer for LINE's hosts: pages by a redirect, calls in their place."""

    def answer(route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        target = sandbox + parts.path + (f"?{parts.query}" if parts.query else "")
        if request.is_navigation_request():
            route.fulfill(status=302, headers={"Location": target})
            return
        kept = {"authorization", "content-type", "accept"}
        headers = {name: v for name, v in request.headers.items() if name in kept}
        got = http.request(
            request.method, target, body=request.post_data_buffer, headers=headers, retries=False
        )
        route.fulfill(status=got.status, headers=dict(got.headers), body=got.data)

    context.route(_is_line, answer)


def _is_line(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return any(host == name or host.endswith(f".{name}") for name in _LINE_HOSTS)


def show_in_frame(page: Page, sandbox: str, address: str) -> None:
    """A page of the sandbox's origin with the LIFF URL in a frame, as in the phone."""
    # Any answer of the sandbox will do, but it must be real: from a page of unknown origin Chromium
    # lets no frame reach this machine.
    page.goto(f"{sandbox}/xlt/ja.json")
    frame = 'Object.assign(document.createElement("iframe"), { src, width: 400, height: 700 })'
    page.evaluate(f"(src) => document.body.append({frame})", f"/liff.line.me/{address}")


def read_facts(page: Page, frame: Frame | None = None) -> Facts:
    """What the page has printed, without what differs at each run."""
    place = frame or page.main_frame
    out = place.locator("#out")
    expect(out).to_contain_text("{")
    facts: Facts = json.loads(out.inner_text())
    for name in ("exp", "iat"):
        facts["decoded"].pop(name)
    facts["context"].pop("accessTokenHash", None)
    facts["url"] = _without_code(facts["url"])
    return facts


def _without_code(url: str) -> str:
    """The address with the values of code and state taken out."""
    bare, _, query = url.partition("?")
    parts = (part.partition("=") for part in query.split("&"))
    shown = (f"{n}={'...' if n in ('code', 'state') else value}" for n, _, value in parts)
    return f"{bare}?{'&'.join(shown)}"
