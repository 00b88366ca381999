"""States as a table, and when reminders are due, as a table and by property."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reservations import rules, states
from app.domain.reservations.definition import NewRules
from app.domain.reservations.errors import TooFar, TooLate, TooSoon, WrongState

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
LONG_AGO = datetime(2030, 1, 1, tzinfo=UTC)


def tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2030, 5, day, hour, minute, tzinfo=TOKYO)


def due(starts_at, since=LONG_AGO, zone=TOKYO, **changes):
    ends_at = starts_at + timedelta(hours=1)
    found = rules.tellings(NewRules(**changes), zone, starts_at, ends_at, since)
    return [(each.kind, each.at.astimezone(zone).strftime("%d. %H:%M")) for each in found]


@pytest.mark.parametrize("step", states.STEPS)
@pytest.mark.parametrize("state", states.STATES)
def test_each_step_leads_to_its_state_or_is_refused(state, step):
    if (state, step) in states.TRANSITIONS:
        assert states.after(state, step) == states.TRANSITIONS[state, step]
    else:
        with pytest.raises(WrongState) as wrong:
            states.after(state, step)
        assert wrong.value.extra == {"state": state}


def test_nothing_comes_back_from_an_end():
    ends = set(states.STATES) - states.LIVE

    assert not {state for state, _ in states.TRANSITIONS} & ends
    assert {states.TRANSITIONS[way] for way in states.TRANSITIONS} == set(states.STATES) - {"held"}
    assert not states.REPEATED & set(states.TRANSITIONS)


@pytest.mark.parametrize(
    ("starts_at", "changes", "found"),
    [
        # The usual rules: at 18 the day before, 3 hours before, thanks after 2; quiet from 21 to 9.
        (
            tokyo(8, 15),
            {},
            [("day_before", "07. 18:00"), ("hours_before", "08. 12:00"), ("thanks", "08. 18:00")],
        ),
        # Three hours before eleven is quiet: it is said at nine.
        (
            tokyo(8, 11),
            {},
            [("day_before", "07. 18:00"), ("hours_before", "08. 09:00"), ("thanks", "08. 14:00")],
        ),
        # Before a start at nine nothing is said that day.
        (tokyo(8, 9), {}, [("day_before", "07. 18:00"), ("thanks", "08. 12:00")]),
        # Thanks that fall into the night come in the morning.
        (
            tokyo(8, 19),
            {"remind_hour": None, "remind_hours": None},
            [("thanks", "09. 09:00")],
        ),
        # An hour of reminding within the quiet hours: the next morning.
        (
            tokyo(8, 15),
            {"remind_hour": 22, "remind_hours": None, "thanks_minutes": None},
            [("day_before", "08. 09:00")],
        ),
        # ... but not when the nearer reminder is due by then.
        (
            tokyo(8, 11),
            {"remind_hour": 22, "thanks_minutes": None},
            [("hours_before", "08. 09:00")],
        ),
        # No quiet hours at all.
        (
            tokyo(8, 2),
            {"quiet_from": 0, "quiet_to": 0, "thanks_minutes": None},
            [("day_before", "07. 18:00"), ("hours_before", "07. 23:00")],
        ),
        # Quiet over lunch.
        (
            tokyo(8, 16),
            {"quiet_from": 12, "quiet_to": 14, "remind_hour": None, "thanks_minutes": None},
            [("hours_before", "08. 14:00")],
        ),
    ],
)
def test_what_is_said_when(starts_at, changes, found):
    assert due(starts_at, **changes) == found


def test_what_was_due_before_it_was_reserved_is_left_out():
    assert due(tokyo(8, 15), since=tokyo(7, 18)) == [
        ("hours_before", "08. 12:00"),
        ("thanks", "08. 18:00"),
    ]
    assert due(tokyo(8, 15), since=tokyo(8, 13)) == [("thanks", "08. 18:00")]


def test_the_hour_is_the_stores_when_clocks_change():
    monday = datetime(2030, 4, 1, 15, tzinfo=BERLIN)

    assert due(monday, zone=BERLIN, remind_hours=None, thanks_minutes=None) == [
        ("day_before", "31. 18:00")
    ]


HOURS = st.integers(0, 23)
RULES = st.builds(
    NewRules,
    remind_hour=st.none() | HOURS,
    remind_hours=st.none() | st.integers(1, 72),
    quiet_from=HOURS,
    quiet_to=HOURS,
    thanks_minutes=st.none() | st.integers(0, 1440),
)
MINUTES = st.integers(0, 60 * 24 * 400)


@given(RULES, MINUTES, MINUTES, st.sampled_from([TOKYO, BERLIN]))
def test_nothing_is_said_in_quiet_hours_too_late_or_twice(by, start, since, zone):
    starts_at = LONG_AGO + timedelta(minutes=start)
    made_at = LONG_AGO + timedelta(minutes=since)
    found = rules.tellings(by, zone, starts_at, starts_at + timedelta(hours=1), made_at)

    assert len({each.kind for each in found}) == len(found)
    assert [each.at for each in found] == sorted(each.at for each in found)
    for each in found:
        assert rules.after_quiet(by, zone, each.at) == each.at
        assert made_at < each.at < each.until
        assert each.until <= starts_at or each.kind == "thanks"
        assert each.at > starts_at or each.kind != "thanks"


@pytest.mark.parametrize(
    ("quiet", "now", "begins"),
    [
        ((21, 9), tokyo(1, 18), tokyo(1, 21)),
        ((21, 9), tokyo(1, 9), tokyo(1, 21)),
        ((1, 7), tokyo(1, 12), tokyo(2, 1)),
        ((0, 0), tokyo(1, 12), None),
    ],
)
def test_quiet_hours_come_again(quiet, now, begins):
    by = NewRules(quiet_from=quiet[0], quiet_to=quiet[1])
    assert rules.next_quiet(by, TOKYO, now) == begins


def test_a_customer_reserves_within_the_stores_bounds():
    by, now = NewRules(lead_minutes=60, horizon_days=30), tokyo(1, 9)
    rules.check_time(by, tokyo(1, 10), now)
    rules.check_time(by, tokyo(31, 9), now)

    with pytest.raises(TooSoon):
        rules.check_time(by, tokyo(1, 9, 55), now)
    with pytest.raises(TooFar):
        rules.check_time(by, tokyo(31, 9, 5), now)


def test_a_customer_changes_until_the_cut_off():
    rules.check_cut_off(180, tokyo(8, 12), tokyo(8, 9))
    with pytest.raises(TooLate):
        rules.check_cut_off(180, tokyo(8, 12), tokyo(8, 9) + timedelta(seconds=1))


def test_codes_are_short_and_differ():
    codes = {rules.new_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert {len(code) for code in codes} == {10}
