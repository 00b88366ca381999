"""Orders as /liff/order and /liff/reorder place, show and cancel them (docs/orders.md)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, cast

from flask import Blueprint, request
from pydantic import AwareDatetime, Field

from app import clock, once
from app.domain.catalogue import tax
from app.domain.catalogue.favourites import Whose
from app.domain.coupons import queries as coupons
from app.domain.links import queries as links
from app.domain.links.asker import Asker
from app.domain.members import queries as members
from app.domain.members import rules as members_rules
from app.domain.orders import baskets, limits, moves, openings, queries, service, states, usual
from app.domain.orders.errors import BelowMinimum, NotDelivered
from app.domain.orders.pricing import Quote
from app.domain.orders.queries import OrderCard
from app.domain.orders.service import Customer
from app.domain.orders.usual import Difference, Proposal, Substitute
from app.domain.payments import service as payments
from app.domain.payments.service import Standing
from app.domain.points import queries as points
from app.domain.shops import queries as shops
from app.errors import TsunaguError
from app.liff.identity import as_person
from app.liff.payments import shown as payment
from app.web.bodies import Body, read

bp = Blueprint("liff_orders", __name__, url_prefix="/liff/api")

Json = dict[str, Any]

Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
# Zones can be reckoned with for these.
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
]

_MOST_ID: Final = 2**53
_ONE: Final = "/orders/<string(maxlength=12):number>"


class Line(Body):
    """Pieces of a variant; how many there may be, and of what, the domain says."""

    variant: str
    pieces: int
    options: dict[str, list[str]] = Field(default_factory=dict)


class To(Body):
    """Whom it is for and where it goes."""

    name: Text
    phone: Text
    postal_code: Text | None = None
    address: Text | None = None


class Place(Body):
    """An order; `total` is what the page has shown, `pay` provider: online."""

    store: str
    way: Literal["pickup", "delivery"]
    slot_at: Moment
    lines: Annotated[list[Line], Field(max_length=limits.LINES)]
    total: int
    points: int = 0
    coupon: Annotated[int, Field(ge=1, le=_MOST_ID)] | None = None
    note: Text | None = None
    pay: Literal["store", "provider"] = "store"
    contact: To | None = None


class Nothing(Body):
    pass


@bp.get("/order")
@as_person
def begin(asker: Asker) -> Json:
    """Where something can be ordered, and what is known of the person for it."""
    names = shops.store_names()
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    kept = baskets.basket(asker.person_id)
    stores = [
        {"code": codes[store_id], "name": dict(names[store_id]), "ways": ways}
        for store_id, ways in openings.ways().items()
    ]
    return {
        "stores": stores,
        "limits": {"note": limits.NOTE, "pieces": limits.PIECES},
        "online": payments.offered(),
        "basket": kept
        and {"store": codes[kept.store_id], "lines": [line.model_dump() for line in kept.lines]},
        **_known(asker),
        **_own(asker),
    }


@bp.get("/orders")
@as_person
def history(asker: Asker) -> Json:
    """Older orders, those before `older`."""
    before = request.args.get("older", 0, type=int)
    return _page(queries.history(whose(asker), before if 0 < before <= _MOST_ID else None))


@bp.post("/orders")
@as_person
def place(asker: Asker) -> tuple[Json, int]:
    """Place an order, once for the request's key."""
    written = read(Place).model_dump()
    key = f"liff/{once.read_key(dict(request.headers))}"
    placed = service.place(written, _customer(asker), key=key)
    return {"order": _shown(queries.order(placed.id))}, 201


@bp.get(_ONE)
@as_person
def one(asker: Asker, number: str) -> Json:
    """One of the person's own orders."""
    return {"order": _shown(queries.by_number(number, whose(asker)))}


@bp.post(f"{_ONE}/cancel")
@as_person
def cancel(asker: Asker, number: str) -> Json:
    """Cancel one; twice is as good as once."""
    read(Nothing)
    moves.cancel(number, _customer(asker))
    return {"order": _shown(queries.by_number(number, whose(asker)))}


@bp.get("/reorder")
@as_person
def again(asker: Asker) -> Json:
    """The usual order, or the one that is named, as it can be placed now."""
    number, at = request.args.get("number"), _moment(request.args.get("at"))
    if number:
        found: Proposal | None = usual.again(number, whose(asker), at)
    else:
        found = usual.propose(whose(asker), at)
    proposal = _proposed(found) if found else None
    ways = {"stores": bool(openings.ways()), "online": payments.offered()}
    return {"proposal": proposal, "open": _running(asker), **ways}


def quote_of(found: Quote) -> Json:
    """What an order costs: its lines, the fee, and the invoice."""
    return {
        "lines": [
            {
                "variant": line.offer.code,
                "name": name,
                "size": line.offer.name,
                "pieces": line.pieces,
                "chosen": chosen,
                "price": tax.with_tax(line.price, line.offer.tax, line.offer.tax_included),
            }
            for line, name, chosen in zip(found.lines, found.names, found.chosen, strict=True)
        ],
        "fee": found.fee,
        "total": found.invoice.total,
        "taxes": [vars(group) for group in found.invoice.groups],
    }


