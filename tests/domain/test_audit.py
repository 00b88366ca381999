"""The audit log: nothing in it changes, and what was tampered with is found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.cli import invariants
from app.db import db, transaction
from app.domain.audit import queries
from app.domain.audit.service import note
from app.domain.staff.actor import Actor

HANAKO = Actor(1, "manager", "花子", frozenset({1}), None, 7)
pytestmark = pytest.mark.usefixtures("inside")


def three() -> None:
    """Three entries: a login, a look at a member, and what a command did."""
    note("staff.logged_in", actor=HANAKO, about="staff/1", network="192.0.2.1")
    note("member.seen", actor=HANAKO, about="member/12", store_id=1, reason="紛失", fields=["name"])
    note("staff.owner_made", actor=None, about="staff/2", count=3)


def actions(**which: object) -> list[str]:
    return [entry.action for entry in queries.listed(**which)]  # type: ignore[arg-type]


def test_who_did_what_why_and_from_where_is_told_newest_first():
    three()
    newest, seen, login = queries.listed()

    assert (newest.id, newest.staff_id, newest.data) == (3, None, {"count": 3})
    assert (seen.about, seen.reason, seen.store_id, seen.role) == (
        "member/12",
        "紛失",
        1,
        "manager",
    )
    assert (login.network, login.staff_id) == ("192.0.2.1", 1)


def test_the_log_is_read_by_cursor_and_by_member():
    three()
    assert actions(limit=2) == ["staff.owner_made", "member.seen"]
    assert actions(before=2) == ["staff.logged_in"]
    assert actions(about="member/12") == ["member.seen"]
    assert actions(stores=frozenset({2})) == ["staff.owner_made", "staff.logged_in"]


def undone() -> None:
    with transaction():
        note("member.seen", actor=HANAKO)
        raise ZeroDivisionError


def test_what_was_undone_is_not_noted_and_leaves_no_gap():
    three()
    with pytest.raises(ZeroDivisionError):
        undone()
    note("member.seen", actor=HANAKO)

    verdict = queries.verify()
    assert (verdict.entries, verdict.problems) == (4, [])


def test_entries_of_many_at_once_make_one_chain(app: Flask):
    def work(number: int) -> None:
        with app.app_context():
            for _ in range(5):
                note("test.done", actor=None, number=number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert (queries.verify().entries, queries.verify().problems) == (20, [])
    assert invariants.check() == []


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_entry SET reason = 'x' WHERE id = 1", "DELETE FROM audit_entry WHERE id = 3"],
)
def test_the_database_refuses_to_change_an_entry(change: str):
    three()
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(sa.text(change))
    assert queries.verify().entries == 3


def tampered(*changes: str) -> None:
    """What somebody does who owns the database."""
    three()
    with transaction():
        if db.engine.dialect.name == "sqlite":
            for what in ("update", "delete"):
                db.session.execute(sa.text(f"DROP TRIGGER audit_entry_no_{what}"))
        else:
            db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for change in changes:
            db.session.execute(sa.text(change))


TAMPERING: list[tuple[str, str, str | None]] = [
    ("UPDATE audit_entry SET reason = 'x' WHERE id = 2", "entry 2 was changed", None),
    ("UPDATE audit_entry SET staff_id = 9 WHERE id = 1", "entry 1 was changed", None),
    ("DELETE FROM audit_entry WHERE id = 2", "entries 2 to 2 are missing", "audit.gap"),
    ("DELETE FROM audit_entry WHERE id = 3", "the chain ends at 2, not at 3", "audit.head"),
    ("UPDATE audit_entry SET hash = prev_hash WHERE id = 2", "entry 3 does not", "audit.chain"),
    ("UPDATE audit_head SET entry_id = 2", "the chain ends at 3, not at 2", "audit.beyond_head"),
]


@pytest.mark.parametrize(("change", "told", "invariant"), TAMPERING)
def test_tampering_is_found(change: str, told: str, invariant: str | None, app: Flask):
    tampered(change)

    ran = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert ran.exit_code == 1
    assert told in ran.output
    broken = {found.name for found in invariants.check()}
    assert invariant is None or invariant in broken


def test_a_whole_chain_is_told_so(app: Flask):
    three()
    ran = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert (ran.exit_code, ran.output[:9]) == (0, "3 entries")
