"""Programmed faults: what the caller sees, and whether LINE has accepted the message."""

import uuid
from typing import Any

import pytest
import urllib3

from tests.sandbox.helpers import Client


def program(sandbox: Client, kind: str, **more: Any) -> None:
    sandbox.post("/control/faults", {"endpoint": "push", "kind": kind, **more})


@pytest.mark.parametrize(
    ("kind", "status", "words", "accepted"),
    [
        ("rate", 429, "The API rate limit has been exceeded", 0),
        ("monthly", 429, "You have reached your monthly limit", 0),
        ("401", 401, "Authentication failed", 0),
        ("403", 403, "Access to this API is not available", 0),
        ("400", 400, "error(s)", 0),
        ("500_before", 500, "Internal Server Error", 0),
        ("500_after", 500, "Internal Server Error", 1),
    ],
)
def test_a_fault_with_an_answer(
    sandbox: Client, user_ids: dict[str, str], kind: str, status: int, words: str, accepted: int
) -> None:
    program(sandbox, kind)
    again = str(uuid.uuid4())
    answer = sandbox.push(user_ids["hanako"], key=again)
    assert answer.status == status
    assert words in answer.body["message"]
    assert len(sandbox.accepted()) == accepted
    assert sandbox.push(user_ids["hanako"], key=again).status == (409 if accepted else 200)
    assert len(sandbox.accepted()) == 1
    assert sandbox.get("/control/calls")["items"][0]["fault"] == kind


@pytest.mark.parametrize(("kind", "accepted"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection(
    sandbox: Client, user_ids: dict[str, str], kind: str, accepted: int
) -> None:
    program(sandbox, kind)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        sandbox.push(user_ids["hanako"])
    assert len(sandbox.accepted()) == accepted
    assert sandbox.push(user_ids["hanako"]).status == 200


@pytest.mark.parametrize(("kind", "accepted"), [("timeout_before", 0), ("timeout", 1)])
def test_a_time_out(sandbox: Client, user_ids: dict[str, str], kind: str, accepted: int) -> None:
    program(sandbox, kind, seconds=60)
    body = {"to": user_ids["hanako"], "messages": [{"type": "text", "text": "hi"}]}
    bearer = {"Authorization": f"Bearer {sandbox.token}"}
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        sandbox.call("POST", "/v2/bot/message/push", body, bearer, timeout=0.3)
    assert len(sandbox.accepted()) == accepted


def test_a_fault_strikes_as_often_as_told(sandbox: Client, user_ids: dict[str, str]) -> None:
    program(sandbox, "rate", times=2)
    answers = [sandbox.push(user_ids["hanako"]).status for _ in range(4)]
    assert answers == [429, 429, 200, 200]
    assert sandbox.get("/control/faults")["items"][0]["struck"] == 2


def test_a_fault_strikes_its_endpoint_and_account_only(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sister = {"slug": "sister", "name": "Sister", "webhook_url": "http://127.0.0.1:9/"}
    token = sandbox.post("/control/accounts", sister)["access_token"]
    program(sandbox, "500_before", account="sister", times=None)
    assert sandbox.push(user_ids["hanako"]).status == 200
    sandbox.token = token
    assert sandbox.push(user_ids["hanako"]).status == 500
    assert sandbox.line("GET", "/v2/bot/info").status == 200
    sandbox.post("/control/faults", {"endpoint": "*", "kind": "403"})
    assert sandbox.line("GET", "/v2/bot/info").status == 403


def test_chance_is_the_same_with_the_same_seed(sandbox: Client, user_ids: dict[str, str]) -> None:
    def twenty() -> list[int]:
        sandbox.call("DELETE", "/control/faults")
        program(sandbox, "rate", probability=0.5, seed=7)
        return [sandbox.push(user_ids["hanako"]).status for _ in range(20)]

    first = twenty()
    assert set(first) == {200, 429}
    assert twenty() == first


def test_a_reply_accepted_before_the_fault_has_used_its_token(
    sandbox: Client, receiver: Any
) -> None:
    sandbox.act("text", {"text": "hi"})
    sandbox.settle()
    sandbox.post("/control/faults", {"endpoint": "reply", "kind": "500_after"})
    token = receiver.events[0]["replyToken"]
    assert [sandbox.reply(token).status for _ in range(2)] == [500, 400]
    assert len(sandbox.accepted()) == 1
