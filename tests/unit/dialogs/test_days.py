"""Days as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dialogs import days

FIRST, LAST = date(2026, 11, 20), date(2027, 1, 31)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("12/5", (2026, 12, 5)),
        ("１２／５", (2026, 12, 5)),
        ("12月5日", (2026, 12, 5)),
        ("12月5日（土）", (2026, 12, 5)),
        ("12/5 (土)", (2026, 12, 5)),
        ("12-05", (2026, 12, 5)),
        ("5日", (2026, 12, 5)),
        ("25日", (2026, 11, 25)),
        ("1/3", (2027, 1, 3)),
        ("2026年12月5日", (2026, 12, 5)),
        ("2026-12-05", (2026, 12, 5)),
        ("5 Dec", (2026, 12, 5)),
        ("Sat, 5 December", (2026, 12, 5)),
        ("Dec 5th", (2026, 12, 5)),
        ("11/19", None),
        ("2/1", None),
        ("2027-12-05", None),
        ("2/30", None),
        ("5 Foo", None),
        ("12/5の夜", None),
        ("3", None),
        ("", None),
    ],
)
def test_a_day_is_read(words: str, day: tuple[int, int, int] | None) -> None:
    assert days.read(words, FIRST, LAST) == (date(*day) if day else None)


@given(st.integers(0, 72), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%m/%d", "%m月%d日"]))
def test_every_day_within_the_bounds_is_read(number: int, form: str) -> None:
    day = FIRST + timedelta(days=number)

    assert days.read(day.strftime(form), FIRST, LAST) == day


@given(st.text(max_size=20))
def test_anything_can_be_typed(words: str) -> None:
    found = days.read(words, FIRST, LAST)
    assert found is None or FIRST <= found <= LAST
