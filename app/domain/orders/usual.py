"""「いつもの」: an order of before again, at today's prices, with every difference named."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from app.db import db
from app.domain.catalogue import queries as catalogue
from app.domain.catalogue import rules as options
from app.domain.catalogue import tax
from app.domain.catalogue.definition import OptionGroup
from app.domain.catalogue.errors import BadOptions
from app.domain.catalogue.favourites import Whose
from app.domain.catalogue.queries import Item, Offer
from app.domain.orders import pricing, queries, rules, service, slots
from app.domain.orders.definition import NewLine
from app.domain.orders.errors import NoSuchOrder
from app.domain.orders.pricing import Quote
from app.domain.orders.queries import Line, OrderCard
from app.domain.orders.service import Customer, Placed
from app.domain.shops import queries as shops

Why = Literal["dearer", "cheaper", "sold_out", "not_now", "not_here", "options"]

_SIGNS = 12


@dataclass(frozen=True)
class Substitute:
    """What comes nearest, and the line that takes it; `shown` is of one piece with its tax."""

    offer: Offer
    name: dict[str, str]
    line: NewLine
    shown: int

    @property
    def code(self) -> str:
        """Of the variant."""
        return self.offer.code


@dataclass(frozen=True)
class Difference:
    """What is not as it was: the line of then, and what one piece cost and costs, with its tax.

    `instead`: what comes nearest, if anything does.
    """

    line: Line
    why: Why
    new: int | None
    instead: Substitute | None

    @property
    def code(self) -> str:
        """Of the variant."""
        return self.line.code

    @property
    def old(self) -> int:
        """The price of then, as people were shown it."""
        rate = cast(tax.Rate, self.line.tax)
        return tax.with_tax(self.line.price, rate, self.line.tax_included)


@dataclass(frozen=True)
class Proposal:
    """An order of before as it can be placed: lines that are left, and what differs.

    `slots` are the moments it can be had at; none where the store is closed or full. `at` is the
    one it is proposed for.
    """

    order: OrderCard
    lines: list[NewLine]
    differences: list[Difference]
    slots: list[datetime]
    at: datetime | None


def propose(whose: Whose, at: datetime | None = None) -> Proposal | None:
    """The usual order of somebody, or None for whoever has none; `at`: for when, if that is free.

    It is the last one, or the most frequent of the last five, as the store of the last one has it.
    """
    past = queries.past(whose)
    if not past:
        return None
    found = rules.usual(past, slots.usual_of(past[0].store_id))
    return _proposal(queries.order(found.id if found else past[0].id), at)


def again(number: str, whose: Whose, at: datetime | None = None) -> Proposal:
    """One order of somebody's own again; raises NoSuchOrder, also for one of another system."""
    card = queries.by_number(number, whose)
    if card.origin != "line":
        raise NoSuchOrder("not of LINE")
    return _proposal(card, at)


def priced(proposal: Proposal) -> Quote | None:
    """What it costs, None where nothing is left or no slot is free.

    Raises what pricing.quote raises: a delivery may have become too small, or not be made there.
    """
    if proposal.at is None or not proposal.lines:
        return None
    card = proposal.order
    return pricing.quote(*(store_of(card), card.way, proposal.at, proposal.lines, card.postal_code))


def written(proposal: Proposal, quote: Quote) -> dict[str, Any]:
    """The proposal as service.place reads it, for whom and where the order of then went."""
    card = proposal.order
    return {
        "store": store_of(card),
        "way": card.way,
        "slot_at": proposal.at,
        "lines": [line.model_dump() for line in proposal.lines],
        "total": quote.invoice.total,
        "contact": contact_of(card),
    }


def seen(proposal: Proposal, quote: Quote) -> str:
    """Tells one proposal from another: what a card has shown is what its button orders."""
    wish = written(proposal, quote)
    plain = wish | {"slot_at": proposal.at.timestamp() if proposal.at else 0}
    return rules.fingerprint(plain)[:_SIGNS]


