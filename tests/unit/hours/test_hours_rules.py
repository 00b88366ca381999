"""When a store is open: wall-clock times as moments, holidays, nights, days the clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.hours import rules
from app.domain.hours.errors import BadHours
from app.domain.hours.rules import Interval, Week

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2030, 3, 31), date(2030, 10, 27)  # Germany's clocks change at night.
TIMES = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 5)]


def hours(opens, day, zone):
    return [
        ((each.end - each.begin) / timedelta(hours=1), each.begin.astimezone(UTC).hour)
        for each in rules.intervals(opens, day, zone, 0)
    ]


def test_times_are_those_of_the_stores_zone():
    [opening] = rules.intervals([["09:00", "18:00"]], date(2030, 5, 8), TOKYO, 30)

    assert opening == Interval(
        datetime(2030, 5, 8, 0, tzinfo=UTC),
        datetime(2030, 5, 8, 9, tzinfo=UTC),
        datetime(2030, 5, 8, 8, 30, tzinfo=UTC),
    )


def test_an_opening_may_end_after_midnight():
    assert hours([["18:00", "26:00"]], date(2030, 5, 8), TOKYO) == [(8, 9)]


@pytest.mark.parametrize(
    ("day", "opens", "length"),
    [
        (SPRING, ["00:00", "24:00"], 23),
        (AUTUMN, ["00:00", "24:00"], 25),
        (SPRING, ["09:00", "18:00"], 9),
        (AUTUMN, ["09:00", "18:00"], 9),
        (SPRING, ["01:00", "02:30"], 1),  # From two to three there is no time.
        (SPRING, ["02:30", "04:00"], 1),
        (AUTUMN, ["01:00", "02:30"], 2.5),  # Half past two is there twice; the last one counts.
        (AUTUMN, ["02:30", "04:00"], 2.5),
    ],
)
def test_a_day_has_23_or_25_hours_where_clocks_change(day, opens, length):
    assert [found for found, _ in hours([opens], day, BERLIN)] == [length]


def test_an_opening_within_the_hour_that_is_left_out_is_none():
    assert hours([["02:00", "02:45"]], SPRING, BERLIN) == []


@given(
    opens=st.lists(st.sampled_from(TIMES), min_size=2, max_size=6, unique=True).map(sorted),
    day=st.dates(date(2030, 1, 1), date(2031, 12, 31)),
    zone=st.sampled_from([TOKYO, BERLIN, ZoneInfo("America/New_York")]),
)
def test_openings_never_overlap_and_read_back_as_the_times_they_were(opens, day, zone):
    pairs = list(zip(opens[::2], opens[1::2], strict=False))
    rules.check(pairs)
    found = rules.intervals(pairs, day, zone, 0)

    assert all(first.end <= second.begin for first, second in pairwise(found))
    written = {time for pair in pairs for time in pair}
    for each in found:
        for moment in (each.begin, each.end):
            local = moment.astimezone(zone)
            jumped = local.utcoffset() != (local - timedelta(hours=2)).astimezone(zone).utcoffset()
            assert local.strftime("%H:%M") in written or jumped


@pytest.mark.parametrize(
    ("holidays", "opens"),
    [("as_usual", [["09:00", "18:00"]]), ("closed", ()), ("as_sunday", [["10:00", "12:00"]])],
)
def test_a_holiday_is_what_the_store_makes_of_it(holidays, opens):
    showa_day = date(2030, 4, 29)  # A Monday.
    week = Week({"mon": [["09:00", "18:00"]], "sun": [["10:00", "12:00"]]}, holidays)

    assert week.on(showa_day) == opens
    assert week.on(date(2030, 4, 22)) == [["09:00", "18:00"]]


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 5, 6),  # The substitute for Constitution Day, a Sunday.
        date(2026, 9, 22),  # Between two holidays.
        date(2027, 3, 22),  # The substitute for the vernal equinox.
    ],
)
def test_substitutes_and_days_between_are_holidays(day):
    assert rules.is_holiday(day)
    assert not rules.is_holiday(day + timedelta(days=1)) or day == date(2026, 9, 22)


@pytest.mark.parametrize(
    "opens",
    [
        [["9:00", "18:00"]],
        [["09:00", "18:01"]],
        [["18:00", "09:00"]],
        [["09:00", "09:00"]],
        [["24:00", "25:00"]],
        [["20:00", "36:05"]],
        [["09:00", "12:00"], ["11:55", "14:00"]],
        [["09:00"]],
        [["09:00", "09:05"]] * 7,
        [["０９:00", "18:00"]],
    ],
)
def test_what_is_no_opening_is_refused(opens):
    with pytest.raises(BadHours):
        rules.check(opens)


def test_an_unknown_day_is_refused():
    with pytest.raises(BadHours, match="'monday' is no day of the week"):
        rules.check_week({"monday": []})
