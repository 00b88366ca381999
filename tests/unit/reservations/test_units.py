"""Sets of units as whole numbers say what plain sets of numbers say."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.reservations import units

ORIGIN, LAST = 1000, 1060
SPANS = st.tuples(st.integers(ORIGIN - 20, LAST), st.integers(1, 25))
SIZES = st.integers(0, 30)


@dataclass(frozen=True)
class Taken:
    first: int
    end: int
    seats: int


TAKEN = st.lists(
    st.builds(lambda span, seats: Taken(span[0], sum(span), seats), SPANS, st.integers(1, 4)),
    max_size=8,
)


def numbers(found: int) -> set[int]:
    return {ORIGIN + bit for bit in units.bits(found)}


def used(taken: list[Taken], unit: int) -> int:
    return sum(each.seats for each in taken if each.first <= unit < each.end)


@given(TAKEN, st.integers(1, 5))
def test_busy_is_where_too_few_seats_are_left(taken, wanted):
    capacity = 5
    found = numbers(units.busy(taken, capacity, wanted, ORIGIN))

    every = range(ORIGIN, LAST + 30)
    assert found == {unit for unit in every if used(taken, unit) > capacity - wanted}


@given(TAKEN)
def test_the_whole_of_something_is_busy_while_anybody_has_it(taken):
    found = numbers(units.busy(taken, 1, 1, ORIGIN))

    assert found == {unit for unit in range(ORIGIN, LAST + 30) if used(taken, unit)}


@given(st.sets(st.integers(ORIGIN, LAST)), SIZES, st.integers(1, 30))
def test_a_start_is_blocked_by_anything_within_its_time(busy, before, length):
    found = numbers(units.blocked(sum(1 << unit - ORIGIN for unit in busy), before, length))

    every = range(ORIGIN, LAST + 40)
    assert found == {start for start in every if busy & set(range(start - before, start + length))}


@given(st.integers(-30, 60), st.integers(-30, 60), st.integers(1, 24))
def test_runs_and_steps_are_ranges(first, last, step):
    assert list(units.bits(units.run(first, last))) == list(range(max(first, 0), last))
    every = [bit for bit in range(first, last + 1, step) if bit >= 0]
    assert list(units.bits(units.steps(first, last, step))) == every


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(1, 3))), st.integers(1, 3))
def test_picked_seats_are_free_and_missing_only_where_they_are_taken(taken, seats):
    picked = units.pick(0, 10, seats, taken, 3)
    most = max(sum(unit == mine for unit, _ in taken) for mine in range(10))

    if most > 3 - seats:
        assert picked is None
    else:
        assert picked is not None
        assert len(set(picked)) == 10 * seats
        assert not set(picked) & taken
        assert {seat for _, seat in picked} <= {1, 2, 3}


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_lies_in_its_unit(moment):
    begin = units.begin(units.of(moment))

    assert begin <= moment < begin + timedelta(minutes=5)
    assert units.whole(moment) == (begin == moment)
    assert (units.count(60), units.count(61), units.count(0)) == (12, 13, 0)