def place(proposal: Proposal, quote: Quote, customer: Customer, *, key: str) -> Placed:
    """Place it once for the key, inside of a transaction that goes on when it is refused.

    The receipt is the talk's own answer. Raises what service.place raises.
    """
    with db.session.begin_nested():
        return service.place(written(proposal, quote), customer, key=key, tell=False)


def contact_of(card: OrderCard) -> dict[str, Any]:
    """For whom an order was and where it went, as an order is written."""
    return {name: getattr(card, name) for name in ("name", "phone", "postal_code", "address")}


def store_of(card: OrderCard) -> str:
    """The code of an order's store; raises NoSuchOrder where it has none."""
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    if card.store_id not in codes:
        raise NoSuchOrder("of no store")
    return codes[card.store_id]


def _proposal(card: OrderCard, at: datetime | None) -> Proposal:
    free = slots.free(card.store_id or 0, card.way)
    first = at if at in free else (free[0] if free else None)
    lines, differences = _compared(card, card.store_id or 0, first)
    return Proposal(card, lines, differences, free, first)


def _compared(
    card: OrderCard, store_id: int, at: datetime | None
) -> tuple[list[NewLine], list[Difference]]:
    lines, differences = [], []
    items = catalogue.items_of(store_id, [each.variant_id or 0 for each in card.lines], at)
    offers = catalogue.offers(store_id, [each.variant_id or 0 for each in card.lines], at)
    menu = _Menu(store_id, at)
    wanted: Counter[int] = Counter()
    for line in card.lines:
        wanted[line.variant_id or 0] += line.pieces
        differs = _difference(line, offers, items, menu, wanted[line.variant_id or 0])
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

    def nearest(self, offer: Offer | None, line: Line) -> Substitute | None:
        """What comes nearest to this."""
        if offer is None:
            return None
        if self._items is None:
            self._items = catalogue.menu(self._store_id, self._at).items
        category = catalogue.category_of(offer.product)
        others = [
            (size, item.category)
            for item in self._items
            for size in item.sizes
            if size.variant_id != offer.variant_id
        ]
        found = rules.substitute(offer, others, category, line.pieces)
        owner = {size.variant_id: item for item in self._items for size in item.sizes}
        return _instead(found, owner[found.variant_id], line) if found else None


def _instead(offer: Offer, item: Item, line: Line) -> Substitute:
    chosen = _fitted(item.options, line.options)
    price = offer.price + options.surcharge(item.options, chosen)
    shown = tax.with_tax(price, offer.tax, offer.tax_included)
    new = NewLine(variant=offer.code, pieces=line.pieces, options=chosen)
    return Substitute(offer, item.name, new, shown)


def _fitted(
    groups: Sequence[OptionGroup], chosen: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """The choices of then that a product has too; where it asks for more, its first ones."""
    made: dict[str, list[str]] = {}
    for group in groups:
        known = [choice.code for choice in group.choices]
        kept = [code for code in chosen.get(group.code, ()) if code in known][: group.max]
        others = [code for code in known if code not in kept]
        taken = kept + others[: max(0, group.min - len(kept))]
        if taken:
            made[group.code] = taken
    return made


def _difference(
    line: Line, offers: Mapping[int, Offer], items: Mapping[int, Item], menu: _Menu, wanted: int
) -> Difference | None:
    offer, item = offers.get(line.variant_id or 0), items.get(line.variant_id or 0)
    if offer is None or item is None:
        return Difference(line, "not_here", None, menu.nearest(offer, line))
    short = offer.left is not None and offer.left < wanted
    if offer.state != "on_sale" or short:
        why: Why = "not_now" if offer.state == "not_now" else "sold_out"
        return Difference(line, why, None, menu.nearest(offer, line))
    new = _shown(item, offer, line.options)
    if new is None:
        return Difference(line, "options", None, _instead(offer, item, line))
    dearer = Difference(line, "dearer", new, None)
    if new == dearer.old:
        return None
    return dearer if new > dearer.old else replace(dearer, why="cheaper")


def _shown(item: Item, offer: Offer, chosen: Mapping[str, Sequence[str]]) -> int | None:
    try:
        price = offer.price + options.surcharge(item.options, chosen)
    except BadOptions:
        return None
    return tax.with_tax(price, offer.tax, offer.tax_included)
