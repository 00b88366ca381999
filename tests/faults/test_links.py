"""P11 under `kill -9`: a link is there with all it causes, or not at all."""

import subprocess
import sys

import pytest
from sqlalchemy import select

from app.cli import invariants
from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.links import proofs, queries
from app.facts.models import Fact
from app.outbox.models import OutboxItem
from tests.support.faults import Rig
from tests.support.members import EMAIL, a_member, asker, code
from tests.support.tree import ROOT

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(180),
]

_PROVE = """
import sys
from app.domain.accounts import queries
from app.domain.links import proofs
from app.factory import create_app
from tests.support.members import asker

with create_app().app_context():
    proofs.prove_by_code(asker(queries.find("main").id), *sys.argv[1:])
"""
Saved = tuple[int, list[str], list[str]]
NOTHING: Saved = (0, [], [])
# The demo shop gives points and a coupon for it.
FACTS = ["member.linked", "points.incentive", "coupon.issued"]
ALL: Saved = (1, FACTS, ["links.linked", "coupons.granted"])


def saved(member_id: int) -> Saved:
    """How many links there are, which facts and which notices."""
    db.session.rollback()
    ours = select(Fact.kind).where(Fact.kind != "points.earn")  # The demo shop has such a one.
    facts = db.session.scalars(ours.order_by(Fact.id)).all()
    notices = db.session.scalars(select(OutboxItem.notice).order_by(OutboxItem.id)).all()
    return len(queries.people_of(member_id)), list(facts), list(notices)


def killed_while_linking(rig: Rig, point: str, **switches: str) -> tuple[int, str]:
    """A process that dies at `point`; answers the member, and the session it had."""
    member_id = a_member()
    token = proofs.start(asker(accounts.find("main").id), EMAIL)
    child = subprocess.run(
        [sys.executable, "-c", _PROVE, token, code()],
        cwd=ROOT,
        env=rig.env | switches | {"CRASH_AT": point},
        timeout=60,
        check=False,
    )
    assert child.returncode == -9
    return member_id, token


@pytest.mark.parametrize("point", ["link.made", "link.told"])
def test_a_link_is_whole_or_not_there(rig: Rig, point: str) -> None:
    with rig.app.app_context():
        member_id, token = killed_while_linking(rig, point)
        assert saved(member_id) == NOTHING

        # The code was right and is used up; what is left to do needs no second one.
        proofs.finish(asker(accounts.find("main").id), token)
        assert saved(member_id) == ALL
        assert invariants.check() == []


def test_a_link_made_in_steps_is_found(rig: Rig) -> None:
    with rig.app.app_context():
        member_id, _ = killed_while_linking(rig, "link.made", UNSAFE="link_in_steps")
        assert saved(member_id) not in (NOTHING, ALL)
