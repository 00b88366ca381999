"""The outbox: one row an intention, order per recipient, pauses, and LINE's rates."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from app import clock
from app.claims import LeaseLost
from app.db import db, transaction
from app.errors import NotFound
from app.outbox import look, put, rates, work
from app.outbox.models import OutboxItem
from app.outbox.put import Notice, Recipient, ReplyToken
from app.outbox.work import LEASE, Item
from tests.support.cast import add_account

HELLO = [Notice("greeting.hello")]


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def say(account: int, dedupe: str, to: str | None = "U1", **changes: Any) -> bool:
    return put.say(HELLO, Recipient(account, to), dedupe=dedupe, **changes)


def reply() -> ReplyToken:
    return ReplyToken("token", clock.after(50))


def taken(paused: dict[int, str] | None = None, lane: str = "outbox") -> list[Item]:
    with transaction():
        return work.take(lane, 100, paused or {})


def named(items: list[Item]) -> list[str]:
    db.session.expire_all()
    return [db.session.get_one(OutboxItem, item.id).dedupe for item in items]


def end(item: Item, state: str = "sent") -> None:
    with transaction():
        work.save(item, state=state, finished_at=clock.now())


# Putting


def test_an_intention_is_queued_once(account: int) -> None:
    assert say(account, "greeting/1")
    assert not say(account, "greeting/1", to="U2")
    assert len(taken()) == 1


def test_what_is_said_with_a_token_is_a_reply(account: int) -> None:
    say(account, "with", to="U1", reply=reply())
    say(account, "without", to="U2")
    assert [(item.route, item.reply_token) for item in taken()] == [
        ("reply", "token"),
        ("push", None),
    ]


def test_an_intention_is_undone_with_what_caused_it(account: int) -> None:
    def say_and_fail() -> None:
        with transaction():
            say(account, "greeting/1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        say_and_fail()
    assert taken() == []
    assert say(account, "greeting/1")


@pytest.mark.parametrize("number", [1, put.MOST_RECIPIENTS])
def test_a_multicast_goes_to_up_to_500(account: int, number: int) -> None:
    people = [f"U{n}" for n in range(number)]
    assert put.say_to_many(HELLO[0], account, people, dedupe="news/1")
    (item,) = taken(lane="bulk")
    assert (item.route, item.recipients) == ("multicast", people)


@pytest.mark.parametrize("number", [0, put.MOST_RECIPIENTS + 1])
def test_nobody_and_too_many_are_refused(account: int, number: int) -> None:
    with pytest.raises(ValueError, match="recipients"):
        put.say_to_many(HELLO[0], account, ["U1"] * number, dedupe="news/1")


# Taking


def test_each_recipient_has_one_call_under_way_in_order(account: int) -> None:
    for dedupe, to in (("a1", "U1"), ("b1", "U2"), ("a2", "U1"), ("b2", "U2")):
        say(account, dedupe, to)
    first = taken()
    assert named(first) == ["a1", "b1"]
    assert taken() == []
    end(first[0])
    assert named(taken()) == ["a2"]


def test_one_person_at_two_accounts_waits_for_nobody(account: int) -> None:
    say(account, "here")
    say(add_account("other"), "there")
    assert len(taken()) == 2


def test_calls_to_nobody_in_particular_wait_for_nobody(account: int) -> None:
    for number in range(3):
        say(account, f"reply/{number}", None, reply=reply())
    assert len(taken()) == 3


def test_an_unsure_call_holds_back_what_follows_to_the_same_person(account: int, time) -> None:
    say(account, "first")
    say(account, "second")
    (first,) = taken()
    with transaction():
        work.save(first, state="pending", due_at=clock.after(5), unsure=True)
    assert taken() == []
    time.tick(5)
    assert named(taken()) == ["first"]


@pytest.mark.parametrize(("waited_for", "greeted"), [(True, []), (False, ["hello"])])
def test_a_look_at_the_profile_is_waited_for_where_asked(
    account: int, waited_for: bool, greeted: list[str]
) -> None:
    to = Recipient(account, "U1")
    put.fetch_profile(to, dedupe="profile", waited_for=waited_for)
    say(account, "hello")
    assert named(taken()) == greeted
    assert len(taken(lane="bulk")) == 1


def test_lanes_do_not_take_each_others_calls(account: int) -> None:
    say(account, "hello")
    assert taken(lane="bulk") == []


def test_what_a_dead_sender_had_is_due_again_after_its_lease(account: int, time) -> None:
    say(account, "hello")
    (first,) = taken()
    time.tick(LEASE.total_seconds() - 1)
    assert taken() == []
    time.tick(1)
    (again,) = taken()
    assert (again.id, again.fence, again.attempts) == (first.id, 2, 2)
    with pytest.raises(LeaseLost):
        end(first)
    end(again)


# Pauses


def test_a_paid_pause_lets_replies_through(account: int) -> None:
    say(account, "reply", "U1", reply=reply())
    say(account, "push", "U2")
    assert named(taken({account: "paid"})) == ["reply"]
    assert named(taken()) == ["push"]


def test_a_push_that_rests_does_not_cost_the_person_a_free_reply(account: int) -> None:
    say(account, "push")
    say(account, "reply", reply=reply())
    assert named(taken({account: "paid"})) == ["reply"]


def test_a_full_pause_stops_everything_of_that_account_alone(account: int) -> None:
    other = add_account("other")
    say(account, "push", "U1")
    say(account, "reply", "U2", reply=reply())
    say(other, "elsewhere")
    put.fetch_profile(Recipient(account, "U3"), dedupe="profile")
    assert named(taken({account: "all"})) == ["elsewhere"]
    assert taken({account: "all"}, lane="bulk") == []
    assert named(taken()) == ["push", "reply"]


# Rates


def test_a_bucket_holds_one_second_and_refills_steadily(account: int, time) -> None:
    def take(wanted: int) -> rates.Granted:
        return rates.take(account, "push", wanted, per_second=10)

    assert take(4) == rates.Granted(4, 0.0)
    assert take(8) == rates.Granted(6, 0.2)
    assert take(1) == rates.Granted(0, 0.1)
    time.tick(0.35)
    assert take(9).calls == 3
    time.tick(60)
    assert take(99).calls == 10


def test_buckets_of_accounts_and_endpoints_are_apart(account: int, time) -> None:
    other = add_account("other")
    assert rates.take(account, "push", 5, per_second=5).calls == 5
    assert rates.take(account, "reply", 5, per_second=5).calls == 5
    assert rates.take(other, "push", 5, per_second=5).calls == 5
    assert rates.take(account, "push", 5, per_second=5).calls == 0


def test_what_line_refused_for_its_rate_waits_as_long_as_asked(account: int, time) -> None:
    rates.block(account, "push", 3.0)
    assert rates.take(account, "push", 1, per_second=10) == rates.Granted(0, 3.0)
    time.tick(2.9)
    assert rates.take(account, "push", 1, per_second=10).calls == 0
    time.tick(0.2)
    assert rates.take(account, "push", 1, per_second=10).calls == 1


def test_a_clock_set_back_gives_nothing_and_takes_nothing(account: int, time) -> None:
    assert rates.take(account, "push", 10, per_second=10).calls == 10
    time.move_to("2026-11-21T11:00:00Z")
    assert rates.take(account, "push", 1, per_second=10).calls == 0
    time.tick(1)
    assert rates.take(account, "push", 99, per_second=10).calls == 10


def test_processes_share_a_bucket(app: Flask, account: int, time) -> None:
    assert rates.take(account, "push", 6, per_second=10).calls == 6
    kept = db.session.scalars(select(rates.RateBucket)).one()
    db.session.rollback()
    with app.app_context():
        assert rates.take(account, "push", 3, per_second=10).calls == 3
    assert rates.take(account, "push", 9, per_second=10).calls == 1
    assert kept.tokens == 0


# Looking


def test_a_failed_reply_is_tried_again_as_a_new_push(account: int, time) -> None:
    say(account, "hello", reply=reply())
    (item,) = taken()
    with transaction():
        work.save(item, state="failed", body=b"{}", first_try_at=clock.now(), unsure=False)
    time.tick(timedelta(days=2))
    assert look.retry(item.id) == 1
    (again,) = taken()
    assert (again.route, again.body, again.first_try_at) == ("push", None, None)
    assert (again.attempts, again.retry_key) == (1, None)


@pytest.mark.parametrize(("unknown", "number"), [(False, 1), (True, 2)])
def test_what_line_may_have_is_sent_again_only_where_asked(
    account: int, unknown: bool, number: int
) -> None:
    say(account, "failed", "U1")
    say(account, "unknown", "U2")
    for item, state in zip(taken(), ("failed", "unknown"), strict=True):
        end(item, state)
    assert look.retry(unknown=unknown) == number


def test_what_was_sent_is_never_sent_again(account: int) -> None:
    say(account, "hello")
    end(taken()[0])
    assert look.retry(unknown=True) == 0


def test_staff_see_calls_and_their_bodies(account: int) -> None:
    say(account, "hello")
    (entry,) = look.listed(None, 10)
    assert (entry.route, entry.notice, entry.state) == ("push", "greeting.hello", "pending")
    assert look.listed("sent", 10) == []
    assert look.body(entry.id) == b""
    assert look.counts() == {"pending": 1}
    with pytest.raises(NotFound):
        look.body(entry.id + 1)
