"""P13 under `kill -9`: people link and unlink while the worker dies, and LINE comes to be right."""

import os
import random
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from app import clock
from app.cli import invariants
from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.links import service as links
from app.domain.links.asker import Asker
from app.domain.members import service as members
from app.domain.menus import queries as menus
from app.domain.people import service as people
from app.domain.people.service import Sighting
from app.richmenu import apply as applying
from app.richmenu.apply import Account
from app.richmenu.marks import read_mark
from tests.support.faults import Rig, died, seed
from tests.support.menus import MEMBER, WELCOME
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

KILLS = int(os.environ.get("FAULT_KILLS", "200")) // 20  # A worker takes seconds to start.
CROWD = 40
KINDS = ("500_before", "500_after", "drop_before", "drop_after", "rate")
LAYOUT = """\
name: {name}
bar: {name}
alias: {name}
size: compact
when: {{person: {person}}}
grid: [a]
tiles: {{a: {{label: {name}, icon: home, action: "say:hello {version}"}}}}
"""


class Talks:
    """The account's people with their memberships, and what they should see."""

    def __init__(self, rig: Rig, number: int) -> None:
        self.rig = rig
        self.linked: set[int] = set()
        with rig.app.app_context():
            account_id = accounts.find("main").id
            self._asking = [self._meet(account_id, person) for person in range(number)]
            self._members = [members.add({"name": f"お客 {one}"}) for one in range(number)]
            self._account = Account(account_id, "main", None)
            applying.apply(self._account, [WELCOME, MEMBER])
            rig.app.extensions["lanes"]["menus"].drain()

    def flip(self, person: int) -> None:
        """The person links, or unlinks."""
        asker = self._asking[person]
        with self.rig.app.app_context():
            if person in self.linked:
                links.unlink(asker.person_id)
            else:
                links.link(asker, self._members[person], proof="code")
        self.linked ^= {person}

    def wrong(self) -> list[str]:
        """Who sees something else than they should, and promises that are broken."""
        shown = self.rig.line.world.rich_menus
        found = []
        for person, asker in enumerate(self._asking):
            menu = shown.shown("main", asker.user_id)
            mark = read_mark(menu.body["name"]) if menu else None
            wanted = "member" if person in self.linked else "welcome"
            if mark is None or mark[0] != wanted:
                found.append(f"person {person} sees {mark}, not {wanted}")
        with self.rig.app.app_context():
            found += [f"invariant {broken.name}" for broken in invariants.check()]
        return found

    def quiet(self) -> bool:
        """Whether nothing is left to be told."""
        with self.rig.app.app_context():
            db.session.rollback()
            return not menus.moving(self._account.id)

    def _meet(self, account_id: int, person: int) -> Asker:
        world = self.rig.line.world
        user_id = world.user_id(self.rig.line.account, world.person(f"p{person}"))
        provider, now_ms = accounts.provider_of(account_id), clock.to_ms(clock.now())
        seen = people.seen(Sighting(provider, account_id, user_id, now_ms, f"met {person}"))
        return Asker(seen.id, user_id, account_id, provider)


def menu_worker(rig: Rig, **switches: str) -> psutil.Popen:
    return rig.start("worker", "--lanes", "menus", **switches)


def layouts(folder: Path, version: str = "0") -> tuple[str, ...]:
    """Write two layouts of this version; answers the command that puts them up."""
    for slug, person in (("welcome", "unlinked"), ("member", "linked")):
        (folder / f"{slug}.yaml").write_text(
            LAYOUT.format(name=slug, person=person, version=version)
        )
    return "richmenu", "apply", "--from", str(folder)


POINTS = ("menus.claimed", "menus.told_before_saved", "menus.answered_before_saved")


@pytest.mark.parametrize("point", POINTS)
def test_the_worker_dies_and_another_goes_on(point: str, rig: Rig) -> None:
    talks = Talks(rig, 4)
    for person in (0, 1):
        talks.flip(person)
        process = menu_worker(rig, CRASH_AT=point)
        wait_for(lambda: process.poll() is not None, timeout=60)  # noqa: B023
        assert died(process), process.returncode
        talks.flip(person)  # What LINE was told last may be wrong by now.
        talks.flip(2)
    menu_worker(rig)
    wait_for(talks.quiet, timeout=60)
    assert talks.wrong() == []


