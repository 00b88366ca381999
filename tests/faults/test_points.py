"""P7 under `kill -9`: points are moved with both legs, or not at all."""

import subprocess
import sys

import pytest

from app.cli import invariants
from app.domain.points import queries, service
from app.domain.points.ledger import Key
from tests.support.faults import Rig
from tests.support.members import a_member
from tests.support.points import a_key, problems, total
from tests.support.tree import ROOT

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(180),
]

_REDEEM = """
import sys
from app.domain.points import service
from app.domain.points.ledger import Key
from app.factory import create_app

with create_app().app_context():
    service.redeem(int(sys.argv[1]), 30, key=Key("till", "once"))
"""


def killed_while_redeeming(rig: Rig, **switches: str) -> int:
    """A till that dies between the two legs of 30 points; answers whose they were."""
    member_id = a_member()
    service.earn(member_id, paid=10_000, store_id=None, key=a_key())
    child = subprocess.run(
        [sys.executable, "-c", _REDEEM, str(member_id)],
        cwd=ROOT,
        env=rig.env | switches | {"CRASH_AT": "ledger.between_legs"},
        timeout=60,
        check=False,
    )
    assert child.returncode == -9
    return member_id


def test_points_are_moved_whole_or_not_and_the_same_key_does_it(rig: Rig) -> None:
    with rig.app.app_context():
        member_id = killed_while_redeeming(rig)
        assert (queries.balance(member_id), problems(), total()) == (100, [], 0)

        for _ in range(2):
            assert service.redeem(member_id, 30, key=Key("till", "once")).balance == 70
        assert (queries.balance(member_id), invariants.check()) == (70, [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_legs_written_in_steps_are_found(rig: Rig) -> None:
    with rig.app.app_context():
        killed_while_redeeming(rig, UNSAFE="ledger_in_steps")
        assert {"points.legs", "points.sum"} <= set(problems())
        assert total() != 0
