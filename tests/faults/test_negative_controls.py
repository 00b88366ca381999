"""What the fault tests are worth: with one guarantee left out, the same judgement must find fault.

Each scene is played twice: by the product as it is, and by the product with UNSAFE=<guarantee>.
"""

import signal
from collections.abc import Callable

import psutil
import pytest

from tests.support.faults import Rig, died
from tests.support.verdict import problems
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

Scene = Callable[[Rig, str], None]


def delivered_twice(rig: Rig, unsafe: str) -> None:
    """LINE sends a body again, though it had its 200."""
    rig.serve(UNSAFE=unsafe)
    batch = [rig.line.text("営業時間"), rig.line.text("メニュー")]
    assert [rig.line.post(rig.url, batch) for _ in range(2)] == [200, 200]


def dies_after_the_200(rig: Rig, unsafe: str) -> None:
    """The server dies as soon as LINE has its answer."""
    rig.web("--lanes", UNSAFE=unsafe)
    assert rig.line.post(rig.url, [rig.line.text("営業時間")]) == 200
    rig.end()
    rig.worker(UNSAFE=unsafe)


def dies_between_two_effects(rig: Rig, unsafe: str) -> None:
    """The rule's cool-down is noted, the answer is not: a second try would keep silent."""
    rig.put(rig.line.text("ありがとう"))
    point = "effect.after_first_of_many"
    wait_until_dead(rig.worker(CRASH_AT=point, UNSAFE=unsafe))
    rig.worker(UNSAFE=unsafe)


def dies_with_claimed_events(rig: Rig, unsafe: str) -> None:
    """Nobody but the lease gives back what a dead process held."""
    rig.put(rig.line.text("営業時間"))
    wait_until_dead(rig.worker(CRASH_AT="inbox.claimed", UNSAFE=unsafe))
    rig.worker(UNSAFE=unsafe)


def answer_to_a_push_is_lost(rig: Rig, unsafe: str) -> None:
    """LINE has the push, we do not hear so, and send again."""
    rig.line.fault("push", "drop_after")
    rig.put(rig.line.text("営業時間", age=25 * 60))
    rig.worker(UNSAFE=unsafe)


def answer_to_a_reply_is_lost(rig: Rig, unsafe: str) -> None:
    """LINE has the reply, we do not hear so, and may use nothing but the same token."""
    rig.line.fault("reply", "drop_after")
    rig.put(rig.line.text("営業時間"))
    rig.worker(UNSAFE=unsafe)


def sleeps_past_its_lease(rig: Rig, unsafe: str) -> None:
    """A process stands still with a claimed reply, and comes back when another has sent it."""
    rig.put(rig.line.text("営業時間"))
    rig.handle()
    # It has this lane alone: asleep in the midst of a write it would hold up everybody.
    switches = {"CRASH_AT": "send.before_http", "CRASH_BY": "STOP", "UNSAFE": unsafe}
    sleeper = rig.start("worker", "--lanes", "outbox", **switches)
    wait_for(lambda: sleeper.status() == psutil.STATUS_STOPPED, timeout=60)
    calls, noticed = rig.line.called("reply"), rig.tail().count("lease lost")
    rig.worker(UNSAFE=unsafe)
    wait_for(lambda: rig.line.called("reply") == calls + 1, timeout=60)
    sleeper.send_signal(signal.SIGCONT)
    # What came of its call is either refused by the fence or saved on top of the other's.
    wait_for(lambda: rig.tail().count("lease lost") > noticed or problems(rig), timeout=60)


SCENES: list[tuple[str, Scene, str]] = [
    ("no_dedupe", delivered_twice, "answered 0 times"),
    ("ack_before_commit", dies_after_the_200, "has rows []"),
    ("effects_outside_tx", dies_between_two_effects, "answered 0 times"),
    ("no_lease", dies_with_claimed_events, "has rows ['running']"),
    ("new_key_on_retry", answer_to_a_push_is_lost, "accepted, but nobody's"),
    ("treat_409_as_error", answer_to_a_push_is_lost, "its retry key could have told"),
    ("treat_200drop_as_fail", answer_to_a_reply_is_lost, "answered 2 times"),
    ("no_fence", sleeps_past_its_lease, "answered 2 times"),
]


@pytest.mark.parametrize(("unsafe", "play", "found"), SCENES, ids=[scene[0] for scene in SCENES])
def test_the_judgement_finds_what_is_left_out(
    unsafe: str, play: Scene, found: str, rig: Rig
) -> None:
    play(rig, "")
    assert rig.drain(), rig.states()
    assert problems(rig) == []
    rig.end()
    play(rig, unsafe)
    rig.drain(timeout=6.0)  # Before it, much is only not done yet.
    wait_for(lambda: any(found in problem for problem in problems(rig)), timeout=30)


def wait_until_dead(process: psutil.Popen) -> None:
    wait_for(lambda: process.poll() is not None, timeout=60)
    assert died(process), process.returncode
