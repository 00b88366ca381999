"""Times of sale, searching, and options: pure rules."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import rules
from app.domain.catalogue.definition import OptionGroup
from app.domain.catalogue.errors import BadOptions

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = datetime(2026, 11, 23, tzinfo=TOKYO)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """So many days after that Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("mon-fri 7:30-11:00", "mon-fri 07:30-11:00"),
        ("月-金 07:30-11:00; 土,日 09:00-11:00", "mon-fri 07:30-11:00; sat,sun 09:00-11:00"),
        ("毎日 １７：００〜２６：００", "daily 17:00-26:00"),
        ("sat-mon 10:00-12:00", "mon,sat,sun 10:00-12:00"),
        ("mon 10:00-12:00; tue 10:00-12:00; wed 10:00-12:00", "mon-wed 10:00-12:00"),
    ],
)
def test_times_are_kept_in_one_spelling(written: str, kept: str) -> None:
    assert rules.canonical_times(written) == kept
    assert rules.canonical_times(kept) == kept


@pytest.mark.parametrize(
    "written",
    ["", ";", "mon", "mon 11:00-10:00", "mon 25:00-26:00", "mon 10:00-30:01", "moon 1:00-2:00"],
)
def test_times_that_make_no_sense_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"day|window"):
        rules.canonical_times(written)


@pytest.mark.parametrize(
    ("moment", "sold"),
    [
        (at(0, 7, 29), False),
        (at(0, 7, 30), True),
        (at(0, 10, 59), True),
        (at(0, 11), False),
        (at(5, 8), False),  # Saturday.
        (at(4, 23), True),  # Friday night ...
        (at(5, 1, 59), True),  # ... goes on after midnight,
        (at(5, 2), False),
        (at(4, 1), False),  # but Thursday has none.
    ],
)
def test_something_is_sold_in_its_windows_alone(moment: datetime, sold: bool) -> None:
    times = "mon-fri 07:30-11:00; fri 22:00-26:00"
    assert rules.on_sale(times, moment) is sold
    assert rules.on_sale(None, moment)


windows = st.builds(
    lambda days, start, length: (sorted(days), start, min(start + length, 1800)),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(1, 600),
)


def spelt(days: list[int], start: int, end: int) -> str:
    clock = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    return f"{','.join(rules.DAYS[day] for day in days)} {clock}"


@given(st.lists(windows, min_size=1, max_size=4), st.integers(0, 7 * 24 * 60))
def test_what_is_kept_means_what_was_written_and_the_next_sale_is_one(entries, minutes) -> None:
    written = "; ".join(spelt(*entry) for entry in entries)
    kept = rules.canonical_times(written)
    moment = MONDAY + timedelta(minutes=minutes)

    assert rules.on_sale(kept, moment) == rules.on_sale(written, moment)
    assert rules.canonical_times(kept) == kept
    later = rules.next_sale(kept, moment)
    assert moment < later <= moment + timedelta(days=7)
    assert rules.on_sale(kept, later)


@pytest.mark.parametrize(
    ("typed", "name"), [("らて", "カフェラテ"), ("ＬＡＴＴＥ", "Latte"), ("ｶﾌｪ", "かふぇ")]
)
def test_spelling_does_not_keep_a_search_from_finding(typed: str, name: str) -> None:
    assert rules.search_words(typed) in rules.search_words(name)


MILK = OptionGroup.model_validate(
    {
        "code": "milk",
        "name": {"ja": "ミルク"},
        "min": 1,
        "choices": [
            {"code": "cow", "name": {"ja": "牛乳"}},
            {"code": "oat", "name": {"ja": "オーツ"}, "price": 60},
        ],
    }
)
SYRUP = OptionGroup.model_validate(
    {
        "code": "syrup",
        "name": {"ja": "シロップ"},
        "max": 2,
        "choices": [
            {"code": code, "name": {"ja": code}, "price": 50}
            for code in ("vanilla", "hazel", "maple")
        ],
    }
)


@pytest.mark.parametrize(
    ("chosen", "yen"),
    [
        ({"milk": ["cow"]}, 0),
        ({"milk": ["oat"], "syrup": ["vanilla", "hazel"]}, 160),
        ({"milk": ["oat"], "syrup": []}, 60),
    ],
)
def test_choices_add_their_prices(chosen: dict, yen: int) -> None:
    assert rules.surcharge([MILK, SYRUP], chosen) == yen


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"milk": []},
        {"milk": ["cow", "oat"]},
        {"milk": ["soy"]},
        {"milk": ["cow"], "syrup": ["vanilla", "vanilla"]},
        {"milk": ["cow"], "syrup": ["vanilla", "hazel", "maple"]},
        {"milk": ["cow"], "size": ["L"]},
    ],
)
def test_choices_that_do_not_fit_are_refused(chosen: dict) -> None:
    with pytest.raises(BadOptions):
        rules.surcharge([MILK, SYRUP], chosen)
