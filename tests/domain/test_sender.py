"""The sender against a LINE that fails in every way: what it says became of a call is true."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.db import db
from app.domain.people import service as people
from app.domain.people.models import LineUser
from app.errors import Unavailable
from app.inbox.put import put
from app.line import client
from app.line.channel import Channel
from app.outbox import look
from app.outbox.models import OutboxItem
from app.outbox.put import fetch_profile, say, say_to_many
from app.outbox.work import LEASE
from app.sender import prepare
from tests.support.cast import TOKEN, message
from tests.support.desk import (
    ONLY_REPLIED,
    PUSHED,
    Desk,
    locked,
    wait_until_ended,
)

DAY = timedelta(hours=23).total_seconds()


# What goes well


@pytest.mark.parametrize("route", ["reply", "push"])
def test_what_is_queued_is_sent_once(desk: Desk, route: str) -> None:
    row_id = desk.say(route)
    desk.send()
    row = desk.row(row_id)
    (accepted,) = desk.accepted()
    assert (row.state, row.http_status, row.request_id) == ("sent", 200, accepted["request_id"])
    assert accepted["endpoint"] == route
    assert accepted["retry_key"] == row.retry_key
    desk.send(after=3600)
    assert len(desk.accepted()) == 1


def test_many_people_at_once(desk: Desk) -> None:
    people = [desk.user_id("hanako"), desk.user_id("taro")]
    say_to_many(PUSHED, desk.account, people, dedupe="news")
    desk.send("bulk")
    (accepted,) = desk.accepted()
    assert (accepted["endpoint"], accepted["to"]) == ("multicast", people)


def test_what_is_said_to_one_person_arrives_in_order(desk: Desk) -> None:
    desk.goes_wrong("500_before")
    rows = [desk.say() for _ in range(3)]
    desk.settle(rows[-1])
    assert [desk.row(row_id).state for row_id in rows] == ["sent"] * 3
    keys = [accepted["retry_key"] for accepted in desk.accepted()]
    assert keys == [desk.row(row_id).retry_key for row_id in rows]


# What goes wrong: (fault, what the row ends as, how often LINE has accepted it)

PUSH = {
    "500_before": ("sent", 1),
    "500_after": ("sent", 1),
    "drop_before": ("sent", 1),
    "drop_after": ("sent", 1),
    "rate": ("sent", 1),
    "400": ("failed", 0),
}
REPLY = PUSH | {"500_after": ("unknown", 1), "drop_after": ("unknown", 1)}


@pytest.mark.parametrize("kind", PUSH)
def test_a_push_arrives_once_whatever_happens(desk: Desk, kind: str) -> None:
    desk.goes_wrong(kind)
    row = desk.settle(desk.say("push"))
    assert (row.state, len(desk.accepted())) == PUSH[kind]
    assert {call["headers"].get("X-Line-Retry-Key") for call in desk.calls()} == {row.retry_key}


@pytest.mark.parametrize("kind", REPLY)
def test_a_reply_arrives_once_and_is_never_pushed_on_top(desk: Desk, kind: str) -> None:
    desk.goes_wrong(kind)
    row = desk.settle(desk.say("reply"))
    assert (row.state, len(desk.accepted())) == REPLY[kind]
    assert {call["endpoint"] for call in desk.calls()} == {"reply"}


def test_an_answer_that_never_comes_is_waited_for_five_seconds(desk: Desk) -> None:
    desk.goes_wrong("timeout", times=2, seconds=6.0)
    push, reply = desk.say("push", "hanako"), desk.say("reply", "taro")
    desk.send()
    assert [desk.row(row_id).unsure for row_id in (push, reply)] == [True, True]
    assert desk.settle(push).state == "sent"
    assert desk.settle(reply).state == "unknown"
    assert len(desk.accepted()) == 2


def test_the_same_bytes_are_sent_again_though_the_person_has_another_name_by_now(
    desk: Desk,
) -> None:
    desk.goes_wrong("500_after")
    row_id = desk.say()
    desk.send()
    people.know(desk.person("hanako").person_id or 0, name="花", language="en", picture_url=None)
    desk.settle(row_id)
    first, again = (call["body"] for call in desk.calls())
    assert first == again


def test_a_try_of_unknown_end_is_noted_before_the_call(desk: Desk) -> None:
    row_id = desk.say()
    prepare.take("outbox", 1, desk.app.extensions["settings"].zone)
    row = desk.row(row_id)
    assert (row.state, row.unsure) == ("sending", True)
    assert row.body
    assert row.retry_key
    assert row.first_try_at == clock.now()


@pytest.mark.parametrize("route", ["reply", "push"])
def test_a_sender_that_dies_before_its_call_loses_nothing(desk: Desk, route: str) -> None:
    row_id = desk.say(route)
    prepare.take("outbox", 1, desk.app.extensions["settings"].zone)  # ... and it dies.
    desk.send(after=LEASE.total_seconds())
    assert desk.row(row_id).state == "sent"
    assert len(desk.accepted()) == 1


@pytest.mark.parametrize(("route", "state"), [("reply", "unknown"), ("push", "sent")])
def test_a_sender_that_dies_after_its_call_says_nothing_twice(
    desk: Desk, route: str, state: str
) -> None:
    row_id = desk.say(route)
    _, (call,) = prepare.take("outbox", 1, desk.app.extensions["settings"].zone)
    client.send(Channel(desk.account, desk.line.url, TOKEN), route, call.body, call.retry_key)
    desk.send(after=LEASE.total_seconds())  # ... and it died before it could save the answer.
    assert desk.row(row_id).state == state
    assert len(desk.accepted()) == 1


# Reply tokens


def test_a_token_that_is_too_old_becomes_a_push(desk: Desk) -> None:
    row_id = desk.say("reply")
    desk.send(after=51)
    assert (desk.row(row_id).state, desk.row(row_id).route) == ("sent", "push")
    assert [call["endpoint"] for call in desk.calls()] == ["push"]


def test_what_is_not_worth_a_push_is_then_not_said(desk: Desk) -> None:
    row_id = desk.say("reply", notice=ONLY_REPLIED)
    desk.send(after=51)
    assert (desk.row(row_id).state, desk.calls()) == ("failed", [])
    assert "too old" in (desk.row(row_id).outcome or "")


def test_a_token_that_line_clearly_refuses_at_first_becomes_a_push(desk: Desk) -> None:
    row_id = desk.say("reply")
    desk.line.world.reply_tokens.clear()
    desk.send()
    assert (desk.row(row_id).state, desk.row(row_id).route) == ("sent", "push")
    assert [accepted["endpoint"] for accepted in desk.accepted()] == ["push"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_after_an_unsure_reply_an_old_token_is_unknown(desk: Desk, kind: str) -> None:
    desk.goes_wrong(kind)
    row_id = desk.say("reply")
    desk.send()
    desk.send(after=61)
    assert desk.row(row_id).state == "unknown"
    assert {call["endpoint"] for call in desk.calls()} == {"reply"}


def test_what_staff_send_again_goes_out_as_a_push_of_its_own(desk: Desk) -> None:
    desk.goes_wrong("400")
    row_id = desk.say("reply")
    desk.send()
    assert look.retry(row_id) == 1
    desk.send()
    assert desk.row(row_id).state == "sent"
    assert [accepted["endpoint"] for accepted in desk.accepted()] == ["push"]


# Time


@pytest.mark.parametrize(("kind", "state"), [("500_after", "unknown"), ("rate", "failed")])
def test_a_row_first_tried_long_ago_is_left_to_people(desk: Desk, kind: str, state: str) -> None:
    desk.goes_wrong(kind)
    row_id = desk.say()
    desk.send()
    calls = len(desk.calls())
    desk.send(after=DAY + 1)
    assert desk.row(row_id).state == state
    assert "23 hours" in (desk.row(row_id).outcome or "")
    assert len(desk.calls()) == calls


def test_just_before_that_it_is_sent_again(desk: Desk) -> None:
    desk.goes_wrong("500_after")
    row_id = desk.say()
    desk.send()
    desk.send(after=DAY - 1)
    assert (desk.row(row_id).state, len(desk.accepted())) == ("sent", 1)


def test_a_row_that_only_waited_long_is_sent(desk: Desk) -> None:
    row_id = desk.say()
    desk.send(after=7 * 86_400)
    assert desk.row(row_id).state == "sent"


def test_tries_are_counted_and_waits_grow(desk: Desk) -> None:
    desk.goes_wrong("500_before", times=None)
    row_id = desk.say()
    for attempts, wait in ((1, 1), (2, 2), (3, 4)):
        desk.send()
        row = desk.row(row_id)
        assert (row.attempts, row.due_at) == (attempts, clock.after(wait))
        desk.time.tick(wait)


def test_after_a_rate_limit_the_whole_endpoint_waits(desk: Desk) -> None:
    desk.goes_wrong("rate", "push")
    first = desk.say(to="hanako")
    desk.send()
    assert (desk.row(first).state, desk.row(first).attempts) == ("pending", 0)
    second, reply = desk.say(to="taro"), desk.say("reply", to="taro")
    desk.send()
    assert desk.row(second).state == "pending"
    desk.settle(reply)
    assert [desk.row(row_id).state for row_id in (first, second)] == ["sent", "sent"]


# Profiles


def test_a_profile_is_kept_as_line_tells_it(desk: Desk) -> None:
    fetch_profile(desk.person("hanako"), dedupe="profile")
    desk.send("bulk")
    person = db.session.scalars(select(LineUser)).one()
    assert (person.display_name, person.language) == ("山田 花子", "ja")
    assert person.profile_at == clock.now()


def test_a_profile_that_line_does_not_tell_is_not_asked_for_again(desk: Desk) -> None:
    desk.line.world.talk("hanako", "main").status = "blocked"
    fetch_profile(desk.person("hanako"), dedupe="profile")
    desk.send("bulk")
    desk.send("bulk", after=3600)
    (row,) = db.session.scalars(select(OutboxItem))
    assert (row.state, row.http_status) == ("failed", 404)
    assert [call["endpoint"] for call in desk.calls()] == ["profile"]


def test_no_profile_is_too_strange_to_be_kept(desk: Desk) -> None:
    person = desk.line.world.person("hanako")
    person.name, person.language = "\x00花" * 300, "ja-" + "x" * 40
    person.picture = "https://profile.line-scdn.net/" + "0" * 3000
    fetch_profile(desk.person("hanako"), dedupe="profile")
    desk.send("bulk")
    db.session.expire_all()
    kept = db.session.scalars(select(LineUser)).one()
    assert kept.display_name == "花" * 200
    assert kept.picture_url is None


def greeting(desk: Desk) -> int:
    """What a follow event queues: a look at the profile, and a greeting that waits for it."""
    to = desk.person("hanako")
    fetch_profile(to, dedupe="profile")
    say([PUSHED], to, dedupe="hello", reply=desk.token("hanako"))
    return db.session.scalars(select(OutboxItem.id).filter_by(dedupe="hello")).one()


def test_a_greeting_waits_for_the_name(desk: Desk) -> None:
    row_id = greeting(desk)
    desk.send()
    assert desk.calls() == []
    desk.send("bulk")
    desk.send()
    assert desk.row(row_id).state == "sent"
    assert "山田 花子" in str(desk.accepted()[0]["messages"])


def test_a_greeting_waits_for_the_name_once(desk: Desk) -> None:
    desk.goes_wrong("500_before", "profile")
    row_id = greeting(desk)
    desk.send("bulk")
    desk.send()
    assert desk.row(row_id).state == "sent"
    assert "山田 花子" not in str(desk.accepted())


# Our own troubles


def test_answers_are_kept_while_the_database_cannot_take_them(desk: Desk) -> None:
    lane = desk.app.extensions["lanes"]["outbox"]
    row_id = desk.say("reply")
    lane.run()
    wait_until_ended(lane)
    with locked(), pytest.raises(Unavailable):
        lane.run()
    lane.run()
    assert desk.row(row_id).state == "sent"
    lane.drain()  # Would not end if the call still counted as under way.


def test_a_notice_that_cannot_be_made_does_not_stop_the_others(desk: Desk) -> None:
    broken, unknown, good = desk.say(to="hanako"), desk.say(to="taro"), desk.say("reply", "taro")
    for row_id, notice in ((broken, "shop.answer"), (unknown, "no.such.notice")):
        desk.row(row_id).notices = [{"notice": notice, "data": {"topic": 7}}]
        db.session.commit()
    desk.send()
    desk.send()
    assert [desk.row(row_id).state for row_id in (broken, unknown, good)] == [
        "failed", "failed", "sent",
    ]  # fmt: skip
    assert len(desk.accepted()) == 1


def test_an_event_is_answered_by_the_same_rules(desk: Desk) -> None:
    token = desk.token("hanako").token
    put(desk.account, [message("?", user=desk.user_id("hanako"), replyToken=token)])
    desk.send("inbox")
    desk.send()
    assert [accepted["endpoint"] for accepted in desk.accepted()] == ["reply"]
