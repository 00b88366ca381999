"""Reservations in the talk: making one, seeing, changing and cancelling one's own, the waitlist."""

from collections.abc import Callable

from pydantic import BaseModel, Field

from app.domain.reservations import notices, offers, queries, service, waitlist
from app.domain.reservations.asker import Customer
from app.domain.reservations.errors import (
    HoldExpired,
    NoSuchEntry,
    NoSuchReservation,
    TooLate,
    WrongState,
)
from app.domain.reservations.queries import Booking
from app.domain.shops import queries as shops
from app.handlers import links as linking
from app.handlers import wish
from app.handlers.chat import Chat
from app.handlers.reserving import RESERVE, waits
from app.handlers.router import router
from app.messages.reservations import AGAIN_WORDS, BOOK_WORDS, OWN_WORDS

_REFUSED = (NoSuchReservation, NoSuchEntry, TooLate, WrongState, HoldExpired)


class Coded(BaseModel):
    """Names a reservation."""

    code: str = Field(alias="c", max_length=20)


class Instead(Coded):
    """A time that was offered in place of a reservation that the shop cancelled."""

    at: str = Field(max_length=40)


class Place(BaseModel):
    """Names a place in a waitlist."""

    entry: str = Field(alias="e", max_length=20)


@router.text(*BOOK_WORDS, private=True)
@router.postback("reservations.book")
def book(chat: Chat) -> None:
    """Begin to reserve."""
    if not queries.stores_that_take():
        chat.say("reservations.nothing")
    else:
        chat.begin(RESERVE)


@router.text(*OWN_WORDS, private=True)
@router.postback("reservations.own")
def own(chat: Chat) -> None:
    """Show what they have reserved, and where they wait."""
    who = _customer(chat)
    chat.say(
        "reservations.own",
        bookings=[_shown(each) for each in queries.own(who)],
        waiting=[waits(each) for each in waitlist.waiting(who)],
        url=linking.page(chat.account_id, "reserve"),
    )


@router.text(*AGAIN_WORDS, private=True)
@router.postback("reservations.again")
def again(chat: Chat) -> None:
    """Reserve the same as the last time; only the time is asked for."""
    who = _customer(chat)
    before = [*queries.own(who)[::-1], *queries.past(who)]
    if before:
        chat.begin(RESERVE, wish.again(max(before, key=lambda each: each.id)))
    else:
        chat.say("reservations.refused", why="no_last")


@router.postback("reservations.instead", Instead)
def instead(chat: Chat, asked: Instead) -> None:
    """Reserve what the shop cancelled at another time."""

    def begin(who: Customer) -> None:
        booking = queries.booking(who, asked.code)
        when = {"day": asked.at[:10], "time": asked.at}
        chat.begin(RESERVE, wish.again(booking) | when | {"note": booking.note or wish.NO_NOTE})

    _try(chat, begin)


@router.postback("reservations.change", Coded)
def change(chat: Chat, asked: Coded) -> None:
    """Change one of their own: the card with all of it asks what shall be otherwise."""

    def begin(who: Customer) -> None:
        booking = queries.booking(who, asked.code)
        if not booking.may_change:
            _refuse(chat, "too_late" if booking.state == "confirmed" else "wrong_state", booking)
            return
        now = {
            "moving": f"{booking.code}/{booking.version}",
            "day": booking.starts_at.date().isoformat(),
            "time": booking.starts_at.isoformat(),
            "note": booking.note or wish.NO_NOTE,
        }
        chat.begin(RESERVE, wish.again(booking) | now)

    _try(chat, begin)


@router.postback("reservations.cancel", Coded)
def ask_cancel(chat: Chat, asked: Coded) -> None:
    """Ask before cancelling."""

    def ask(who: Customer) -> None:
        booking = queries.booking(who, asked.code)
        if booking.may_cancel:
            chat.say("reservations.ask_cancel", **_shown(booking))
        else:
            _refuse(chat, "too_late" if booking.state == "confirmed" else "wrong_state", booking)

    _try(chat, ask)


@router.postback("reservations.cancel_yes", Coded)
def cancel(chat: Chat, asked: Coded) -> None:
    """Cancel one of their own."""

    def end(who: Customer) -> None:
        booking = service.cancel(who, asked.code, cause=chat.cause, tell=False)
        by = booking.cancelled_by
        told = notices.shown(booking)
        chat.say("reservations.cancelled", **told, by=by, reason=None, nearest=[])

    _try(chat, end)


@router.postback("reservations.offer_yes", Place)
def take(chat: Chat, asked: Place) -> None:
    """Take the time that the waitlist offers."""

    def accept(who: Customer) -> None:
        booking = offers.accept(who, asked.entry, cause=chat.cause, tell=False)
        chat.say("reservations.made", **notices.shown(booking))

    _try(chat, accept)


@router.postback("reservations.offer_no", Place)
def decline(chat: Chat, asked: Place) -> None:
    """Let it go to the next who waits."""

    def let_go(who: Customer) -> None:
        offers.decline(who, asked.entry, cause=chat.cause)
        chat.say("reservations.left")

    _try(chat, let_go)


@router.postback("reservations.leave", Place)
def leave(chat: Chat, asked: Place) -> None:
    """Wait no more."""

    def end(who: Customer) -> None:
        waitlist.leave(who, asked.entry)
        chat.say("reservations.left")

    _try(chat, end)


def _try(chat: Chat, work: Callable[[Customer], None]) -> None:
    """Do what a button asks for; say why where that is not possible any more."""
    if chat.person is None:
        return
    try:
        work(_customer(chat))
    except _REFUSED as error:
        chat.say("reservations.refused", why=error.code)


def _refuse(chat: Chat, why: str, booking: Booking) -> None:
    chat.say("reservations.refused", why=why, phone=shops.card(booking.store_id).phone)


def _customer(chat: Chat) -> Customer:
    """Who talks; raises ValueError where nobody is known, which `private` words exclude."""
    if chat.person is None:
        raise ValueError("a reservation needs a person")
    return Customer(chat.person.id, chat.account_id)


def _shown(booking: Booking) -> dict[str, object]:
    own = {"may_change": booking.may_change, "may_cancel": booking.may_cancel}
    return {**notices.shown(booking), "note": booking.note, **own}
