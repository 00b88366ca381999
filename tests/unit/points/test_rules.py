"""How points come and go: tables for each pure rule, and the page of the limits."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.points import rules
from app.domain.points.errors import BadPoints, NotEnough
from app.domain.points.limits import LIMITS
from app.domain.points.rules import Bonus, Lot, Program, Rank, Tier
from tests.support.tree import ROOT

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HUNDRED = Program(earn_yen=100, earn_points=1, expiry="fixed", expiry_days=365)
DAYS = timedelta(days=30)
TIERS = [Tier(code, {"ja": code}, at, 100) for code, at in [("a", 0), ("b", 500), ("c", 2000)]]


@pytest.mark.parametrize(
    ("paid", "tier", "bonus", "points"),
    [
        (0, 100, 100, 0),
        (99, 100, 100, 0),
        (100, 100, 100, 1),
        (1980, 100, 100, 19),  # Each full hundred counts.
        (1980, 150, 100, 28),  # 19 x 1.5 = 28.5: only whole points.
        (1980, 150, 200, 57),  # Both at once, rounded once: 19 x 3.
        (1980, 125, 150, 35),  # 35.625
        (10_000_000, 300, 500, 1_500_000),
    ],
)
def test_points_are_rounded_down(paid, tier, bonus, points):
    assert rules.earned(paid, HUNDRED, tier, bonus) == points


def test_a_rate_may_give_several_points_for_several_yen():
    rate = Program(earn_yen=220, earn_points=3, expiry="fixed", expiry_days=1)
    assert rules.earned(659, rate, 100, 100) == 6


SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("bonuses", "percent"),
    [
        ([], 100),
        ([Bonus("always", 120)], 120),
        ([Bonus("sunday", 200, weekdays=(6,)), Bonus("monday", 900, weekdays=(0,))], 200),
        ([Bonus("a", 150), Bonus("b", 300, store_id=7)], 300),
        ([Bonus("other store", 300, store_id=8)], 100),
        ([Bonus("from", 200, from_day=SUNDAY, until_day=SUNDAY)], 200),
        ([Bonus("over", 200, until_day=SUNDAY - timedelta(days=1))], 100),
        ([Bonus("not yet", 200, from_day=SUNDAY + timedelta(days=1))], 100),
        ([Bonus("less", 50)], 50),
    ],
)
def test_the_best_bonus_of_the_day_counts_and_they_do_not_add_up(bonuses, percent):
    assert rules.bonus_percent(bonuses, SUNDAY, store_id=7) == percent


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("points", "taken"),
    [
        (5, [(2, 5)]),
        (10, [(2, 10)]),
        (11, [(2, 10), (1, 1)]),
        (45, [(2, 10), (1, 20), (3, 15)]),
        (65, [(2, 10), (1, 20), (3, 20), (4, 15)]),
    ],
)
def test_what_ends_first_is_spent_first_then_what_came_first(points, taken):
    lots = [Lot(4, 15, None), Lot(1, 20, later(9)), Lot(2, 10, later(3)), Lot(3, 20, later(9))]
    assert rules.spent(lots, points) == taken


def test_more_than_there_is_cannot_be_spent():
    with pytest.raises(NotEnough) as refused:
        rules.spent([Lot(1, 20, None), Lot(2, 0, None)], 21)
    assert refused.value.extra == {"balance": 20}


def test_points_end_with_their_last_day_in_the_shops_zone():
    late = datetime(2026, 11, 22, 14, 59, tzinfo=UTC)  # 23:59 in Tokyo.
    assert rules.end_of(late, 0, TOKYO) == datetime(2026, 11, 22, 15, tzinfo=UTC)
    next_day = late + timedelta(minutes=1)
    assert rules.end_of(next_day, 1, TOKYO) == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert rules.last_day(rules.end_of(late, 365, TOKYO), TOKYO) == date(2027, 11, 22)


def test_what_ends_now_has_ended():
    lots = [Lot(1, 5, NOW), Lot(2, 5, later(1)), Lot(3, 5, None), Lot(4, 0, later(-1))]
    assert rules.ended(lots, NOW) == [(1, 5)]


@pytest.mark.parametrize(
    ("rank", "reached", "after"),
    [
        (Rank(None), None, Rank(None)),
        (Rank(None), 0, Rank(0)),
        (Rank(0), 2, Rank(2)),
        (Rank(2), 0, Rank(2, NOW + DAYS)),
        (Rank(2, later(5)), 0, Rank(2, later(5))),
        (Rank(2, later(5)), 2, Rank(2)),
        (Rank(2, NOW), 1, Rank(1)),
        (Rank(2, later(-1)), None, Rank(None)),
    ],
)
def test_tiers_rise_at_once_and_fall_after_a_grace(rank, reached, after):
    assert rules.ranked(rank, reached, NOW, DAYS) == after


def test_without_grace_they_fall_at_once():
    assert rules.ranked(Rank(2), 1, NOW, timedelta()) == Rank(1)


@pytest.mark.parametrize(
    ("score", "place", "following", "missing", "progress"),
    [(0, 0, "b", 500, 0), (499, 0, "b", 1, 99), (500, 1, "c", 1500, 25), (2000, 2, None, 0, 100)],
)
def test_progress_is_of_the_whole_way(score, place, following, missing, progress):
    assert rules.place_of(TIERS, score) == place
    tier, *rest = rules.progress(TIERS, score)
    assert (tier and tier.code, *rest) == (following, missing, progress)


@pytest.mark.parametrize("points", [0, -1, 1_000_001, True, 1.5, "5", None])
def test_only_whole_numbers_within_bounds_are_points(points):
    with pytest.raises(BadPoints):
        rules.whole(points)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_has_words(reason):
    with pytest.raises(BadPoints):
        rules.worded(reason)


def test_a_hash_changes_with_every_figure():
    first = rules.chained("", 1, 2, 3, 4, 5)
    others = [rules.chained("x", 1, 2, 3, 4, 5)]
    others += [
        rules.chained("", *[n + (place == at) for at, n in enumerate((1, 2, 3, 4, 5))])
        for place in range(5)
    ]
    assert len({first, *others}) == 7


def test_the_documentation_shows_the_whole_table():
    page = (ROOT / "docs" / "limits.md").read_text().partition("## ポイント / Points")[2]
    lines = page.partition("\n## ")[0].splitlines()
    shown = [line for line in lines if line.startswith("| ")][1:]
    assert shown == [
        f"| {row.name} | {row.value:,} | {row.unit} | {row.source} |" for row in LIMITS
    ]
