"""States, slots, areas, the usual order and substitutes: pure rules."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue.queries import Offer
from app.domain.orders import rules, states
from app.domain.orders.rules import Area, Hours, Past, Priced

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 11, 27, 12, 2, tzinfo=TOKYO)  # A Friday.


def an_offer(number: int = 1, product: str = "A", shown: int = 500, **changes) -> Offer:
    given = {
        "variant_id": number,
        "code": f"V{number}",
        "product": product,
        "name": None,
        "price": shown,
        "shown": shown,
        "tax": 8,
        "tax_included": True,
        "state": "on_sale",
        "left": None,
        "next_at": None,
    }
    return Offer(**given | changes)


@given(
    st.lists(st.sampled_from([*states.MOVES]), max_size=12),
    st.sampled_from(["pickup", "delivery", "other"]),
)
def test_an_order_never_leaves_an_end_and_comes_into_no_state_twice(wishes, way) -> None:
    state, been = "placed", ["placed"]
    for wish in wishes:
        if states.may(state, wish, way):
            assert state not in states.ENDED or (state, wish) == ("done", "refunded")
            state = wish
            been.append(wish)
    assert len(set(been)) == len(been)
    assert way != "pickup" or "out" not in been
    assert way != "delivery" or "ready" not in been


def test_customers_may_cancel_until_the_store_has_accepted() -> None:
    allowed = [
        (old, new)
        for old in states.MOVES
        for new in states.MOVES
        if states.may(old, new, "pickup", customer=True)
    ]
    assert allowed == [("placed", "cancelled")]
    assert states.MOVES.keys() >= {new for after in states.MOVES.values() for new in after}


def test_slots_are_on_the_grid_of_the_day_and_not_too_soon() -> None:
    hours = Hours("fri 11:00-13:00; sat 23:30-25:00", 30, 20, 2)
    found = [f"{slot:%a %H:%M}" for slot in rules.slots(hours, NOON)]
    assert found == ["Fri 12:30", "Sat 23:30", "Sun 00:00", "Sun 00:30"]
    assert NOON.replace(minute=30) in rules.slots(hours, NOON)
    for never in (NOON.replace(minute=0), NOON.replace(minute=31), NOON.replace(hour=13, minute=0)):
        assert never not in rules.slots(hours, NOON)
    assert rules.slots(Hours(None, 30, 20, 2), NOON) == []


@given(st.integers(5, 240), st.integers(0, 600), st.integers(0, 14))
def test_no_slot_is_before_its_time_or_too_far_ahead(grid, lead, horizon) -> None:
    found = rules.slots(Hours("daily 09:00-21:00", grid, lead, horizon), NOON)
    assert found == sorted(set(found))
    for slot in found:
        assert slot >= NOON + timedelta(minutes=lead)
        assert slot.date() <= NOON.date() + timedelta(days=horizon)


@pytest.mark.parametrize(
    ("postal_code", "fee"), [("1800004", 100), ("1800001", 300), ("1500001", None), ("", None)]
)
def test_the_longest_area_counts(postal_code: str, fee: int | None) -> None:
    areas = [Area("180", 1000, 300), Area("1800004", 500, 100)]
    found = rules.area_of(areas, postal_code)
    assert (found.fee if found else None) == fee


def test_the_fee_has_the_full_rate() -> None:
    line = Priced(an_offer(shown=540), 2, {}, 540)
    made = rules.bill([line], 330)
    assert [(group.rate, group.tax, group.total) for group in made.groups] == [
        (8, 80, 1080),
        (10, 30, 330),
    ]
    assert (made.total, rules.bill([line], 0).total) == (1410, 1080)


def an_order(number: int, *variants: int, store_id: int = 1) -> Past:
    return Past(number, store_id, "pickup", tuple((each, 1, "{}") for each in variants))


@pytest.mark.parametrize(
    ("past", "last", "often"),
    [
        ([], None, None),
        ([an_order(1, 7)], 1, 1),
        ([an_order(1, 7), an_order(2, 7), an_order(3, 8)], 3, 2),
        # The order of the lines makes no other order, the store does.
        ([an_order(1, 7, 8), an_order(2, 8, 7), an_order(3, 9)], 3, 2),
        ([an_order(1, 7), an_order(2, 7, store_id=2), an_order(3, 8)], 3, 3),
        # Only the last five count.
        ([*(an_order(n, 7) for n in range(1, 4)), *(an_order(n, n) for n in range(4, 9))], 8, 8),
    ],
)
def test_the_usual_order(past: list[Past], last: int | None, often: int | None) -> None:
    for mode, wanted in (("last", last), ("often", often)):
        found = rules.usual(past, mode)
        assert (found.id if found else None) == wanted


def test_a_substitute_is_another_size_else_the_nearest_of_the_category() -> None:
    gone = an_offer(1, "LATTE", 500, state="sold_out")
    large, mocha, tea = (
        an_offer(2, "LATTE", 900),
        an_offer(3, "MOCHA", 520),
        an_offer(4, "TEA", 500),
    )
    menu = [(large, "coffee"), (mocha, "coffee"), (tea, "tea"), (gone, "coffee")]

    assert rules.substitute(gone, menu, "coffee", 1) == large
    assert rules.substitute(gone, menu[1:], "coffee", 1) == mocha
    assert rules.substitute(gone, menu[2:], "coffee", 1) is None
    assert rules.substitute(gone, menu[2:], None, 1) is None
    few = [(an_offer(2, "LATTE", 900, left=2), "coffee"), *menu[1:]]
    assert [rules.substitute(gone, few, "coffee", pieces).code for pieces in (2, 3)] == ["V2", "V3"]
