"""When a coupon is good, how its code is read, and how long guessing waits."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.coupons import rules

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
MOMENTS = st.integers(0, 14 * 365 * 86_400).map(lambda second: NOW + timedelta(seconds=second))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("haru2026", "HARU2026"),
        (" ＨＡＲＵ－２０２６ ", "HARU-2026"),
        ("HARU 2026", None),
        ("-HARU", None),
        ("春", None),
        ("", None),
        ("A" * 21, None),
    ],
)
def test_a_code_is_read_in_any_width_and_case(written, code):
    assert rules.canonical(written) == code


@given(st.text(max_size=40))
def test_whatever_is_read_is_read_the_same_again(written):
    code = rules.canonical(written)
    assert code is None or rules.canonical(code) == code


@pytest.mark.parametrize(
    ("code", "may"), [("HARU2026", True), ("HARU", False), ("20262026", False), ("A1", False)]
)
def test_a_bare_code_is_no_word_and_no_number(code, may):
    assert rules.may_be_bare(code) is may


@given(MOMENTS, st.integers(1, 400), st.sampled_from([TOKYO, NEW_YORK]))
def test_relative_days_end_with_a_day_of_the_shop(granted, days, zone):
    ends = rules.expiry(granted, None, days, zone)
    assert ends is not None
    local = ends.astimezone(zone)
    assert (local.hour, local.minute) == (0, 0)
    first = granted.astimezone(zone).date()
    assert rules.last_day(ends, zone) == first + timedelta(days=days - 1)
    assert ends > granted


@given(MOMENTS, MOMENTS, st.integers(1, 400))
def test_relative_days_never_go_beyond_the_fixed_end(granted, end, days):
    assert (rules.expiry(granted, end, days, TOKYO) or granted) <= end


def test_a_day_of_the_clocks_change_has_its_own_length():
    spring = date(2026, 3, 8)
    length = rules.ends(spring, NEW_YORK).astimezone(UTC) - rules.begins(
        spring, NEW_YORK
    ).astimezone(UTC)
    assert length == timedelta(hours=23)


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [((), 0), ((1, 2, 3, 4), 0), ((1, 2, 3, 4, 5), 601), ((1, 2, 3, 4, 15), 0)],
)
def test_the_sixth_guess_waits_until_the_fifth_last_is_forgotten(minutes, seconds):
    guesses = [NOW - timedelta(minutes=each) for each in minutes]
    assert rules.wait(guesses, NOW) == seconds


def test_the_hash_of_a_gift_code_depends_on_the_pools_key():
    assert rules.gift_hash("a", "X") == rules.gift_hash("a", "X") != rules.gift_hash("b", "X")
