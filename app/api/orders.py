"""/api/v1/orders: orders of the web shop and of registers, told as they stand; and moves of all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StrictInt

from app.api.bodies import MOST_OF, Line, MemberId, Page, PageQuery, Shown, page
from app.api.places import code_of, store_of
from app.api.resource import Call, Kept, Resource
from app.domain.catalogue.definition import Code, Yen
from app.domain.keys import limits as key_limits
from app.domain.keys.caller import Caller
from app.domain.orders import limits, moves, outside, queries
from app.domain.orders.definition import Moment, OutsideLine
from app.domain.orders.errors import NoSuchOrder
from app.domain.orders.moves import Word
from app.domain.orders.queries import OrderCard, Some
from app.domain.payments import service as payments
from app.web.bodies import Body

resource = Resource("orders", "Orders of LINE, of the shop on the web and of registers.")

ONE: Final = "/orders/<number>"
_MOST: Final = 128 * 1024  # Bytes of an order with all its lines.
_MOST_OF_MANY: Final = 1024 * 1024

Id = Annotated[Line, Field(min_length=1, max_length=limits.EXTERNAL_ID)]
Tracking = Annotated[Line, Field(min_length=1, max_length=limits.TRACKING)]
State = Literal[
    "placed", "accepted", "preparing", "ready", "out", "done", "refused", "cancelled", "refunded"
]
_WORDS: Final[Mapping[str, str]] = {"paid": "accepted", "shipped": "out"}
"""What other systems call a state -> what we call it."""
_THEIRS: Final = {ours: theirs for theirs, ours in _WORDS.items()}


class OrderWritten(Body):
    """An order of the caller's own, as it stands now: the same origin and id change it.

    `price` of a line is of one piece, with its tax. Without a store it is the key's own, if any.
    `shipped` is on its way; `ready` waits at the store to be picked up.
    """

    origin: Literal["ec", "register"]
    id: Id
    state: Literal["placed", "paid", "shipped", "ready", "done", "cancelled", "refunded"]
    total: Yen
    placed_at: Moment
    store: Code | None = None
    member_id: MemberId | None = None
    lines: Annotated[list[OutsideLine], Field(default_factory=list, max_length=limits.LINES)]
    carrier: Tracking | None = None
    tracking: Tracking | None = None
    earns: Annotated[bool, Field(description="whether being done earns points here")] = True


class OrdersWritten(Body):
    """Orders, each as it stands now; several events of one count in the order given."""

    orders: Annotated[list[OrderWritten], Field(min_length=1, max_length=key_limits.ORDERS)]


class Moved(Body):
    """Where an order goes, and what the customer is told with it."""

    state: State
    minutes: Annotated[StrictInt, Field(ge=0, le=24 * 60)] | None = None
    reason: Annotated[Line, Field(max_length=limits.NOTE)] | None = None
    carrier: Tracking | None = None
    tracking: Tracking | None = None


class OrdersQuery(PageQuery):
    """Which orders."""

    origin: Literal["line", "ec", "register"] | None = None
    id: Annotated[Id | None, Field(description="the other system's id")] = None
    state: State | None = None
    store: Annotated[
        str | None, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$", description="its code")
    ] = None
    member_id: Annotated[int | None, Field(ge=1, le=MOST_OF["member_id"])] = None


class StandsShown(Shown):
    """How an order stands after this; `id` and `origin` as they were told."""

    number: str
    origin: Literal["ec", "register"]
    id: str
    state: str


class AllStand(Shown):
    orders: list[StandsShown]


class LineShown(Shown):
    code: str
    name: dict[str, str]
    size: dict[str, str] | None
    options: dict[str, list[str]]
    pieces: int
    price: int
    tax: int
    tax_included: bool


class TaxShown(Shown):
    rate: int
    total: int
    tax: int


class OrderShown(Shown):
    """Yen. `to_pay` is what the points leave. Orders of other systems are `paid` and `shipped`
    where those of LINE are `accepted` and `out`."""

    number: str
    origin: Literal["line", "ec", "register"]
    id: Annotated[str | None, Field(description="the other system's id")]
    state: str
    way: Literal["pickup", "delivery", "other"]
    store: str | None
    member_id: int | None
    slot_at: datetime | None
    ready_at: datetime | None
    placed_at: datetime
    updated_at: datetime
    total: int
    fee: int
    points: int
    to_pay: int
    pay: Annotated[Literal["provider"] | None, Field(description="null: not online")]
    paid: Annotated[bool, Field(description="whether it was paid online")]
    taxes: list[TaxShown]
    name: str | None
    phone: str | None
    postal_code: str | None
    address: str | None
    note: str | None
    carrier: str | None
    tracking: str | None
    reason: str | None
    lines: list[LineShown]


@resource.read(
    "/orders", "orders.read", Page[OrderShown], query=OrdersQuery,
    refusals={404: "no_such_store"},
)  # fmt: skip
def orders(call: Call) -> Any:
    """Orders, oldest first."""
    query: OrdersQuery = call.asked
    store_id = store_of(call.caller, query.store)
    some = Some(
        query.origin, query.id, query.state, store_id, call.caller.account_id, query.member_id
    )
    cards = queries.listed(some, after=query.after() or 0, limit=query.limit + 1)
    return page(cards, query.limit, _all_shown)


@resource.read(ONE, "orders.read", OrderShown, etag=True, refusals={404: "no_such_order"})
def order(call: Call, number: str) -> Any:
    """One order, by its number."""
    return _all_shown([_theirs(call.caller, number)])[0]


def _as_now(kept: dict[str, int]) -> dict[str, Any]:
    return _all_shown([queries.order(kept["order"])])[0]


@resource.write(
    "POST", "/orders", "orders.write", OrderShown, takes=OrderWritten, shows=_as_now, most=_MOST,
    refusals={404: "no_such_store, no_such_member; no_such_order: the id is another store's",
              422: "bad_order: `problems` names the fields"},
)  # fmt: skip
def put(call: Call) -> Kept:
    """Tell of an order of one's own, new or changed. A state that comes late does not lead back;
    what is cancelled after it was done is refunded."""
    written = _written(call.caller, call.asked)
    return Kept({"order": outside.put(written, store_id=call.caller.store_id)})


@resource.write(
    "POST", "/orders/batch", "orders.write", AllStand, takes=OrdersWritten, most=_MOST_OF_MANY,
    refusals={404: "no_such_store, no_such_member; no_such_order: an id is another store's",
              422: "bad_order: `problems` names the fields"},
)  # fmt: skip
def put_many(call: Call) -> Kept:
    """Tell of several orders at once, all of them or none, under one Idempotency-Key."""
    asked: OrdersWritten = call.asked
    written = [_written(call.caller, each) for each in asked.orders]
    stand = outside.put_all(written, store_id=call.caller.store_id)
    return Kept({"orders": [vars(each) | {"state": _theirs_word(each.state)} for each in stand]})


@resource.write(
    "POST", f"{ONE}/moves", "orders.write", OrderShown, takes=Moved, shows=_as_now,
    refusals={404: "no_such_order",
              409: "not_paid: to be paid online first; wrong_state: `state` says where it is"},
)  # fmt: skip
def move(call: Call, number: str) -> Kept:
    """Move an order on, as the counter does. In that state already, nothing changes."""
    asked: Moved = call.asked
    card = _theirs(call.caller, number)
    word = Word(asked.minutes, asked.reason, asked.carrier, asked.tracking)
    moves.move(card.id, asked.state, word=word)
    return Kept({"order": card.id})


def _written(caller: Caller, asked: OrderWritten) -> dict[str, Any]:
    store_id = store_of(caller, asked.store)
    written = asked.model_dump(exclude={"state", "store"})
    return written | {"state": _WORDS.get(asked.state, asked.state), "store": code_of(store_id)}


def _theirs_word(state: str) -> str:
    return _THEIRS.get(state, state)


def _theirs(caller: Caller, number: str) -> OrderCard:
    card = queries.by_its_number(number)
    ours = card.account_id is None or caller.sees_account(card.account_id)
    if not (ours and caller.sees_store(card.store_id)):
        raise NoSuchOrder("no such order, or not this key's")
    return card


def _all_shown(cards: Sequence[OrderCard]) -> list[dict[str, Any]]:
    return [
        vars(card)
        | {
            "id": card.external_id,
            "store": code_of(card.store_id),
            "state": card.state if card.origin == "line" else _theirs_word(card.state),
            "to_pay": card.total - card.points,
            "paid": card.pay is not None and payments.paid(f"order/{card.id}"),
            "lines": [vars(line) for line in card.lines],
        }
        for card in cards
    ]
