"""/staff/orders: a store's open orders as they come in, one order in full, and its slip.

Each act is one transaction with its line in the audit log and its notice to the customer, and
counts once (forms.py). The board's own moves come in as JSON (order_calls.py).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, request
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from app import clock
from app.domain.audit import service as audit
from app.domain.files.errors import Problem
from app.domain.orders import moves, queries
from app.domain.orders.errors import BadOrder
from app.domain.orders.moves import Word
from app.domain.orders.queries import OrderCard
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.domain.staff.errors import NotAllowed
from app.errors import TsunaguError
from app.i18n import in_language, plain
from app.staff import assets, forms, ordered, words
from app.staff.identity import as_staff, browser, found
from app.staff.pages import page, told

bp = Blueprint("staff_orders", __name__, url_prefix="/staff/orders")

PAGE: Final = "/staff/orders"
KEEP: Final = "orders.keep"
REFUND: Final = "orders.refund"
_ONE: Final = "/<string(length=9):number>"
_SCRIPT: Final = "orders.js"
_NEEDS_REASON: Final = ("refused", "cancelled", "refunded")
_DAY: Final = timedelta(days=1)
MINUTES: Final = (10, 15, 20, 30, 45, 60, 90)
"""In how many minutes it may be ready, to choose from."""


@bp.get("")
@as_staff(KEEP)
def board(actor: Actor) -> Response:
    """A store's open orders in three columns, and what has ended in the last day."""
    if request.args.get("q", "").strip():
        return _search(actor, request.args["q"].strip()[:100])
    places = ordered.places(actor)
    return _board(actor, request.args.get("store") or next(iter(places), ""))


@bp.get(_ONE)
@as_staff(KEEP)
def one(actor: Actor, number: str) -> Response:
    """Everything about an order, and what can be done with it."""
    return _one(actor, ordered.theirs(actor, number))


@bp.get(f"{_ONE}/slip")
@as_staff(KEEP)
def slip(actor: Actor, number: str) -> Response:
    """The order to print: for the kitchen and the bag."""
    card = ordered.theirs(actor, number)
    note(actor, "orders.printed", card)
    what: dict[str, Any] = {"script": "slip.js", "store": _store_name(card), "now": _now()}
    return page("order_slip", actor, here="orders", one=ordered.seen([card])[0], **what)


@bp.post(f"{_ONE}/move")
@as_staff(KEEP)
def move(actor: Actor, number: str) -> Response:
    """Bring it into the state that the form names."""
    return _do(actor, number, lambda _key: _move(actor, number))


@bp.post(f"{_ONE}/refund")
@as_staff(REFUND)
def refund(actor: Actor, number: str) -> Response:
    """Its money was given back: so are its points, and what it earned is taken back."""

    def work(_key: str) -> str:
        word = Word(reason=request.form.get("reason", "").strip() or None)
        bring(actor, number, "refunded", word)
        return "refunded"

    return _do(actor, number, work)


def bring(actor: Actor, number: str, state: str, word: Word) -> OrderCard:
    """Move an order of theirs, note it, and answer how it stands. Raises what moves.move raises."""
    before = ordered.theirs(actor, number)
    if state == "refunded" and not actor.may(REFUND):
        raise NotAllowed(f"{actor.role} has no {REFUND}")
    if state in _NEEDS_REASON and not word.reason:
        raise BadOrder([Problem("reason", "理由を書いてください", "needs a reason")])
    moved = moves.move(before.id, state, staff_id=actor.staff_id, word=word)
    card = queries.order(before.id)
    if moved and state == "refunded":
        note(actor, "orders.refunded", card, word.reason or "")
    elif moved:
        note(actor, "orders.moved", card, word.reason or "")
    return card


def note(actor: Actor, action: str, card: OrderCard, reason: str = "") -> None:
    """Note in the audit log what was done to an order."""
    audit.note(
        action,
        actor=actor,
        about=f"order/{card.id}",
        store_id=card.store_id,
        reason=reason,
        network=browser().network,
        state=card.state,
    )


def _move(actor: Actor, number: str) -> str:
    state = request.form.get("state", "")
    if state == "refunded":
        raise NotAllowed("refunds have an address of their own")
    minutes = plain(request.form.get("minutes", ""))
    word = Word(
        minutes=int(minutes) if minutes.isascii() and minutes.isdigit() else None,
        reason=request.form.get("reason", "").strip() or None,
    )
    return bring(actor, number, state, word).state


def _do(actor: Actor, number: str, work: Callable[[str], str]) -> Response:
    card = ordered.theirs(actor, number)  # What is not theirs is not found, whatever is sent.
    try:
        said = forms.submit(actor, "order", work)
    except TsunaguError as refusal:
        if refusal.status >= 500 or isinstance(refusal, NotAllowed):
            raise
        return _one(actor, card, refusal)
    return found(f"{PAGE}/{number}?done={said}")


def _one(actor: Actor, card: OrderCard, refusal: TsunaguError | None = None) -> Response:
    note(actor, "orders.seen", card)
    return page(
        "order",
        actor,
        status=refusal.status if refusal else 200,
        here="orders",
        error=told(refusal) if refusal else "",
        done=request.args.get("done", ""),
        one=ordered.seen([card])[0],
        store=_code_of(card.store_id),
        store_name=_store_name(card),
        steps=[(state, at.astimezone(clock.zone())) for state, at in queries.steps(card.id)],
        may_refund=card.state == "done" and actor.may(REFUND),
        minutes=MINUTES,
        form=request.form if refusal else {},
        key=forms.new_key,
    )


def _board(actor: Actor, code: str, missed: str = "") -> Response:
    if not code:
        return page("orders_none", actor, here="orders")
    places = ordered.places(actor)
    store_id = ordered.place(actor, code)
    newest, stamp = queries.pulse(store_id)
    shown = ordered.seen(queries.open_of(store_id))
    return page(
        "orders",
        actor,
        here="orders",
        missed=missed,
        store=code,
        stores={each: in_language(_names()[places[each]], words.language()) for each in places},
        columns={
            name: [one for one in shown if one.card.state in among]
            for name, among in ordered.COLUMNS.items()
        },
        ended=ordered.seen(queries.ended_of(store_id, clock.now() - _DAY)),
        minutes=MINUTES,
        today=_now().date(),
        newest=newest,
        stamp=stamp,
        key=forms.new_key,
        script=_SCRIPT,
        modules=assets.modules(_SCRIPT),
        spoken=_words(),
    )


def _search(actor: Actor, written: str) -> Response:
    """The order with this number, or the board with a word that there is none."""
    card = queries.find(written)
    audit.note("orders.searched", actor=actor, network=browser().network, found=bool(card))
    if card is not None and ordered.sees(actor, card):
        return found(f"{PAGE}/{card.number}")
    code = request.args.get("store") or next(iter(ordered.places(actor)), "")
    return _board(actor, code, missed=written)


def _names() -> dict[int, Any]:
    return dict(shops.store_names())


def _store_name(card: OrderCard) -> str:
    if card.store_id is None:
        return ""
    return in_language(shops.card(card.store_id).name, words.language())


def _code_of(store_id: int | None) -> str:
    return next((code for code, known in shops.store_ids().items() if known == store_id), "")


def _now() -> Any:
    return clock.now().astimezone(clock.zone())


def _words() -> Markup:
    known = words.TEXTS[words.language()]
    return htmlsafe_json_dumps(
        {key: text for key, text in known.items() if key.startswith("board.")}
    )
