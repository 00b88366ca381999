"""P19: a clock that jumps an hour ahead or back sends nothing twice and forgets nothing."""

from datetime import timedelta

import pytest
from freezegun import freeze_time

from app import clock
from tests.support.faults import Rig
from tests.support.line_truth import WORDS
from tests.support.verdict import problems

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("hours", [1, -1])
@pytest.mark.parametrize("endpoint", ["reply", "push"])
def test_a_jump_between_two_tries_sends_nothing_twice(hours: int, endpoint: str, rig: Rig) -> None:
    age = 0 if endpoint == "reply" else 25 * 60
    rig.line.fault(endpoint, "drop_after", times=2)
    rig.put(*(rig.line.text(said, age=age) for said in WORDS))
    rig.handle()
    rig.send()
    assert rig.line.answered() == len(WORDS)  # Of two of them we do not know it.
    with freeze_time(clock.now() + timedelta(hours=hours), tick=True, ignore=["sandbox"]):
        rig.send()
    rig.worker()  # The clock is right again.
    assert rig.drain(), rig.states()
    assert problems(rig) == []
