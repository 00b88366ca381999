"""P15 under `kill -9`: each fact that was committed reaches the shop's own system, in the end."""

from collections.abc import Iterator

import psutil
import pytest

from app.cli import invariants
from app.db import db
from app.domain.hooks import queries, service
from app.domain.hooks.service import NewEndpoint
from app.facts.record import record
from tests.support.faults import Rig, died
from tests.support.receiver import Receiver, receiver
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(180),
]

FACTS = 20


@pytest.fixture
def till() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def lane(rig: Rig, **switches: str) -> psutil.Popen:
    """The lane alone, in a process of its own."""
    return rig.start("worker", "--lanes", "hooks", WEBHOOKS_LOCAL="true", **switches)


def killed_while_telling(rig: Rig, till: Receiver, point: str, **switches: str) -> None:
    """Facts happen, and the lane that tells them dies at `point`."""
    service.add(NewEndpoint(till.url, ["test.*"], local=True))
    for number in range(FACTS):
        record("test.done", cause=f"test/{number}")
    killed = lane(rig, CRASH_AT=point, **switches)
    wait_for(lambda: died(killed), timeout=60)


def told(till: Receiver) -> set[int]:
    return {call.json["id"] for call in till.calls}


def is_all_done() -> bool:
    db.session.rollback()
    return queries.counts() == {"done": FACTS}


@pytest.mark.parametrize("point", ["hook.cursor_moved", "hook.claimed", "hook.sent_before_saved"])
def test_every_fact_is_told_whenever_the_lane_dies(rig: Rig, till: Receiver, point: str) -> None:
    with rig.app.app_context():
        killed_while_telling(rig, till, point)
        lane(rig)
        wait_for(is_all_done, timeout=60)
        rig.end()
        assert len(told(till)) == len(set(till.ids())) == FACTS
        # Only what was under way at the moment of death came twice, under the same id.
        assert len(till.calls) <= FACTS + 16
        assert invariants.check() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cursor_that_moves_alone_loses_facts(rig: Rig, till: Receiver) -> None:
    with rig.app.app_context():
        killed_while_telling(rig, till, "hook.cursor_moved", UNSAFE="hook_cursor_alone")
        lane(rig)
        record("test.done", cause="test/last")
        wait_for(lambda: till.calls, timeout=60)
        rig.end()
        assert len(told(till)) == 1
