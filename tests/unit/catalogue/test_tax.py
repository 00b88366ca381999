"""Consumption tax: rounded once a rate, parts that make the whole, nothing below zero."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue.tax import RATES, Amount, Rounding, invoice, with_tax

ROUNDINGS: tuple[Rounding, ...] = ("down", "half_up", "up")
amounts = st.builds(
    Amount, yen=st.integers(0, 1_000_000), rate=st.sampled_from(RATES), included=st.booleans()
)
invoices = st.lists(amounts, max_size=20)
roundings = st.sampled_from(ROUNDINGS)


@pytest.mark.parametrize(
    ("listed", "rounding", "groups"),
    [
        # 8 %: 108 includes 8. 10 %: 110 includes 10.
        (
            [Amount(108, 8, True), Amount(110, 10, True)],
            "down",
            [(8, 100, 8, 108), (10, 100, 10, 110)],
        ),
        # Three times 33 yen without tax: 9.9 of 99, rounded once; line by line it would be 9.
        ([Amount(33, 10, False)] * 3, "down", [(10, 99, 9, 108)]),
        ([Amount(33, 10, False)] * 3, "half_up", [(10, 99, 10, 109)]),
        ([Amount(33, 10, False)] * 3, "up", [(10, 99, 10, 109)]),
        # Ten times 105 with tax: 77.7 in all, where ten times 7 would be 70.
        ([Amount(105, 8, True)] * 10, "down", [(8, 973, 77, 1050)]),
        # With and without meet: 100 becomes 108, and 216 have 16 in them.
        ([Amount(108, 8, True), Amount(100, 8, False)], "down", [(8, 200, 16, 216)]),
        ([], "down", []),
        ([Amount(0, 8, True)], "down", [(8, 0, 0, 0)]),
    ],
)
def test_an_invoice(listed: list[Amount], rounding: Rounding, groups: list[tuple]) -> None:
    made = invoice(listed, rounding)
    assert [(each.rate, each.net, each.tax, each.total) for each in made.groups] == groups
    assert made.total == sum(each.total for each in made.groups)


@given(invoices, roundings)
def test_the_parts_make_the_whole_and_tax_is_rounded_once(
    listed: list[Amount], rounding: Rounding
) -> None:
    made = invoice(listed, rounding)
    assert {group.rate for group in made.groups} == {amount.rate for amount in listed}
    assert made.total == sum(group.net + group.tax for group in made.groups)
    assert made.tax == sum(group.tax for group in made.groups)
    for group in made.groups:
        assert min(group.net, group.tax, group.total) >= 0
        exact = Fraction(group.total * group.rate, 100 + group.rate)
        assert abs(group.tax - exact) < 1
        assert {"down": group.tax <= exact, "up": group.tax >= exact}.get(rounding, True)


@given(invoices, roundings, st.randoms())
def test_the_order_of_the_lines_and_how_they_are_split_do_not_matter(
    listed: list[Amount], rounding: Rounding, dice
) -> None:
    made = invoice(listed, rounding)
    shuffled = list(listed)
    dice.shuffle(shuffled)
    pieces = [
        Amount(part, each.rate, each.included)
        for each in shuffled
        for part in (each.yen // 3, each.yen - each.yen // 3)
    ]
    assert invoice(pieces, rounding) == made


@given(invoices, roundings)
def test_what_is_without_tax_has_the_tax_of_its_net_sum(
    listed: list[Amount], rounding: Rounding
) -> None:
    bare = [Amount(each.yen, each.rate, False) for each in listed]
    for group in invoice(bare, rounding).groups:
        net = sum(each.yen for each in bare if each.rate == group.rate)
        assert (group.net, group.total) == (net, with_tax(net, group.rate, False, rounding))


@given(st.lists(amounts, min_size=1, max_size=5))
def test_a_discount_lowers_the_total_but_never_below_zero(listed: list[Amount]) -> None:
    first = listed[0]
    whole = sum(
        each.yen for each in listed if (each.rate, each.included) == (first.rate, first.included)
    )
    free = invoice([*listed, Amount(-whole, first.rate, first.included)])
    assert free.total <= invoice(listed).total
    with pytest.raises(ValueError, match="below zero"):
        invoice([*listed, Amount(-whole - 1, first.rate, first.included)])
