"""Reply tokens: once, one minute, and again one minute after a redelivery."""

import pytest

from tests.sandbox.helpers import Client, Receiver, text


@pytest.fixture
def token(sandbox: Client, receiver: Receiver) -> str:
    """The reply token of a message by hanako, who is a friend."""
    sandbox.act("add")
    sandbox.act("text", {"text": "hi"})
    sandbox.settle()
    found: str = receiver.events[-1]["replyToken"]
    return found


def refused(sandbox: Client, token: str) -> bool:
    answer = sandbox.reply(token)
    assert answer.status in (200, 400)
    assert answer.status == 200 or answer.body == {"message": "Invalid reply token"}
    return answer.status == 400


def test_a_reply_token_works_once(sandbox: Client, token: str) -> None:
    answer = sandbox.reply(token, text("ようこそ"))
    assert answer.status == 200
    assert len(answer.body["sentMessages"]) == 1
    assert refused(sandbox, token)
    assert sandbox.screen()[-1] == "account: ようこそ"
    assert [entry["endpoint"] for entry in sandbox.accepted()] == ["reply"]


def test_a_refused_body_does_not_use_up_the_token(sandbox: Client, token: str) -> None:
    assert sandbox.reply(token, {"type": "text"}).status == 400
    assert sandbox.reply(token).status == 200


def test_an_unknown_token_or_one_of_another_account_is_refused(sandbox: Client, token: str) -> None:
    assert refused(sandbox, "0" * 32)
    sister = {"slug": "sister", "name": "Sister", "webhook_url": "http://127.0.0.1:9/"}
    own, sandbox.token = sandbox.token, sandbox.post("/control/accounts", sister)["access_token"]
    assert refused(sandbox, token)
    sandbox.token = own
    assert not refused(sandbox, token)


@pytest.mark.parametrize(("seconds", "late"), [(55, False), (61, True)])
def test_a_reply_token_lives_one_minute(
    sandbox: Client, token: str, seconds: int, late: bool
) -> None:
    sandbox.post("/control/clock", {"forward": seconds})
    assert refused(sandbox, token) == late


@pytest.mark.parametrize(("minutes", "late"), [(19, False), (21, True)])
def test_a_redelivery_gives_a_new_minute_within_twenty(
    sandbox: Client, receiver: Receiver, token: str, minutes: int, late: bool
) -> None:
    sandbox.post("/control/clock", {"forward": minutes * 60})
    event_id = receiver.events[-1]["webhookEventId"]
    sandbox.post("/control/deliveries/redeliver", {"event_ids": [event_id]})
    sandbox.settle()
    assert refused(sandbox, token) == late


def test_a_plain_duplicate_gives_no_new_minute(
    sandbox: Client, receiver: Receiver, token: str
) -> None:
    sandbox.post("/control/clock", {"forward": 61})
    body = {"event_ids": [receiver.events[-1]["webhookEventId"]], "duplicate": True}
    sandbox.post("/control/deliveries/redeliver", body)
    sandbox.settle()
    assert receiver.events[-1] == receiver.events[-2]
    assert refused(sandbox, token)


def test_a_reply_to_somebody_who_has_blocked_meanwhile_is_accepted_and_not_shown(
    sandbox: Client, token: str
) -> None:
    sandbox.act("block")
    assert sandbox.reply(token).status == 200
    assert sandbox.screen()[-1] == "system: ブロックしました"
    assert sandbox.accepted()[-1]["shown_to"] == []
