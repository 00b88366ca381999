"""What an order would cost, at the server's prices of the moment it is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.catalogue import queries as catalogue
from app.domain.catalogue import rules as options
from app.domain.catalogue.queries import Item
from app.domain.catalogue.tax import Invoice
from app.domain.orders import rules, slots
from app.domain.orders.definition import NewLine
from app.domain.orders.errors import BelowMinimum, NotDelivered, NotOnSale
from app.domain.orders.rules import Priced
from app.domain.shops import queries as shops
from app.domain.shops.errors import NoSuchStore


@dataclass(frozen=True)
class Quote:
    """Lines with their prices, the fee of a delivery, and the invoice over both. Yen.

    `names` and `chosen` are of the lines: the product's name, and those of the choices with it.
    """

    store_id: int
    lines: list[Priced]
    names: list[dict[str, str]]
    chosen: list[list[dict[str, str]]]
    fee: int
    invoice: Invoice


def quote(
    store: str, way: str, at: datetime, lines: Sequence[NewLine], postal_code: str | None
) -> Quote:
    """Price an order (store: its code) that is for this moment, without placing it.

    Raises NoSuchStore, NotOnSale, BadOptions, and for a delivery NotDelivered and BelowMinimum.
    Slots and stock are looked at when it is placed.
    """
    store_id = shops.store_ids().get(store)
    if store_id is None:
        raise NoSuchStore("no such store")
    priced, items = _priced(store_id, at, lines)
    fee = _fee(store_id, priced, postal_code) if way == "delivery" else 0
    names = [dict(item.name) for item in items]
    chosen = [_chosen(item, line.options) for item, line in zip(items, lines, strict=True)]
    return Quote(store_id, priced, names, chosen, fee, rules.bill(priced, fee))


def _priced(
    store_id: int, at: datetime, lines: Sequence[NewLine]
) -> tuple[list[Priced], list[Item]]:
    ids = catalogue.ids_of([line.variant for line in lines])
    items = catalogue.items_of(store_id, list(ids.values()), at)
    priced, found, why = [], [], {}
    for line in lines:
        item = items.get(ids.get(line.variant, 0))
        sizes = {offer.code: offer for offer in item.sizes} if item else {}
        offer = sizes.get(line.variant)
        if item is None or offer is None or offer.state != "on_sale":
            why[line.variant] = offer.state if offer else "not_here"
            continue
        price = offer.price + options.surcharge(item.options, line.options)
        priced.append(Priced(offer, line.pieces, line.options, price))
        found.append(item)
    if why:
        raise NotOnSale(why)
    return priced, found


def _chosen(item: Item, options: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """The names of the choices, in the order of the menu."""
    return [
        {str(language): words for language, words in choice.name.items()}
        for group in item.options
        for choice in group.choices
        if choice.code in options.get(group.code, ())
    ]


def _fee(store_id: int, lines: Sequence[Priced], postal_code: str | None) -> int:
    area = rules.area_of(slots.areas(store_id), postal_code or "")
    if area is None:
        raise NotDelivered("not there")
    if rules.bill(lines, 0).total < area.minimum:
        raise BelowMinimum(area.minimum)
    return area.fee
