"""What a person sends beside words: quotes, films, recordings, files, pictures of profiles."""

import base64
from typing import Any

import pytest

from tests.sandbox.helpers import Client, Receiver, text

FILM = b"not really a film"


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def messages(sandbox: Client, receiver: Receiver) -> list[Any]:
    sandbox.settle()
    return [event["message"] for event in receiver.events if event["type"] == "message"]


def test_a_quoted_message_is_named_in_the_webhook_and_in_the_talk(
    sandbox: Client, receiver: Receiver, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    asked = sandbox.push(user_ids["hanako"], text("何名様ですか")).body["sentMessages"][0]["id"]
    line = sandbox.act("text", {"text": "2名です", "quotedMessageId": asked})["message"]
    sandbox.act("sticker", {"quotedMessageId": line["id"]})

    quoted = [message["quotedMessageId"] for message in messages(sandbox, receiver)]
    assert quoted == [asked, line["id"]]
    assert line["message"] == {"type": "text", "text": "2名です", "quotedMessageId": asked}
    assert sandbox.get(f"/phone/api/talks/hanako/main/messages/{line['id']}") == line


def test_what_quotes_nothing_says_nothing_of_it(sandbox: Client, receiver: Receiver) -> None:
    sandbox.act("text", {"text": "こんにちは"})
    assert "quotedMessageId" not in messages(sandbox, receiver)[0]


@pytest.mark.parametrize(
    ("of", "kind", "status"),
    [("hanako", "unknown", 404), ("emma", "text", 404), ("hanako", "file", 400)],
)
def test_only_what_lines_app_can_quote_is_quoted(
    sandbox: Client, receiver: Receiver, of: str, kind: str, status: int
) -> None:
    message_id = "1"
    if kind == "text":
        message_id = sandbox.act("text", {"text": "私のです"}, person=of)["message"]["id"]
    if kind == "file":
        body = {"content": encoded(b"x"), "name": "a.txt"}
        message_id = sandbox.act("file", body, person=of)["message"]["id"]
    body = {"text": "?", "quotedMessageId": message_id}
    refused = sandbox.call("POST", "/phone/api/talks/hanako/main/text", body)
    assert refused.status == status
    assert refused.body["detail"]
    assert "?" not in [message.get("text") for message in messages(sandbox, receiver)]


def test_the_note_of_a_new_friend_cannot_be_quoted(sandbox: Client) -> None:
    note = sandbox.act("add")["message"]["id"]
    body = {"text": "?", "quotedMessageId": note}
    assert sandbox.call("POST", "/phone/api/talks/hanako/main/text", body).status == 400


@pytest.mark.parametrize(
    ("kind", "usual", "own"),
    [("video", "video/mp4", "video/webm"), ("audio", "audio/x-m4a", "audio/wav")],
)
def test_a_recording_is_fetched_as_it_was_sent(
    sandbox: Client, receiver: Receiver, kind: str, usual: str, own: str
) -> None:
    sandbox.act(kind, {"content": encoded(FILM), "duration": 2500})
    sandbox.act(kind, {"content": encoded(FILM), "type": own})
    first, second = messages(sandbox, receiver)
    sandbox.post("/control/clock", {"forward": 2})

    assert (first["duration"], first["contentProvider"]) == (2500, {"type": "line"})
    assert "duration" not in second
    for message, mime in ((first, usual), (second, own)):
        got = sandbox.line("GET", f"/v2/bot/message/{message['id']}/content")
        assert (got.status, got.body, got.headers["Content-Type"]) == (200, FILM, mime)


def test_a_file_has_name_and_size(sandbox: Client, receiver: Receiver) -> None:
    sandbox.act("file", {"content": encoded(FILM), "name": "注文.txt"})
    (message,) = messages(sandbox, receiver)
    assert (message["fileName"], message["fileSize"]) == ("注文.txt", len(FILM))
    assert "contentProvider" not in message
    got = sandbox.line("GET", f"/v2/bot/message/{message['id']}/content")
    assert (got.status, got.body) == (200, FILM)


def test_a_player_may_fetch_a_part(sandbox: Client) -> None:
    sent = sandbox.act("video", {"content": encoded(FILM)})["message"]["message"]
    path = sent["originalContentUrl"]
    part = sandbox.call("GET", path, headers={"Range": "bytes=4-9"})
    assert (part.status, part.body) == (206, FILM[4:10])
    assert part.headers["Content-Range"] == f"bytes 4-9/{len(FILM)}"
    assert sandbox.call("GET", path).body == FILM
    assert sandbox.call("GET", path, headers={"Range": "bytes=99-"}).status == 416


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("video", {"content": "", "type": "audio/wav"}, 400),
        ("audio", {"content": "", "type": "text/html"}, 422),
        ("audio", {"content": "", "type": "audio/wav\r\nX: y"}, 422),
        ("video", {"content": "?"}, 400),
        ("video", {}, 422),
        ("file", {"content": "", "name": ""}, 422),
    ],
)
def test_bad_media_is_a_problem(sandbox: Client, path: str, body: Any, status: int) -> None:
    answer = sandbox.call("POST", f"/phone/api/talks/hanako/main/{path}", body)
    assert answer.status == status
    assert answer.body["detail"]


def test_a_person_can_be_changed_and_accounts_see_it(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    picture = sandbox.post("/phone/api/pictures", {"content": encoded(b"jpeg")})["url"]
    changes = {"name": "花子", "picture": picture, "status_message": "読書中"}
    sandbox.call("PATCH", "/phone/api/people/hanako", changes)

    profile = sandbox.line("GET", f"/v2/bot/profile/{user_ids['hanako']}").body
    assert profile["displayName"] == "花子"
    assert (profile["pictureUrl"], profile["statusMessage"]) == (picture, "読書中")
    assert picture.startswith(f"{sandbox.url}/")
    found = sandbox.call("GET", picture.removeprefix(sandbox.url))
    assert (found.body, found.headers["Content-Type"]) == (b"jpeg", "image/jpeg")
    picture_id = picture.rpartition("/")[2]
    assert sandbox.line("GET", f"/v2/bot/message/{picture_id}/content").status == 404


def test_a_picture_and_a_status_message_can_go_again(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    path = "/phone/api/people/hanako"
    sandbox.call("PATCH", path, {"picture": "https://example.com/h.png", "status_message": "a"})
    gone = sandbox.call("PATCH", path, {"picture": None, "status_message": None})

    assert (gone.body["picture"], gone.body["status_message"]) == (None, None)
    profile = sandbox.line("GET", f"/v2/bot/profile/{user_ids['hanako']}").body
    assert not {"pictureUrl", "statusMessage"} & profile.keys()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PATCH", "/phone/api/people/hanako", {"picture": "javascript:alert(1)"}, 422),
        ("PATCH", "/phone/api/people/hanako", {"status_message": "あ" * 501}, 422),
        ("PATCH", "/phone/api/people/hanako", {"name": None}, 422),
        ("PATCH", "/phone/api/people/nobody", {"name": "x"}, 404),
        ("POST", "/phone/api/pictures", {"content": "", "type": "image/svg+xml"}, 400),
        ("POST", "/phone/api/pictures", {"content": "?"}, 400),
        ("GET", "/phone/api/talks/hanako/main/messages/1", None, 404),
    ],
)
def test_bad_input_is_a_problem(
    sandbox: Client, method: str, path: str, body: Any, status: int
) -> None:
    answer = sandbox.call(method, path, body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
