"""The account-link dialog: who opens it, with which token, decides on the accountLink event."""

from typing import Any

import pytest

from tests.sandbox.helpers import Answer, Client, Receiver
from tests.sandbox.login_helpers import Browser, location

NONCE = "n" * 43


def link_token(sandbox: Client, user_id: str) -> str:
    sandbox.act("add")
    answer = sandbox.line("POST", f"/v2/bot/user/{user_id}/linkToken")
    return str(answer.body["linkToken"])


def dialog(token: str, nonce: str = NONCE, person: str = "") -> str:
    address = f"/dialog/bot/accountLink?linkToken={token}&nonce={nonce}"
    return address + (f"&__person={person}" if person else "")


def link_events(sandbox: Client, receiver: Receiver) -> list[Any]:
    sandbox.settle()
    return [event for event in receiver.events if event["type"] == "accountLink"]


@pytest.fixture
def token(sandbox: Client, user_ids: dict[str, str]) -> str:
    return link_token(sandbox, user_ids["hanako"])


def open_as(sandbox: Client, url: str) -> Answer:
    return Browser(sandbox).open(url)


def test_the_right_person_is_linked(
    sandbox: Client, receiver: Receiver, user_ids: dict[str, str], token: str
) -> None:
    page = open_as(sandbox, dialog(token, person="hanako"))
    assert page.status == 200
    assert "連携しました".encode() in page.body
    (event,) = link_events(sandbox, receiver)
    assert event["link"] == {"result": "ok", "nonce": NONCE}
    assert event["source"] == {"type": "user", "userId": user_ids["hanako"]}
    assert sandbox.reply(event["replyToken"]).status == 200


def test_somebody_else_is_not(sandbox: Client, receiver: Receiver, token: str) -> None:
    page = open_as(sandbox, dialog(token, person="emma"))
    assert b"Not linked" in page.body
    (event,) = link_events(sandbox, receiver)
    assert event["link"] == {"result": "failed", "nonce": NONCE}
    assert "source" not in event
    assert "replyToken" not in event


def test_inside_the_phone_its_person_is_there(
    sandbox: Client, receiver: Receiver, token: str
) -> None:
    browser = Browser(sandbox)
    browser.cookie = "sandbox_person=emma:1; sandbox_phone=hanako"
    page = browser.open(dialog(token), **{"Sec-Fetch-Dest": "iframe"})
    assert "連携しました".encode() in page.body
    assert link_events(sandbox, receiver)[0]["link"]["result"] == "ok"


def test_an_outside_browser_is_asked_who_is_there(
    sandbox: Client, receiver: Receiver, token: str
) -> None:
    browser = Browser(sandbox)
    assert "山田 花子".encode() in browser.open(dialog(token)).body
    assert browser.press(dialog(token), step="person", person="nobody").status == 200
    chosen = browser.press(dialog(token), step="person", person="hanako")
    assert "連携しました".encode() in browser.open(location(chosen)).body
    assert len(link_events(sandbox, receiver)) == 1


def test_a_token_works_once(sandbox: Client, receiver: Receiver, token: str) -> None:
    open_as(sandbox, dialog(token, person="hanako"))
    again = open_as(sandbox, dialog(token, person="hanako"))
    assert again.status == 400
    assert "このページは使えません".encode() in again.body
    assert len(link_events(sandbox, receiver)) == 1


def test_a_token_lives_ten_minutes(sandbox: Client, receiver: Receiver, token: str) -> None:
    sandbox.post("/control/clock", {"forward": 601})
    assert open_as(sandbox, dialog(token, person="hanako")).status == 400
    assert open_as(sandbox, dialog("unknown", person="hanako")).status == 400
    assert link_events(sandbox, receiver) == []


@pytest.mark.parametrize("nonce", ["", "n" * 9, "n" * 256])
def test_a_nonce_has_10_to_255_characters(
    sandbox: Client, receiver: Receiver, token: str, nonce: str
) -> None:
    assert open_as(sandbox, dialog(token, nonce, "hanako")).status == 400
    assert link_events(sandbox, receiver) == []
    for good in ("n" * 10, "n" * 255):
        assert open_as(sandbox, dialog(token, good, "hanako")).status in (200, 400)
    assert len(link_events(sandbox, receiver)) == 1
