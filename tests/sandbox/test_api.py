"""What holds for every call of the Messaging API, and the calls that only read."""

import pytest

from tests.sandbox.helpers import Client, text


def test_no_token_or_a_wrong_one_is_401(sandbox: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        answer = sandbox.call("GET", "/v2/bot/info", headers=headers)
        assert answer.status == 401
        assert answer.body["message"].startswith("Authentication failed")


def test_info_names_the_bot(sandbox: Client) -> None:
    account = sandbox.get("/control/state")["accounts"][0]
    info = sandbox.line("GET", "/v2/bot/info").body
    assert info["userId"] == account["bot_user_id"]
    assert info["basicId"].startswith("@")
    assert info["displayName"] == "こもれび珈琲"


def test_a_profile_is_told_of_friends_and_writers(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    def ask() -> int:
        return sandbox.line("GET", f"/v2/bot/profile/{user_ids['hanako']}").status

    assert ask() == 404
    sandbox.act("text", {"text": "hi"})
    assert ask() == 200
    sandbox.act("add")
    profile = sandbox.line("GET", f"/v2/bot/profile/{user_ids['hanako']}").body
    assert profile == {
        "userId": user_ids["hanako"],
        "displayName": "山田 花子",
        "language": "ja",
    }
    sandbox.act("block")
    assert ask() == 404
    assert sandbox.line("GET", f"/v2/bot/profile/U{'0' * 32}").status == 404


def test_without_consent_there_is_neither_profile_nor_user_id(sandbox: Client, receiver) -> None:
    sandbox.post("/control/people", {"key": "nobody", "name": "匿名", "consent": False})
    sandbox.act("text", {"text": "hi"}, person="nobody")
    sandbox.settle()
    (event,) = receiver.events
    assert event["source"] == {"type": "user"}
    assert sandbox.reply(event["replyToken"]).status == 200
    assert sandbox.screen("nobody")[-1] == "account: hello"
    people = sandbox.get("/control/state")["people"]
    user_id = next(person for person in people if person["key"] == "nobody")["user_ids"]["main"]
    assert sandbox.line("GET", f"/v2/bot/profile/{user_id}").status == 404


def test_validate_sends_nothing(sandbox: Client) -> None:
    for name in ("reply", "push", "multicast"):
        path = f"/v2/bot/message/validate/{name}"
        good = sandbox.line("POST", path, {"messages": [text("hi")]})
        assert (good.status, good.body) == (200, {})
        assert sandbox.line("POST", path, {"messages": [{"type": "text"}]}).status == 400
    assert sandbox.accepted() == []


def test_what_is_not_built_says_so(sandbox: Client) -> None:
    answer = sandbox.line("GET", "/v2/bot/membership/list")
    assert answer.status == 501
    assert "GET /v2/bot/membership/list" in answer.body["message"]
    assert sandbox.line("POST", "/bot/pnp/push", {}).status == 501


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        (b"{", "application/json", 400, "could not be parsed as JSON (line: 1, column: 2)"),
        (b"[]", "application/json", 400, "1 error(s)"),
        (b"{}", "text/plain", 415, "The content type, 'text/plain', is not supported"),
        (b"{}", "", 415, "is not supported"),
        (b" " * (2 * 1024 * 1024 + 1), "application/json", 413, "Too Large"),
    ],
)
def test_a_body_must_be_json_of_at_most_2_mb(
    sandbox: Client, body: bytes, kind: str, status: int, words: str
) -> None:
    answer = sandbox.line("POST", "/v2/bot/message/push", body, Content_Type=kind)
    assert answer.status == status
    assert words in answer.body["message"]


def test_every_call_is_logged_without_the_token(sandbox: Client, user_ids: dict[str, str]) -> None:
    sandbox.push(user_ids["hanako"], {"type": "text"})
    (call,) = sandbox.get("/control/calls")["items"]
    assert (call["method"], call["path"], call["status"]) == ("POST", "/v2/bot/message/push", 400)
    assert call["problems"] == [{"message": "May not be empty", "property": "messages[0].text"}]
    assert sandbox.token not in str(call)


def test_a_picture_can_be_fetched_under_its_message_id(sandbox: Client, receiver) -> None:
    sandbox.act("image")
    sandbox.settle()
    message = receiver.events[0]["message"]
    assert message["contentProvider"] == {"type": "line"}
    picture = sandbox.line("GET", f"/v2/bot/message/{message['id']}/content")
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.body.startswith(b"\x89PNG")
    assert sandbox.get(f"/phone/api/content/{message['id']}") == picture.body
    assert sandbox.line("GET", "/v2/bot/message/1/content").status == 404
