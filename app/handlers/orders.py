"""Orders in the talk: 「いつもの」 answers a card of the usual order; its button places it once."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import AwareDatetime, BaseModel, Field

from app import clock
from app.domain.catalogue.errors import BadOptions, SoldOut
from app.domain.catalogue.favourites import Whose
from app.domain.links import queries as links
from app.domain.orders import limits, notices, openings, queries, states, usual
from app.domain.orders.errors import (
    BadOrder,
    BelowMinimum,
    NoSuchOrder,
    NotDelivered,
    NotOnSale,
    PriceChanged,
    SlotClosed,
    SlotFull,
    TooManyOpen,
)
from app.domain.orders.pricing import Quote
from app.domain.orders.queries import OrderCard
from app.domain.orders.service import Customer
from app.domain.orders.usual import Difference, Proposal
from app.domain.shops import queries as shops
from app.handlers import links as linking
from app.handlers.chat import Chat
from app.handlers.router import router
from app.messages.usual import ORDER_WORDS, USUAL_WORDS

_PLACE: Final = "orders.place"
_MOVED: Final = (BadOptions, BelowMinimum, NotDelivered, NotOnSale, SoldOut)


class Pressed(BaseModel):
    """The button of a card: the order it repeats, when, what was shown, and the card's own key."""

    number: str = Field(alias="n", max_length=12)
    at: AwareDatetime = Field(alias="t")
    seen: str = Field(alias="s", max_length=20)
    key: str = Field(alias="k", min_length=1, max_length=limits.KEY)


@router.text(*USUAL_WORDS, private=True)
@router.postback("orders.again")
def again(chat: Chat) -> None:
    """Propose the usual order, or lead to the menu where there is none yet."""
    customer = _customer(chat)
    found = usual.propose(_whose(customer)) if customer else None
    if found is not None:
        _propose(chat, found)
    else:
        _lead(chat, "usual.none")


@router.text(*ORDER_WORDS, private=True)
def order(chat: Chat) -> None:
    """Lead to the menu."""
    _lead(chat, "usual.order")


@router.postback(_PLACE, Pressed)
def place(chat: Chat, asked: Pressed) -> None:
    """Place what a card has shown; pressed twice it is one order."""
    customer = _customer(chat)
    if customer is None:
        return
    earlier = queries.by_key(customer.person_id, asked.key)
    if earlier is not None:
        _answer_again(chat, earlier, customer)
        return
    try:
        found = usual.again(asked.number, _whose(customer), asked.at)
        changed = _try(chat, found, customer, asked)
    except (NoSuchOrder, TooManyOpen, BadOrder) as error:
        why = {TooManyOpen: "too_many_orders", BadOrder: "contact"}.get(type(error), "gone")
        chat.say("usual.refused", why=why, url=linking.page(chat.account_id, "order"))
        return
    if changed:
        # Looked at anew, as things stand after the refusal.
        _propose(chat, usual.again(asked.number, _whose(customer), asked.at), changed)


def _answer_again(chat: Chat, earlier: OrderCard, customer: Customer) -> None:
    """The card has placed its order already; one that was taken back is proposed anew."""
    if earlier.state in states.UNDONE:
        _propose(chat, usual.again(earlier.number, _whose(customer)))
    else:
        _confirm(chat, earlier)


def _try(chat: Chat, found: Proposal, customer: Customer, asked: Pressed) -> str | None:
    """Place it; answers why it is to be shown anew, if it is."""
    if found.at != asked.at:
        return "slot"
    try:
        quote = usual.priced(found)
        if quote is None or usual.seen(found, quote) != asked.seen:
            return "price_changed" if quote else "moved"
        placed = usual.place(found, quote, customer, key=asked.key)
    except PriceChanged:
        return "price_changed"
    except (SlotFull, SlotClosed):
        return "slot"
    except _MOVED:
        return "moved"
    _confirm(chat, queries.order(placed.id))
    return None


def _propose(chat: Chat, found: Proposal, changed: str | None = None) -> None:
    quote, why_not, minimum = _priced(found)
    card = found.order
    chat.say(
        "usual.card",
        store=dict(shops.card(card.store_id or 0).name),
        way=card.way,
        address=card.address,
        at=_local(found.at),
        lines=_lines(quote) if quote else [],
        differences=[_differs(each) for each in found.differences],
        total=quote.invoice.total if quote else None,
        place=_button(chat, found, quote) if quote else None,
        why_not=why_not,
        minimum=minimum,
        changed=changed,
        url=linking.page(chat.account_id, f"reorder?number={card.number}"),
    )


def _priced(found: Proposal) -> tuple[Quote | None, str | None, int | None]:
    """What it costs, or why it cannot be had, and what is the least for a delivery."""
    try:
        quote = usual.priced(found)
    except BelowMinimum as error:
        return None, error.code, error.extra["minimum"]
    except NotDelivered as error:
        return None, error.code, None
    if quote is None:
        return None, "nothing_left" if found.slots else "no_time", None
    return quote, None, None


def _button(chat: Chat, found: Proposal, quote: Quote) -> str:
    """Data of the card's button; its key is the card's own, so that one card is one order."""
    data = {
        "n": found.order.number,
        "t": _local(found.at) or "",
        "s": usual.seen(found, quote),
        "k": f"card/{chat.event_id}",
    }
    return f"{_PLACE}?{urlencode(data)}"


def _lines(quote: Quote) -> list[dict[str, Any]]:
    return [
        {"name": name, "size": line.offer.name, "pieces": line.pieces, "chosen": chosen}
        for line, name, chosen in zip(quote.lines, quote.names, quote.chosen, strict=True)
    ]


def _differs(each: Difference) -> dict[str, Any]:
    instead = each.instead
    return {
        "name": each.line.name,
        "size": each.line.size,
        "why": each.why,
        "old": each.old,
        "new": each.new,
        "instead": instead and {"name": instead.name, "size": instead.offer.name},
    }


def _confirm(chat: Chat, card: OrderCard) -> None:
    receipt = notices.receipt(card)
    chat.say(receipt.name, **receipt.data)


def _lead(chat: Chat, notice: str) -> None:
    if not openings.ways():
        chat.say("usual.closed")
        return
    customer = _customer(chat)
    linked = customer is not None and customer.member_id is not None
    chat.say(notice, url=linking.page(chat.account_id, "order"), linked=linked)


def _customer(chat: Chat) -> Customer | None:
    if chat.person is None:
        return None
    return Customer(chat.person.id, chat.account_id, links.member_of(chat.person.id))


def _whose(customer: Customer) -> Whose:
    return Whose(customer.person_id, customer.member_id)


def _local(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.zone()).isoformat() if moment else None
