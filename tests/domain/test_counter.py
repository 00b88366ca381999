"""The counter: a member before one, by scan or look-up; a visit once, and undone in time."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import func, select, update

from app.cli.invariants import check
from app.config import Settings
from app.db import db, transaction
from app.domain.cards.errors import CodeUsed, MemberSuspended
from app.domain.cards.models import CardCode
from app.domain.counter import acts, queries, service
from app.domain.counter.errors import (
    AlreadyVisited,
    NoReason,
    NoSuchSession,
    NothingToUndo,
    SessionOver,
    TooLateToUndo,
)
from app.domain.counter.models import CounterAct, CounterSession, Visit
from app.domain.counter.service import Session
from app.domain.links.models import Link
from app.domain.members import queries as members
from app.domain.members import service as writing
from app.domain.members.models import Member
from app.facts.models import Fact
from tests.support.cards import CLERK, Holder, a_holder, scan
from tests.support.cast import add_store
from tests.support.members import a_member, a_shop
from tests.support.tree import ROOT

START = "2026-11-22T03:00:00Z"
EARLY, LATE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(account: int) -> int:
    a_shop()
    return add_store("kichijoji")


@pytest.fixture
def hanako(store: int, account: int) -> Holder:
    return a_holder(account, phone="090-1234-5678", birthday="1990-04-01", kana="ヤマダ ハナコ")


def scanned(holder: Holder, store: int) -> Session:
    return service.open_by_scan(holder.shows(), staff_id=CLERK, store_id=store, account_ids=None)


def session(opened: Session, staff_id: int = CLERK) -> Session:
    return service.living(opened.id, staff_id=staff_id)


def facts() -> list[str]:
    kinds = db.session.scalars(select(Fact.kind).order_by(Fact.id))
    return [kind for kind in kinds if kind.startswith("visit.")]


def test_a_scan_has_the_member_at_once(hanako, store):
    opened = scanned(hanako, store)

    found = session(opened)
    assert (found.member_id, found.person_id) == (hanako.member_id, hanako.asker.person_id)
    assert (found.how, found.store_id) == ("code", store)


def test_a_session_is_of_one_staff_member_for_ten_minutes(hanako, store):
    with freeze_time(START) as time:
        opened = scanned(hanako, store)
        with pytest.raises(NoSuchSession):
            session(opened, staff_id=CLERK + 1)
        time.tick(timedelta(minutes=10))
        with pytest.raises(SessionOver):
            session(opened)


def test_a_session_that_was_ended_is_over(hanako, store):
    opened = scanned(hanako, store)
    service.end(session(opened))
    with pytest.raises(SessionOver):
        session(opened)


def test_a_visit_is_made_once_a_session(hanako, store):
    opened = scanned(hanako, store)
    visit_id = acts.check_in(session(opened))
    with pytest.raises(AlreadyVisited):
        acts.check_in(session(opened))

    visit = db.session.get_one(Visit, visit_id)
    assert (visit.member_id, visit.store_id, visit.staff_id) == (hanako.member_id, store, CLERK)
    assert facts() == ["visit.made"]
    assert check() == []


def test_two_taps_at_once_make_one_visit(app: Flask, hanako, store):
    before_us = session(scanned(hanako, store))

    def tap(_: int) -> bool:
        with app.app_context():
            try:
                acts.check_in(before_us)
            except AlreadyVisited:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(tap, range(2))) == [False, True]
    db.session.rollback()  # Ends the read that began before they tapped.
    assert facts() == ["visit.made"]


def test_the_last_act_is_undone_and_can_be_done_again(hanako, store):
    opened = scanned(hanako, store)
    visit_id = acts.check_in(session(opened))

    act = acts.undo_last(opened)
    assert (act.kind, act.ref) == ("visit", str(visit_id))
    assert db.session.get_one(Visit, visit_id).undone_at is not None
    with pytest.raises(NothingToUndo):
        acts.undo_last(opened)

    assert acts.check_in(session(opened)) == visit_id
    assert db.session.get_one(Visit, visit_id).undone_at is None
    assert facts() == ["visit.made", "visit.undone", "visit.made"]


def test_an_act_is_undone_within_ten_minutes_by_whoever_did_it(hanako, store):
    with freeze_time(START) as time:
        opened = scanned(hanako, store)
        time.tick(timedelta(minutes=9))
        acts.check_in(session(opened))
        with pytest.raises(NoSuchSession):
            service.theirs(opened.id, staff_id=CLERK + 1)
        time.tick(timedelta(minutes=9))  # The session is over, the act is not too old.
        acts.undo_last(opened)

        late = scanned(hanako, store)
        acts.check_in(session(late))
        time.tick(timedelta(minutes=10))
        with pytest.raises(TooLateToUndo):
            acts.undo_last(late)


def test_a_look_up_needs_a_reason(hanako, store):
    opened = service.open_by_look_up(
        hanako.member_id, staff_id=CLERK, store_id=store, reason=" 電波なし "
    )
    row = db.session.get_one(CounterSession, opened.id)
    assert (row.how, row.reason, row.person_id) == ("look_up", "電波なし", None)
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(NoReason):
            service.open_by_look_up(hanako.member_id, staff_id=CLERK, store_id=store, reason=reason)


def test_a_suspended_member_is_not_looked_up(hanako, store):
    writing.suspend(hanako.member_id, "不正利用")
    with pytest.raises(MemberSuspended):
        service.open_by_look_up(hanako.member_id, staff_id=CLERK, store_id=store, reason="x")
    assert [found.suspended for found in queries.find_members("090-1234-5678")] == [True]


@pytest.mark.parametrize(
    "written",
    [
        "山田",
        "山田　花子",
        "花子",
        "ハナコ",
        "ヤマダハナコ",
        "09012345678",
        "+81 90 1234 5678",
        "number",
    ],
)
def test_members_are_found_by_name_number_and_phone(hanako, written):
    a_member("other@example.jp", name="佐藤 太郎", kana="サトウ タロウ", phone="090-0000-0001")
    number = members.member(hanako.member_id).number

    (found,) = queries.find_members(number if written == "number" else written)
    assert found.member_id == hanako.member_id
    assert (found.number, found.phone) == (number[-4:], "5678")


@pytest.mark.parametrize("written", ["", "山", "%%", "鈴木", "9123456789012340"])
def test_nobody_is_found_by_less(hanako, written):
    assert queries.find_members(written) == []


@pytest.mark.parametrize(
    ("written", "right"),
    [("5678", True), ("0401", True), ("０４-０１", True), ("1990", False), ("", False)],
)
def test_a_second_factor_is_birthday_or_phone(hanako, written, right):
    assert queries.second_factor(hanako.member_id, "ヤマダ", written) is right


def test_without_either_there_is_no_second_factor(store):
    member_id = a_member()
    assert not queries.second_factor(member_id, members.member(member_id).number, "")


BROKEN = {
    "card.used_by_nobody": (CardCode, {"used_by": None}),
    "card.used_and_alive": (CardCode, {"ended_at": None}),
    "card.ended_without_reason": (CardCode, {"end_reason": "lost"}),
    "card.used_too_late": (CardCode, {"used_at": LATE}),
    "card.used_after_link": (Link, {"ended_at": EARLY}),
    "visit.of_another_session": (
        Visit,
        {"member_id": select(func.max(Member.id)).scalar_subquery()},
    ),
    "visit.untold": (CounterAct, {"undone_at": LATE}),
    "counter.no_reason": (CounterSession, {"how": "look_up"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found_and_nothing_else(hanako, account, store, name):
    a_holder(account, 2)
    with freeze_time(START):
        acts.check_in(session(scanned(hanako, store)))
    assert check() == []

    table, values = BROKEN[name]
    with transaction():
        db.session.execute(update(table).values(**values))
    assert [found.name for found in check()] == [name]


SCAN = """
import sys
from app.domain.counter import service
from app.factory import create_app
with create_app().app_context():
    service.open_by_scan(sys.argv[1], staff_id=7, store_id=int(sys.argv[2]), account_ids=None)
"""


def scanning(settings: Settings, code: str, store: int) -> subprocess.Popen[bytes]:
    """A process that scans, and dies with the code marked as used and nothing else done."""
    given = {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "CRASH_AT": "qr.after_mark_before_earn",
    }
    command = [sys.executable, "-c", SCAN, code, str(store)]
    return subprocess.Popen(command, cwd=ROOT, env=dict(os.environ) | given)


def test_a_counter_that_dies_between_the_code_and_the_session_has_used_nothing(
    hanako, store, settings
):
    code = hanako.shows()
    db.session.rollback()
    with scanning(settings, code, store) as dead:
        assert dead.wait(60) == -signal.SIGKILL

    assert db.session.scalar(select(func.count()).select_from(CounterSession)) == 0
    with freeze_time(db.session.scalar(select(func.max(Fact.at)))):  # However long that took.
        assert scan(code, store).member_id == hanako.member_id
        with pytest.raises(CodeUsed):
            scan(code, store)
