"""When LINE lets an account send no more: it rests, says why, and goes on when it may."""

import pytest

from app.db import transaction
from app.domain.accounts import queries as accounts
from app.domain.accounts import service as account_verbs
from tests.support.desk import Desk


@pytest.mark.parametrize(("kind", "what"), [("monthly", "paid"), ("401", "all"), ("403", "all")])
def test_an_account_that_may_not_send_is_paused_until_somebody_acts(
    desk: Desk, kind: str, what: str
) -> None:
    desk.goes_wrong(kind)
    row_id = desk.say()
    desk.send()
    account = accounts.find("main")
    assert account.paused == what
    assert account.pause_reason
    desk.send(after=3600)
    assert (desk.row(row_id).state, len(desk.calls())) == ("pending", 1)
    account_verbs.resume("main")
    desk.send()
    assert (desk.row(row_id).state, len(desk.accepted())) == ("sent", 1)
    assert accounts.find("main").pause_reason is None


def test_without_quota_replies_go_on(desk: Desk) -> None:
    desk.goes_wrong("monthly")
    desk.say("push")
    desk.send()
    reply = desk.say("reply")
    desk.send()
    assert desk.row(reply).state == "sent"


def test_a_pause_longer_than_a_tokens_life_makes_a_push_of_a_reply(desk: Desk) -> None:
    desk.goes_wrong("401")
    row_id = desk.say("reply")
    desk.send()
    account_verbs.resume("main")
    desk.send(after=120)
    assert (desk.row(row_id).state, desk.row(row_id).route) == ("sent", "push")


def test_a_token_that_another_process_has_just_replaced_pauses_nothing(desk: Desk) -> None:
    accounts.known_speaker(desk.account)  # The old token is remembered here for a moment.
    with transaction():
        accounts.find("main").access_token = "the new token"
    desk.line.world.change_account("main", {"access_token": "the new token"})
    row_id = desk.say()
    desk.send()
    assert desk.settle(row_id).state == "sent"
    assert [call["status"] for call in desk.calls()] == [401, 200]
    assert accounts.find("main").paused is None
