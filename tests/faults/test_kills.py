"""P1 and P15 under `kill -9` of any process, at any moment, with clients that never pause."""

import os
import random
import sys
import threading
import time

import pytest

from tests.support.crowd import Crowd
from tests.support.faults import Rig, seed
from tests.support.verdict import problems
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]

KILLS = int(os.environ.get("FAULT_KILLS", "200")) // 2  # Half of them on each database.
# Web workers are hit most: they take, handle and answer, and one is there again in milliseconds.
ROLES = {"web": 17, "bulk": 3, "master": 2, "supervisor": 1}


def test_nothing_is_lost_and_nothing_done_twice(
    rig: Rig, capfd: pytest.CaptureFixture[str]
) -> None:
    number = seed()
    rng = random.Random(number)
    began = time.monotonic()
    rig.serve()
    with Books(rig) as books, Crowd(rig, rng) as crowd:
        for _ in range(KILLS):
            time.sleep(rng.uniform(0.02, 0.5))  # When it strikes is the very thing to vary.
            strike(rig, rng)
    rig.wait_until_ready()
    drained = rig.drain(timeout=120)
    with capfd.disabled():
        sys.stderr.write(told(rig, crowd, number, time.monotonic() - began))
    assert drained, rig.states()
    assert problems(rig) == []
    assert books.wrong == []
    assert sum(rig.kills.values()) == KILLS


def strike(rig: Rig, rng: random.Random) -> None:
    """Kill one process of a family that works, and see that the family is whole again."""
    alive = wait_for(lambda: members(rig), timeout=60)
    role = rng.choices(list(ROLES), [ROLES[name] * (name in alive) for name in ROLES])[0]
    rig.kill(role, rng)
    if role == "supervisor":
        rig.start("serve", "--port", str(rig.port))


def members(rig: Rig) -> set[str]:
    alive = rig.members()
    return set(alive) if alive.keys() >= {"web", "supervisor"} else set()


class Books:
    """P15: looks all the while whether rows add up and never become fewer."""

    def __init__(self, rig: Rig) -> None:
        self.wrong: list[str] = []
        self._rig = rig
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Books":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _watch(self) -> None:
        before = 0
        while not self._ending.wait(0.5):
            acked = len(self._rig.line.acked)
            states, _ = self._rig.states()
            posted = len(self._rig.line.posted)
            total = sum(states.get(name, 0) for name in ("pending", "running", "done", "dead"))
            if not max(before, acked) <= total <= posted or total != sum(states.values()):
                self.wrong.append(f"{acked} acknowledged, {posted} posted, {before} -> {states}")
            before = total


def told(rig: Rig, crowd: Crowd, number: int, seconds: float) -> str:
    _, calls = rig.states()
    return (
        f"\nfaults: {sum(rig.kills.values())} kills {rig.kills}, {len(rig.line.acked)} events in"
        f" {crowd.batches} batches, {crowd.refused} refused, {rig.line.answered()} answers,"
        f" {calls}, {seconds:.0f} s, FAULT_SEED={number}\n"
    )
