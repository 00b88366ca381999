"""P8 under `kill -9`: a request is done and answered, or not at all; asked again, it is once."""

import subprocess
import sys

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.domain.members import queries as members
from app.domain.orders.models import Order
from app.domain.points import queries as points
from app.facts.models import Fact
from app.facts.record import record
from app.once import Answered, once
from tests.support.faults import Rig
from tests.support.systems import System, Told, a_system
from tests.support.tree import ROOT

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(180),
]

_ASK = """
from app.factory import create_app
from tests.faults.test_once import ask

with create_app().app_context():
    ask("child")
"""
_TELL = """
import sys

from app.factory import create_app
from tests.faults.test_once import tell

app = create_app()
with app.app_context():
    tell(app, sys.argv[1])
"""
SALE = {"origin": "register", "id": "R-1", "state": "done", "total": 2000}
SALE |= {"placed_at": "2026-11-28T12:00:00+09:00"}


def ask(who: str) -> Answered:
    """One request; `who` tells the processes' facts apart."""

    def work() -> str:
        record("test.done", cause="test", slot=who)
        return "done"

    return once("staff/1", "k1", {"points": 100}, work)


def done() -> int:
    db.session.rollback()
    wanted = select(func.count()).select_from(Fact).filter_by(kind="test.done")
    return db.session.scalar(wanted) or 0


def killed_while_asking(rig: Rig, point: str, **switches: str) -> int:
    """A process that dies at `point`; answers how often the work is done then."""
    env = rig.env | switches | {"CRASH_AT": point}
    child = subprocess.run([sys.executable, "-c", _ASK], cwd=ROOT, env=env, timeout=60, check=False)
    assert child.returncode == -9
    return done()


def test_a_request_is_done_once_whenever_its_process_dies(rig: Rig) -> None:
    with rig.app.app_context():
        assert killed_while_asking(rig, "once.effect") == 0
        assert killed_while_asking(rig, "once.answered") == 1
        assert ask("again") == Answered(200, "done", again=True)
        assert done() == 1


def test_without_the_guarantee_the_second_try_does_it_again(rig: Rig) -> None:
    with rig.app.app_context():
        assert killed_while_asking(rig, "once.answered", UNSAFE="no_once") == 1
        assert not ask("again").again
        assert done() == 2


def tell(app: Flask, secret: str) -> Told:
    """A till tells of a sale to a member, always with the same key."""
    member = members.by_number("KMB-0001")
    assert member
    return System(app, secret).post("/orders", "receipt-1", **SALE, member_id=member.id)


def sales() -> tuple[int, int]:
    """How many orders there are, and how often points were earned for one."""
    db.session.rollback()
    member = members.by_number("KMB-0001")
    assert member
    earned = points.history(member.id, ["earn"]).rows
    there = db.session.scalar(select(func.count()).select_from(Order)) or 0
    return there, sum(row.paid == SALE["total"] for row in earned)


def test_an_order_of_a_till_is_there_once_whenever_the_process_dies(rig: Rig) -> None:
    with rig.app.app_context():
        till = a_system(rig.app, "orders.write")
        for point, there in (
            ("order.noted", (0, 0)),
            ("once.effect", (0, 0)),
            ("once.answered", (1, 1)),
        ):
            env = rig.env | {"CRASH_AT": point}
            command = [sys.executable, "-c", _TELL, till.secret]
            child = subprocess.run(command, cwd=ROOT, env=env, timeout=60, check=False)
            assert (child.returncode, sales()) == (-9, there)
        again = tell(rig.app, till.secret)
        assert (again.status, again.json["state"], sales()) == (200, "done", (1, 1))
