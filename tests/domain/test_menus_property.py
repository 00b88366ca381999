"""P13 as a property: people link, unlink and change tier at random while LINE fails at random."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cli import invariants
from app.domain.members import service as members
from tests.support.desk import Desk
from tests.support.menus import GOLD, MEMBER, WELCOME, Counter

PEOPLE = [f"p{number}" for number in range(8)]
KINDS = ("500_before", "500_after", "drop_before", "drop_after", "rate")
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["link", "unlink", "gold", "plain", "wait", "pass"]),
    ),
    min_size=10,
    max_size=40,
)


@pytest.fixture
def counter(desk: Desk) -> Counter:
    counter = Counter(desk)
    for number, name in enumerate(PEOPLE):
        counter.joins(name, number)
    counter.put_up(WELCOME, MEMBER, GOLD)
    return counter


@given(changes=CHANGES, seed=st.integers(0, 2**16))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_line_comes_to_what_it_should_show(
    counter: Counter, changes: list[tuple[str, str]], seed: int
) -> None:
    play = Play(counter)
    for kind in KINDS:
        fails = {"times": None, "probability": 0.07, "seed": seed}
        counter.desk.goes_wrong(kind, **fails)
    for name, change in changes:
        play.change(name, change)
    counter.desk.line.world.faults.clear()
    counter.recover()
    assert {name: counter.sees(name)[0] for name in PEOPLE} == play.wanted()
    assert invariants.check() == []


class Play:
    """What has happened to everybody, without looking at what we made of it."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._linked = {name for name in PEOPLE if counter.linked(name)}
        self._gold: set[str] = set()
        for name in PEOPLE:
            self._set_tier(name, "plain")

    def change(self, name: str, change: str) -> None:
        """Let something happen."""
        if change == "link" and name not in self._linked:
            self._counter.links(name)
            self._linked.add(name)
        elif change == "unlink" and name in self._linked:
            self._counter.unlinks(name)
            self._linked.discard(name)
        elif change in ("gold", "plain"):
            self._set_tier(name, change)
        elif change == "wait":
            self._counter.desk.send("menus", after=1.0)
        elif change == "pass":
            self._counter.desk.send("menus")

    def wanted(self) -> dict[str, str]:
        """What everybody should see."""
        return {name: self._wanted(name) for name in PEOPLE}

    def _wanted(self, name: str) -> str:
        if name not in self._linked:
            return "welcome 0"
        return "gold 0" if name in self._gold else "member 0"

    def _set_tier(self, name: str, tier: str) -> None:
        member_id = self._counter.member(name)
        members.change(member_id, {"tier": tier})
        (self._gold.add if tier == "gold" else self._gold.discard)(name)