def test_line_is_right_a_minute_after_kills_and_faults(
    rig: Rig, capfd: pytest.CaptureFixture[str]
) -> None:
    number = seed()
    rng = random.Random(number)
    talks = Talks(rig, CROWD)
    for kind in KINDS:
        rig.line.fault("*", kind, times=None, probability=0.07, seed=number)
    for _ in range(KILLS):
        worker = menu_worker(rig)
        called = len(rig.line.world.calls.since(0)["items"])
        for person in rng.choices(range(CROWD), k=20):
            talks.flip(person)
        wait_for(lambda: len(rig.line.world.calls.since(0)["items"]) > called, timeout=60)  # noqa: B023
        time.sleep(rng.uniform(0.0, 0.5))  # When it strikes is the very thing to vary.
        worker.kill()
        worker.wait(10)
    rig.line.world.faults.clear()
    recovered = time.monotonic()
    menu_worker(rig)
    wait_for(talks.quiet, timeout=60)
    with capfd.disabled():
        seconds = time.monotonic() - recovered
        sys.stderr.write(f"\nmenus: {KILLS} kills, right after {seconds:.1f} s, seed {number}\n")
    assert talks.wrong() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("unsafe", ["", "trust_told"])
def test_what_a_dead_worker_told_line_is_not_forgotten(rig: Rig, unsafe: str) -> None:
    """With `trust_told` LINE keeps what it was told by a process that died before saving it."""
    talks = Talks(rig, 1)
    talks.flip(0)
    worker = menu_worker(rig, CRASH_AT="menus.told_before_saved", UNSAFE=unsafe)
    wait_for(lambda: worker.poll() is not None, timeout=60)
    talks.flip(0)
    menu_worker(rig, UNSAFE=unsafe)
    wait_for(talks.quiet, timeout=60)
    assert bool(talks.wrong()) == bool(unsafe)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("unsafe", ["", "no_touch"])
def test_a_change_while_line_is_told_is_not_forgotten(
    rig: Rig, tmp_path: Path, unsafe: str
) -> None:
    """With `no_touch` the end of a call also ends what changed while it was under way."""
    talks, command = Talks(rig, 1), layouts(tmp_path)
    assert rig.run(*command).returncode == 0
    talks.flip(0)
    # `apply` takes part in the lane's work and has no clock, which might be asleep in a write.
    still = {"CRASH_AT": "menus.answered_before_saved", "CRASH_BY": "STOP", "LEASE_SECONDS": "30"}
    sleeper = rig.start(*command, UNSAFE=unsafe, **still)
    wait_for(lambda: sleeper.status() == psutil.STATUS_STOPPED, timeout=60)
    talks.flip(0)
    sleeper.send_signal(signal.SIGCONT)
    assert sleeper.wait(60) == 0
    assert bool(talks.wrong()) == bool(unsafe)


APPLYING = (
    *("menus.begun", "menus.created_before_saved", "menus.uploaded_before_saved"),
    *("menus.before_publish", "menus.published", "menus.alias_set", "menus.default_set"),
    *("menus.before_delete", "menus.deleted_before_saved"),
)
"""Every step of `apply`, in its order."""


@pytest.mark.parametrize(
    ("database_url", "points"),
    [("sqlite", APPLYING), ("postgres", ("menus.created_before_saved", "menus.published"))],
    indirect=["database_url"],
)
def test_apply_dies_at_every_step_and_goes_on(
    points: tuple[str, ...], rig: Rig, tmp_path: Path
) -> None:
    assert rig.run(*layouts(tmp_path, "0")).returncode == 0
    for point in points:
        command = layouts(tmp_path, point)
        dead = rig.run(*command, CRASH_AT=point)
        assert dead.returncode == -signal.SIGKILL, (point, dead.stderr)
        whole = rig.run(*command)
        assert whole.returncode == 0, (point, whole.stderr)
        made = [read_mark(menu.body["name"]) for menu in rig.line.world.rich_menus.of("main")]
        assert sorted(mark[0] for mark in made if mark) == ["member", "welcome"], point
    assert rig.run("richmenu", "verify").returncode == 0
