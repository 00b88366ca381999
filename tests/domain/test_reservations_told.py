"""What people are told: reminders once and at their time, and that a store is closed for a day."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.hours.errors import BadHours
from app.domain.links import queries as links
from app.domain.people import queries as people
from app.domain.people import service as people_service
from app.domain.people.service import Sighting
from app.domain.reservations import closing, feeds, free, queries, service, setup, waitlist
from app.domain.reservations.asker import Guest
from app.domain.reservations.errors import NoSuchFeed, NoSuchResource, NotOpen
from app.errors import NotFound
from app.jobs import reservations as jobs
from app.outbox.models import OutboxItem
from app.outbox.put import Recipient
from tests.support.desk import Desk
from tests.support.members import a_member, a_shop
from tests.support.reservations import (
    DAY,
    NOW,
    STAFF,
    a_cause,
    a_customer,
    a_resource,
    a_salon,
    a_store,
    at,
    problems,
    told,
)

EVE = DAY - timedelta(days=1)
TYPHOON = {"ja": "台風のため臨時休業いたします。", "en": "We are closed for a typhoon."}


@pytest.fixture(autouse=True)
def now(inside: object) -> Iterator[Any]:
    with freeze_time(NOW) as time:
        yield time


def book(customer, wanted, time="15:00", **more):
    new = {"cause": a_cause(), "origin": "liff"} | more
    return service.book(customer, wanted, at(time), **new)


def reminded() -> list[str]:
    """What the clock has queued until now; it looks twice."""
    jobs.remind()
    assert jobs.remind() == 0
    reminders = [data["kind"] for data in told("reservations.reminder")]
    return reminders + ["thanks"] * len(told("reservations.thanks"))


def test_reminders_come_at_their_time_each_once(account, now):
    made = book(a_customer(account), a_salon())
    seen = []
    for moment in (
        at("17:59", EVE),
        at("18:00", EVE),
        at("11:59"),
        at("12:00"),
        at("14:59"),
        at("18:00"),
    ):
        now.move_to(moment)
        if moment == at("14:59"):
            service.arrive(STAFF, made.code, cause=a_cause())
        seen.append(len(reminded()))

    assert seen == [0, 1, 1, 2, 2, 3]
    assert reminded() == ["day_before", "hours_before", "thanks"]
    rows = db.session.scalars(select(OutboxItem).order_by(OutboxItem.id)).all()
    # A reminder is of no use any more when the next one is due, or when it begins; and what LINE
    # has not taken when the quiet hours begin is not said in them.
    assert [row.expires_at for row in rows][1:] == [at("21:00", EVE), at("15:00"), at("21:00")]


def test_a_moved_one_is_reminded_of_anew_and_a_cancelled_one_never(account, now):
    hanako, wanted = a_customer(account), a_salon()
    moved, gone = book(hanako, wanted, "15:00"), book(hanako, wanted, "12:00")
    now.move_to(at("18:00", EVE))
    assert reminded() == ["day_before", "day_before"]
    later = at("15:00", DAY + timedelta(days=1))
    service.move(hanako, moved.code, later, version=1, cause=a_cause())
    service.cancel(hanako, gone.code, cause=a_cause())

    now.move_to(at("12:00"))
    assert len(reminded()) == 2
    now.move_to(at("18:00"))
    assert len(reminded()) == 3
    assert (
        told("reservations.reminder")[-1]["starts_at"]
        == later.astimezone(queries.by_id(moved.id).starts_at.tzinfo).isoformat()
    )


def test_a_reminder_that_waits_is_not_sent_for_what_is_true_no_more(desk: Desk):
    with freeze_time(NOW) as time:
        hanako, wanted = a_customer(desk.account), a_salon()
        made, gone = book(hanako, wanted, "15:00"), book(hanako, wanted, "11:00")
        time.move_to(at("18:00", EVE))
        jobs.remind()
        service.cancel(hanako, gone.code, cause=a_cause())
        time.move_to(at("12:00"))  # LINE was away all night.
        jobs.remind()
        states = {
            (row.notice, row.notices[0]["data"].get("kind"), row.notices[0]["data"]["code"]): row
            for row in db.session.scalars(select(OutboxItem))
        }
        desk.app.extensions["lanes"]["outbox"].drain()
        db.session.expire_all()
        outcome = {key: (row.state, row.outcome) for key, row in states.items()}
    for code in (made.code, gone.code):
        found = outcome["reservations.reminder", "day_before", code]
        assert found == ("failed", "over")
    assert outcome["reservations.reminder", "hours_before", made.code][1] != "over"


def test_a_clock_that_stood_still_says_nothing_late_and_nothing_twice(account, now):
    book(a_customer(account), a_salon())
    now.move_to(at("23:00", EVE))  # The day before's is late, and it is night.
    assert reminded() == []
    now.move_to(at("09:00"))
    assert reminded() == ["day_before"]
    now.move_to(at("18:00", EVE))  # The clock is set back.
    assert reminded() == ["day_before"]
    now.move_to(at("16:00"))  # The nearer one would be late by now.
    assert reminded() == ["day_before"]


def test_late_reminders_are_found(account, now, monkeypatch):
    book(a_customer(account), a_salon())
    monkeypatch.setattr("app.faults._UNSAFE", "remind_late")
    now.move_to(at("16:00"))
    assert reminded() == ["day_before", "hours_before"]


def test_who_has_blocked_the_account_or_is_nobody_on_line_is_not_reminded(account, now):
    hanako, wanted = a_customer(account), a_salon(3)
    book(hanako, wanted)
    book(STAFF, wanted, guest=Guest(name="佐藤"), origin="counter")
    user_id = people.user_ids([hanako.person_id])[hanako.person_id]
    seen = Sighting(accounts.provider_of(account), account, user_id, 1, "e")
    person = people_service.seen(seen)
    people_service.unfollow(seen, person.id)
    now.move_to(at("18:00", EVE))

    assert reminded() == []


def test_a_member_is_told_wherever_they_are_linked(account, now, monkeypatch):
    a_shop()
    people_ids = [a_customer(account).person_id for _ in range(2)]
    found = [Recipient(account, f"U{person_id:032x}", person_id) for person_id in people_ids]
    monkeypatch.setattr(links, "recipients_of", lambda _member_id: found)
    book(STAFF, a_salon(), guest=Guest(a_member()), origin="counter")
    now.move_to(at("18:00", EVE))

    assert (len(told("reservations.made")), reminded()) == (2, ["day_before"] * 2)


def test_new_rules_hold_for_what_is_reserved_already(account, now):
    wanted = a_salon()
    book(a_customer(account), wanted)
    setup.put_rules(wanted.store_id, {"remind_hour": 12, "remind_hours": None})
    assert reminded() == []
    now.move_to(at("12:00", EVE))

    assert reminded() == ["day_before"]


def test_closing_a_day_tells_everybody_once_and_offers_other_times(account, now):
    hanako, wanted = a_customer(account), a_salon(30)
    service.hold(hanako, wanted, at("10:00"), cause=a_cause(), origin="liff")
    made = [book(a_customer(account), wanted, "15:00") for _ in range(25)]
    after = service.book(
        hanako, wanted, at("15:00", DAY + timedelta(days=1)), cause=a_cause(), origin="liff"
    )
    assert closing.concerned(STAFF, wanted.store_id, DAY) == 26

    assert closing.close_day(STAFF, wanted.store_id, DAY, TYPHOON) == 25
    assert closing.close_day(STAFF, wanted.store_id, DAY, TYPHOON) == 0
    notices = told("reservations.cancelled")
    assert {notice["code"] for notice in notices} == {booking.code for booking in made}
    assert len(notices) == 25
    assert [notices[0][key] for key in ("by", "reason")] == ["shop", TYPHOON]
    assert [start[:16] for start in notices[0]["nearest"]] == [
        f"2030-05-09T{time}" for time in ("10:00", "10:30", "11:00")
    ]
    assert free.free_times(wanted, DAY, DAY) == {DAY: []}
    with pytest.raises(NotOpen):
        book(STAFF, wanted, guest=Guest(name="佐藤"))
    assert queries.by_id(after.id).state == "confirmed"
    entry = waitlist.join(hanako, wanted, DAY, "10:00", "18:00", cause=a_cause())
    closing.reopen_day(STAFF, wanted.store_id, DAY)
    assert waitlist.entry(hanako, entry.code).state == "offered"
    assert problems() == []


def test_a_closing_that_was_cut_off_is_finished_by_the_clock(account, monkeypatch):
    wanted = a_salon(30)
    for _ in range(25):
        book(a_customer(account), wanted)
    finished = closing._finish
    monkeypatch.setattr(closing, "_finish", lambda *_: 0)
    closing.close_day(STAFF, wanted.store_id, DAY, TYPHOON)
    monkeypatch.setattr(closing, "_finish", finished)

    assert [jobs.close(), jobs.close()] == [25, 0]
    assert len(told("reservations.cancelled")) == 25


def test_only_staff_of_the_store_close_it(account):
    store_id = a_store()
    other = type(STAFF)(2, "manager", "", frozenset({a_store("kobe")}), None, 2)
    for act in (
        lambda: closing.close_day(other, store_id, DAY, TYPHOON),
        lambda: closing.reopen_day(other, store_id, DAY),
        lambda: closing.concerned(other, store_id, DAY),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(BadHours):
        closing.close_day(STAFF, store_id, DAY, {"ja": ""})


def test_a_calendars_address_is_secret_and_can_be_taken_back(account):
    store_id = a_store()
    resource_id = a_resource(store_id, services=[])
    first = feeds.make(STAFF, resource_id)
    assert feeds.resource_of(first) == resource_id
    assert queries.resources(store_id)[0].has_feed

    second = feeds.make(STAFF, resource_id)
    assert feeds.resource_of(second) == resource_id
    feeds.revoke(STAFF, resource_id)
    for token in (first, second, "", "七" * 43):
        with pytest.raises(NoSuchFeed):
            feeds.resource_of(token)
    other = type(STAFF)(2, "manager", "", frozenset({a_store("kobe")}), None, 2)
    with pytest.raises(NoSuchResource):
        feeds.make(other, resource_id)
