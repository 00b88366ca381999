"""What is said about reservations: confirmations, changes, reminders, the waitlist, one's own."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict

from app.i18n import in_language
from app.line import limits
from app.messages.blocks import (
    Action,
    Buttons,
    Card,
    Confirm,
    Message,
    Open,
    Postback,
    Row,
    Say,
    Text,
)
from app.messages.decks import Deck
from app.messages.registry import notice
from app.messages.translator import Translator, spellings
from app.messages.words import Words, joined

BOOK_WORDS = (*spellings("words.book"), "予約する", "予約したい", "reserve", "booking")
OWN_WORDS = (*spellings("words.bookings"), "予約の確認", "予約を確認", "my reservations")
AGAIN_WORDS = (*spellings("words.book_again"), "いつもの予約", "same booking")
"""What people type to reserve, to see what they have reserved, and to repeat the last."""

Names = dict[str, str]

REFUSALS: Final = {
    "too_many_holds": "reservations.refused.too_many_holds",
    "too_many_no_shows": "reservations.refused.too_many_no_shows",
    "too_many_waiting": "reservations.refused.too_many_waiting",
    "too_late": "reservations.refused.too_late",
    "wrong_state": "reservations.refused.wrong_state",
    "reservation_changed": "reservations.refused.reservation_changed",
    "reservation_key_taken": "reservations.refused.wrong_state",
    "no_such_reservation": "reservations.refused.no_such_reservation",
    "no_such_waitlist_entry": "reservations.refused.no_such_reservation",
    "hold_expired": "reservations.refused.hold_expired",
    "bad_reservation": "reservations.refused.bad_reservation",
    "no_last": "reservations.refused.no_last",
}
"""Why something is not done -> the key of its text."""

_SPANS: Final = {
    ("00:00", "24:00"): "reservations.span.all",
    ("00:00", "12:00"): "reservations.span.morning",
    ("12:00", "17:00"): "reservations.span.afternoon",
    ("17:00", "24:00"): "reservations.span.evening",
}
_MOST = limits.FLEX_BUBBLES
_MAP: Final = "https://www.google.com/maps/search/?api=1&query="


class Reserved(BaseModel):
    """A reservation, as the domain's notices.shown writes it, and what one notice has besides.

    Names map "ja" and "en" to words; moments are ISO 8601 with the store's own offset.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    store: Names
    address: Names
    service: Names
    starts_at: str
    ends_at: str
    party: int
    options: tuple[Names, ...] = ()
    staff: tuple[Names, ...] = ()
    price: int | None = None
    deposit: Names | None = None
    note: str = ""


class Waiting(BaseModel):
    """A place in a waitlist: the day as YYYY-MM-DD, and between which times a start suits."""

    model_config = ConfigDict(frozen=True)

    entry: str
    store: Names
    service: Names
    day: str
    from_time: str
    to_time: str
    party: int
    offered: bool = False