def whose(asker: Asker) -> Whose:
    """Whose orders and favourites they are."""
    return Whose(asker.person_id, links.member_of(asker.person_id))


def _customer(asker: Asker) -> Customer:
    return Customer(asker.person_id, asker.account_id, links.member_of(asker.person_id))


def _known(asker: Asker) -> Json:
    """What the person need not write, and what they may spend."""
    member_id = links.member_of(asker.person_id)
    before = next((each for each in queries.history(whose(asker)) if each.origin == "line"), None)
    fields = ("name", "phone", "postal_code", "address")
    contact = {field: getattr(before, field) if before else None for field in fields}
    if member_id is None:
        return {"contact": contact, "points": 0, "coupons": []}
    card = members.member(member_id)
    street = "".join(filter(None, (card.prefecture, card.city, card.street)))
    own = {
        "name": card.name,
        "phone": members_rules.shown_phone(card.phone) if card.phone else None,
        "postal_code": card.postal_code if street else None,
        "address": street or None,
    }
    usable = [] if card.suspended_at else coupons.usable(member_id)
    return {
        "contact": {field: own[field] or contact[field] for field in fields},
        "points": 0 if card.suspended_at else points.balance(member_id),
        "coupons": [{"id": each.id, "title": each.title, "stores": each.stores} for each in usable],
    }


def _own(asker: Asker) -> Json:
    return {**_page(queries.history(whose(asker))), "open": _running(asker)}


def _running(asker: Asker) -> list[Json]:
    found = queries.history(whose(asker))
    return _all([card for card in found if card.state not in states.ENDED])


def _page(cards: list[OrderCard]) -> Json:
    more = len(cards) == limits.PAGE
    return {
        "past": _all([card for card in cards if card.state in states.ENDED]),
        "older": cards[-1].id if more else None,
    }


def _shown(card: OrderCard) -> Json:
    return _all([card])[0]


def _all(cards: list[OrderCard]) -> list[Json]:
    """Orders, each with how its payment stands if it is made online."""
    causes = {card.id: f"order/{card.id}" for card in cards if card.pay == "provider"}
    paying = payments.standings(causes.values()) if causes else {}
    return [_told(card, paying.get(causes.get(card.id, ""))) for card in cards]


def _told(card: OrderCard, paying: Standing | None) -> Json:
    """An order in both languages; prices have their tax, moments the shop's own offset."""
    names = shops.store_names()
    same = ("number", "origin", "way", "state", "total", "fee", "taxes", "points", "note", "name")
    plain = (*same, "postal_code", "address", "carrier", "tracking", "reason")
    moments = ("slot_at", "ready_at", "placed_at", "pay_until")
    return {
        **{name: getattr(card, name) for name in plain},
        **{name: _local(getattr(card, name)) for name in moments},
        "payment": payment(paying) if paying else None,
        "store": dict(names[card.store_id]) if card.store_id in names else None,
        "call": shops.card(card.store_id).phone if card.store_id in names else None,
        "may_cancel": "cancelled" in states.CUSTOMERS.get(card.state, ()),
        "lines": [
            {
                **{name: getattr(line, name) for name in ("name", "size", "pieces")},
                "price": tax.with_tax(line.price, cast(tax.Rate, line.tax), line.tax_included),
            }
            for line in card.lines
        ],
    }


def _proposed(proposal: Proposal) -> Json:
    """A proposal with what it costs, or why it cannot be had; `order` is what places it."""
    quote: Quote | None = None
    why: TsunaguError | None = None
    try:
        quote = usual.priced(proposal)
    except (BelowMinimum, NotDelivered) as error:
        why = error
    return {
        "base": _shown(proposal.order),
        "differences": [_difference(each) for each in proposal.differences],
        "slots": [_local(moment) for moment in proposal.slots],
        "at": _local(proposal.at),
        "store": usual.store_of(proposal.order),
        "lines": [line.model_dump() for line in proposal.lines],
        "contact": usual.contact_of(proposal.order),
        "quote": quote_of(quote) if quote else None,
        "order": _placing(proposal, quote) if quote else None,
        "why": {"code": why.code, **why.extra} if why else None,
    }


def _placing(proposal: Proposal, quote: Quote) -> Json:
    return usual.written(proposal, quote) | {"slot_at": _local(proposal.at)}


def _difference(each: Difference) -> Json:
    """What differs of one piece, in yen with its tax; `instead` is a line that takes its place."""
    return {
        "name": each.line.name,
        "size": each.line.size,
        "why": each.why,
        "old": each.old,
        "new": each.new,
        "instead": _instead(each.instead) if each.instead else None,
    }


def _instead(found: Substitute) -> Json:
    return {
        "name": found.name,
        "size": found.offer.name,
        "price": found.shown,
        "line": found.line.model_dump(),
    }


def _local(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.zone()).isoformat() if moment else None


def _moment(written: str | None) -> datetime | None:
    """A moment of an address; what is none asks for none."""
    try:
        found = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return found if found.tzinfo else None
