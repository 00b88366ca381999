"""/staff/orders/menu: what a store sells, and a button for what is sold out for today.

Each tap is one transaction with its line in the audit log, and counts once (forms.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, request

from app.domain.audit import service as audit
from app.domain.catalogue import queries, stock
from app.domain.catalogue.queries import Item, Offer
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.i18n import in_language
from app.staff import forms, ordered, words
from app.staff.identity import as_staff, browser, found
from app.staff.orders import KEEP
from app.staff.pages import page

PAGE: Final = "/staff/orders/menu"
_SHOWN: Final = 200  # Of the products of a menu; others are found by their name.
_WORDS: Final = 100

bp = Blueprint("staff_order_menu", __name__, url_prefix=PAGE)


@dataclass(frozen=True)
class Sold:
    """A size of a product in words; `marked`: somebody said that it is sold out for today."""

    offer: Offer
    name: str
    size: str
    marked: bool


@bp.get("")
@as_staff(KEEP)
def menu(actor: Actor) -> Response:
    """The store's menu, what is sold out first; or what of it has the words that are asked for."""
    places = ordered.places(actor)
    code = request.args.get("store") or next(iter(places), "")
    if not code:
        return page("orders_none", actor, here="orders")
    store_id = ordered.place(actor, code)
    asked = request.args.get("q", "").strip()[:_WORDS]
    items = queries.search(store_id, asked) if asked else queries.menu(store_id).items
    names = shops.store_names()
    return page(
        "order_menu",
        actor,
        here="orders",
        store=code,
        stores={each: in_language(names[places[each]], words.language()) for each in places},
        asked=asked,
        sold=_sold(items[:_SHOWN], queries.sold_out_today(store_id)),
        more=max(0, len(items) - _SHOWN),
        done=request.args.get("done", ""),
        key=forms.new_key,
    )


@bp.post("/sold-out")
@as_staff(KEEP)
def sold_out(actor: Actor) -> Response:
    """It is sold out until the day ends."""

    def work(store_id: int, variant_id: int) -> None:
        stock.sold_out_today(store_id, variant_id)
        _note(actor, "orders.sold_out", store_id, variant_id)

    return _do(actor, "sold_out", work)


@bp.post("/on-sale")
@as_staff(KEEP)
def on_sale(actor: Actor) -> Response:
    """It can be ordered after all."""

    def work(store_id: int, variant_id: int) -> None:
        stock.on_sale_again(store_id, variant_id)
        _note(actor, "orders.on_sale", store_id, variant_id)

    return _do(actor, "on_sale", work)


def _do(actor: Actor, said: str, work: Callable[[int, int], None]) -> Response:
    code = request.form.get("store", "")
    store_id = ordered.place(actor, code)
    variant_id = queries.variant_id(request.form.get("variant", ""))

    def once(_key: str) -> str:
        work(store_id, variant_id)
        return said

    return found(f"{PAGE}?store={code}&done={forms.submit(actor, 'order_menu', once)}")


def _note(actor: Actor, action: str, store_id: int, variant_id: int) -> None:
    about, network = f"variant/{variant_id}", browser().network
    audit.note(action, actor=actor, about=about, store_id=store_id, network=network)


def _sold(items: list[Item], marked: set[int]) -> list[Sold]:
    said = words.language()
    sold = [
        Sold(
            size,
            in_language(item.name, said),
            in_language(size.name, said) if size.name else "",
            size.variant_id in marked,
        )
        for item in items
        for size in item.sizes
    ]
    return sorted(sold, key=lambda one: not one.marked)
