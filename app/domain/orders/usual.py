"""「いつもの」: the usual order again, at today's prices, with every difference named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.domain.catalogue import queries as catalogue
from app.domain.catalogue import rules as options
from app.domain.catalogue.errors import BadOptions
from app.domain.catalogue.favourites import Whose
from app.domain.catalogue.queries import Item, Offer
from app.domain.orders import queries, rules, slots
from app.domain.orders.definition import NewLine
from app.domain.orders.queries import Line, OrderCard

Why = Literal["dearer", "cheaper", "sold_out", "not_now", "not_here", "options"]


@dataclass(frozen=True)
class Difference:
    """What is not as it was; yen of one piece. `instead`: what comes nearest, if anything does."""

    code: str
    why: Why
    old: int
    new: int | None
    instead: Offer | None


@dataclass(frozen=True)
class Proposal:
    """The usual order as it can be placed: lines that are left, and what differs.

    `slots` are the moments it can be had at; none where the store is closed or full.
    """

    order: OrderCard
    lines: list[NewLine]
    differences: list[Difference]
    slots: list[datetime]


def propose(whose: Whose) -> Proposal | None:
    """The usual order of somebody, or None for whoever has none.

    It is the last one, or the most frequent of the last five, as the store of the last one has it.
    """
    past = queries.past(whose)
    if not past:
        return None
    found = rules.usual(past, slots.usual_of(past[0].store_id))
    card = queries.order(found.id if found else past[0].id)
    store_id = card.store_id or 0
    free = slots.free(store_id, card.way)
    lines, differences = _compared(card, store_id, free[0] if free else None)
    return Proposal(card, lines, differences, free)


def _compared(
    card: OrderCard, store_id: int, at: datetime | None
) -> tuple[list[NewLine], list[Difference]]:
    lines, differences = [], []
    items = catalogue.items_of(store_id, [each.variant_id or 0 for each in card.lines], at)
    offers = catalogue.offers(store_id, [each.variant_id or 0 for each in card.lines], at)
    menu = _Menu(store_id, at)
    for line in card.lines:
        differs = _difference(line, offers, items, menu)
        if differs is None or differs.why in ("dearer", "cheaper"):
            lines.append(NewLine(variant=line.code, pieces=line.pieces, options=line.options))
        if differs is not None:
            differences.append(differs)
    return lines, differences


class _Menu:
    """A store's menu, which is read only where a substitute is looked for."""

    def __init__(self, store_id: int, at: datetime | None) -> None:
        self._store_id, self._at = store_id, at
        self._items: list[Item] | None = None

    def nearest(self, offer: Offer | None) -> Offer | None:
        """What comes nearest to this."""
        if offer is None:
            return None
        if self._items is None:
            self._items = catalogue.menu(self._store_id, self._at).items
        category = catalogue.category_of(offer.product)
        others = [(size, item.category) for item in self._items for size in item.sizes]
        return rules.substitute(offer, others, category)


def _difference(
    line: Line, offers: Mapping[int, Offer], items: Mapping[int, Item], menu: _Menu
) -> Difference | None:
    offer, item = offers.get(line.variant_id or 0), items.get(line.variant_id or 0)
    if offer is None or item is None:
        return Difference(line.code, "not_here", line.price, None, menu.nearest(offer))
    short = offer.left is not None and offer.left < line.pieces
    if offer.state != "on_sale" or short:
        why: Why = "not_now" if offer.state == "not_now" else "sold_out"
        return Difference(line.code, why, line.price, None, menu.nearest(offer))
    new = _price(item, offer, line.options)
    if new is None:
        return Difference(line.code, "options", line.price, None, None)
    if new == line.price:
        return None
    return Difference(line.code, "dearer" if new > line.price else "cheaper", line.price, new, None)


def _price(item: Item, offer: Offer, chosen: Mapping[str, Sequence[str]]) -> int | None:
    try:
        return offer.price + options.surcharge(item.options, chosen)
    except BadOptions:
        return None
