"""Consumption tax in whole yen, rounded once for each rate of one invoice: pure rules.

A qualified invoice names, for each rate, the total and the tax in it, and rounds that tax once;
adding up taxes that were rounded line by line is not allowed (国税庁, 適格請求書等保存方式に関する
Q&A, 「適格請求書に記載する消費税額等の端数処理」). Which way to round is the shop's choice; ours is
down unless the caller says otherwise. Where prices with and without tax meet in one invoice, all
are made prices with tax first, as the same Q&A allows (「税抜価額と税込価額が混在する場合」).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Rate = Literal[8, 10]
Rounding = Literal["down", "half_up", "up"]

RATES: Final[tuple[Rate, ...]] = (8, 10)


@dataclass(frozen=True)
class Amount:
    """Yen at one rate, with its tax or without."""

    yen: int
    rate: Rate
    included: bool


@dataclass(frozen=True)
class Group:
    """What an invoice says of one rate: yen without tax, the tax, and both together."""

    rate: Rate
    net: int
    tax: int
    total: int


@dataclass(frozen=True)
class Invoice:
    """The groups that occur, the lower rate first, and what is paid in all."""

    groups: tuple[Group, ...]
    total: int

    @property
    def tax(self) -> int:
        """The tax of all groups."""
        return sum(group.tax for group in self.groups)


def invoice(amounts: Iterable[Amount], rounding: Rounding = "down") -> Invoice:
    """The totals of one invoice; amounts below zero (a discount) may not outweigh the others.

    Raises ValueError where the total of a rate would be below zero.
    """
    listed = list(amounts)
    groups = [_group(rate, listed, rounding) for rate in RATES]
    there = {amount.rate for amount in listed}
    shown = tuple(group for group in groups if group.rate in there)
    return Invoice(shown, sum(group.total for group in shown))


def with_tax(yen: int, rate: Rate, included: bool, rounding: Rounding = "down") -> int:
    """What one piece costs with its tax, the price that people must be shown."""
    return yen if included else yen + _rounded(yen * rate, 100, rounding)


def _group(rate: Rate, amounts: list[Amount], rounding: Rounding) -> Group:
    same = [amount for amount in amounts if amount.rate == rate]
    gross = sum(amount.yen for amount in same if amount.included)
    net = sum(amount.yen for amount in same if not amount.included)
    if gross < 0 or net < 0:
        raise ValueError("a total below zero")
    total = gross + net + _rounded(net * rate, 100, rounding)
    tax = _rounded(total * rate, 100 + rate, rounding)
    return Group(rate, total - tax, tax, total)


def _rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A fraction of whole numbers that are not below zero, as a whole number."""
    match rounding:
        case "down":
            return numerator // denominator
        case "up":
            return -(-numerator // denominator)
        case "half_up":
            return (2 * numerator + denominator) // (2 * denominator)