@notice("reservations.made", push=True)
def made(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Confirm a reservation. Data: a `Reserved`."""
    of = Reserved.model_validate(data)
    return [_card(of, t, t("reservations.made"), text=t("reservations.made.text"))]


@notice("reservations.moved", push=True)
def moved(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Confirm that it was changed. Data: a `Reserved`, and `before`, when it was to begin."""
    of = Reserved.model_validate(data)
    before = data["before"]
    if datetime.fromisoformat(before) == datetime.fromisoformat(of.starts_at):
        text = t("reservations.changed.text")
    else:
        text = t("reservations.moved.text", before=before)
    return [_card(of, t, t("reservations.moved"), text=text)]


@notice("reservations.cancelled", push=True)
def cancelled(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Tell of a cancellation, with other times. Data: a `Reserved`, `by`, `reason`, `nearest`."""
    of = Reserved.model_validate(data)
    if data["by"] == "customer":
        again = Say(label=t("reservations.book"), text=t("words.book"))
        text = t("reservations.cancelled.text")
        rows = tuple(_facts(of, t, brief=True))
        return [Card(title=t("reservations.cancelled"), text=text, rows=rows, buttons=(again,))]
    instead = [_instead(of.code, start, t) for start in data["nearest"][:3]]
    return [
        Card(
            title=t("reservations.called_off"),
            text=_why(data["reason"], instead, t),
            rows=tuple(_facts(of, t, brief=True)),
            buttons=(*instead, Say(label=t("reservations.other_time"), text=t("words.book"))),
        )
    ]


@notice("reservations.reminder", push=True)
def reminder(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Remind of a reservation. Data: a `Reserved`, and `kind`: day_before or hours_before."""
    of = Reserved.model_validate(data)
    day_before = data["kind"] == "day_before"
    title = t("reservations.reminder.tomorrow" if day_before else "reservations.reminder.today")
    return [_card(of, t, title, text=t("reservations.reminder.text"))]


@notice("reservations.thanks", push=True)
def thanks(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Thank for the visit, and offer to ask or say something. Data: a `Reserved`."""
    of = Reserved.model_validate(data)
    text = t("reservations.thanks.text", store=in_language(of.store, t.language))
    ask = Say(label=t("reservations.thanks.ask"), text=t("words.ask"))
    again = Say(label=t("reservations.again"), text=t("words.book_again"))
    return [Card(title=t("reservations.thanks"), text=text, buttons=(ask, again))]


@notice("reservations.offered", push=True)
def offered(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Offer a free place to who waits. Data: a `Reserved`, `entry`, `until` when it is held."""
    of = Reserved.model_validate(data)
    buttons = _offer(data["entry"], t)
    text = t("reservations.offered.text", until=data["until"])
    rows = tuple(_facts(of, t))
    return [Card(title=t("reservations.offered"), text=text, rows=rows, buttons=buttons)]


@notice("reservations.own", push=True)
def own(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Show what somebody has reserved and where they wait. Data: `bookings`, `waiting`, `url`.

    A booking is a `Reserved` with `may_change` and `may_cancel`; `url` is the page, or None.
    """
    cards = [_own(each, data["url"], t) for each in data["bookings"]]
    cards += [_waits(Waiting.model_validate(each), t) for each in data["waiting"]]
    again = Say(label=t("reservations.again"), text=t("words.book_again"))
    book = Say(label=t("reservations.book"), text=t("words.book"))
    if not cards:
        return [Text(text=t("reservations.own.none"), quick_replies=(book, again))]
    shown = tuple(cards[:_MOST])
    return [Deck(alt=t("reservations.own"), cards=shown, quick_replies=(book, again))]


@notice("reservations.ask_cancel", push=False)
def ask_cancel(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Ask before cancelling. Data: a `Reserved`."""
    of = Reserved.model_validate(data)
    yes = _press(t("reservations.cancel.yes"), "reservations.cancel_yes", c=of.code)
    no = Say(label=t("reservations.cancel.no"), text=t("words.bookings"))
    named = {"store": in_language(of.store, t.language), "at": of.starts_at}
    return [Confirm(text=t("reservations.ask_cancel", **named), buttons=(yes, no))]


@notice("reservations.waiting", push=True)
def waiting(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Confirm a place in a waitlist. Data: a `Waiting`."""
    place = Waiting.model_validate(data)
    text = t("reservations.waiting.text")
    rows = tuple(_waiting_facts(place, t))
    return [Card(title=t("reservations.waiting"), text=text, rows=rows, buttons=(_look(t),))]


@notice("reservations.left", push=False)
def left(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Confirm that somebody waits no more, or does not take what was offered. No data."""
    return [Text(text=t("reservations.left"))]


@notice("reservations.refused", push=True)
def refused(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say why something is not done. Data: `why`, a key of REFUSALS, and `phone` or None."""
    text = t(REFUSALS[data["why"]])
    phone = "".join(sign for sign in data.get("phone") or "" if sign in "+0123456789")
    if not phone:
        return [Buttons(text=text, buttons=(_look(t), Say(label=t("words.book"))))]
    call = Open(label=t("shop.card.call"), uri=f"tel:{phone}")
    return [Buttons(text=text, buttons=(call, _look(t)))]


@notice("reservations.nothing", push=False)
def nothing(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that no store takes reservations here. No data."""
    return [Text(text=t("reservations.nothing"))]


def facts(booking: Mapping[str, Any], t: Translator) -> Iterator[Row]:
    """The rows of a card about a reservation. Data: a `Reserved`."""
    yield from _facts(Reserved.model_validate(booking), t)


def waiting_facts(place: Mapping[str, Any], t: Translator) -> Iterator[Row]:
    """The rows of a card about a place in a waitlist. Data: a `Waiting`."""
    yield from _waiting_facts(Waiting.model_validate(place), t)


def day_and_time(of: Reserved, t: Translator) -> Words:
    """12月5日(土) 18:00〜19:30, as the store's clock shows it."""
    return t("reservations.when", starts=of.starts_at, ends=of.ends_at)


def _facts(of: Reserved, t: Translator, *, brief: bool = False) -> Iterator[Row]:
    """What a card tells of a reservation; `brief`: what is needed to know which one it is."""
    yield Row(label=t("reservations.row.when"), text=day_and_time(of, t))
    yield Row(label=t("reservations.row.store"), text=_named(of.store, t))
    yield Row(label=t("reservations.row.service"), text=_named(of.service, t))
    if brief:
        return
    yield Row(label=t("reservations.row.party"), text=people(of.party, t))
    if of.options:
        names = joined(t("reservations.and"), [_named(each, t) for each in of.options])
        yield Row(label=t("reservations.row.options"), text=names)
    if of.staff:
        yield Row(label=t("reservations.row.staff"), text=_named(of.staff[0], t))
    if of.price is not None:
        yield Row(label=t("reservations.row.price"), text=t("reservations.price", yen=of.price))
    if of.note:
        yield Row(label=t("reservations.row.note"), text=t.data(of.note))


def people(number: int, t: Translator) -> Words:
    """2名様."""
    return t("reservations.person" if number == 1 else "reservations.people", n=number)


def _waiting_facts(place: Waiting, t: Translator) -> Iterator[Row]:
    span = _SPANS.get((place.from_time, place.to_time))
    times = t(span or "reservations.between", begin=place.from_time, end=place.to_time)
    when = joined(" ", [t("reservations.day.date.free", day=place.day), times])
    yield Row(label=t("reservations.row.when"), text=when)
    yield Row(label=t("reservations.row.store"), text=_named(place.store, t))
    yield Row(label=t("reservations.row.service"), text=_named(place.service, t))
    yield Row(label=t("reservations.row.party"), text=people(place.party, t))


def _card(of: Reserved, t: Translator, title: Words, *, text: Words) -> Card:
    """A reservation that stands; what is to be paid before stands under its title."""
    if of.deposit:
        text = joined("\n\n", [text, _named(of.deposit, t)])
    return Card(title=title, text=text, rows=tuple(_facts(of, t)), buttons=(_look(t), *_map(of, t)))


def _own(written: Mapping[str, Any], url: str | None, t: Translator) -> Card:
    of = Reserved.model_validate(written)
    buttons: list[Action] = []
    if written["may_change"]:
        buttons.append(_press(t("reservations.change"), "reservations.change", c=of.code))
    if written["may_cancel"]:
        buttons.append(_press(t("reservations.cancel"), "reservations.cancel", c=of.code))
    if url:
        buttons.append(Open(label=t("reservations.page"), uri=url))
    buttons += _map(of, t)
    text = None if written["may_cancel"] else t("reservations.own.too_late")
    rows = tuple(_facts(of, t))
    return Card(title=day_and_time(of, t), text=text, rows=rows[1:], buttons=tuple(buttons))


def _waits(place: Waiting, t: Translator) -> Card:
    rows = tuple(_waiting_facts(place, t))
    if place.offered:
        return Card(title=t("reservations.offered"), rows=rows, buttons=_offer(place.entry, t))
    leave = _press(t("reservations.leave"), "reservations.leave", e=place.entry)
    return Card(title=t("reservations.own.waiting"), rows=rows, buttons=(leave,))


def _offer(entry: str, t: Translator) -> tuple[Postback, ...]:
    return (
        _press(t("reservations.offer.take"), "reservations.offer_yes", e=entry),
        _press(t("reservations.offer.leave"), "reservations.offer_no", e=entry),
    )


def _why(reason: Mapping[str, str] | None, instead: Sequence[Action], t: Translator) -> Words:
    said = [t("reservations.called_off.text")]
    if reason:
        why = in_language(reason, t.language)
        said.append(t("reservations.called_off.reason", reason=why))
    if instead:
        said.append(t("reservations.called_off.instead"))
    return joined("\n\n", said)


def _instead(code: str, start: str, t: Translator) -> Postback:
    label = t("reservations.start", at=start)
    return _press(label, "reservations.instead", c=code, at=start)


def _look(t: Translator) -> Say:
    return Say(label=t("reservations.look"), text=t("words.bookings"))


def _map(of: Reserved, t: Translator) -> tuple[Action, ...]:
    url = _MAP + quote(in_language(of.address, t.language), safe="")
    return (Open(label=t("shop.card.map"), uri=url),) if len(url) <= limits.URI_UNITS else ()


def _press(label: Words, name: str, **data: str) -> Postback:
    return Postback(label=label, data=f"{name}?{urlencode(data)}", shown=label)


def _named(names: Mapping[str, str], t: Translator) -> Words:
    return t.data(in_language(names, t.language))
