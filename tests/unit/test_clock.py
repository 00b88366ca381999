"""Moments are in UTC and have their zone; LINE counts in milliseconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from app import clock

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@freeze_time(NOON)
def test_now_is_in_utc_and_says_so() -> None:
    assert clock.now() == NOON
    assert clock.now().utcoffset() == timedelta(0)


@freeze_time(NOON)
def test_after_counts_from_now() -> None:
    assert clock.after(1.5) == NOON + timedelta(seconds=1.5)
    assert clock.after(-60) == NOON - timedelta(minutes=1)


def test_the_zone_of_a_moment_does_not_change_its_milliseconds() -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    assert clock.to_ms(tokyo) == clock.to_ms(NOON)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.to_ms(NOON.replace(tzinfo=None))


@given(st.integers(0, 4_102_444_800_000))
def test_milliseconds_come_back_as_they_were(ms: int) -> None:
    assert clock.to_ms(clock.from_ms(ms)) == ms
