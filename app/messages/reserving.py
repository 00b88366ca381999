"""The cards of the dialog in which somebody reserves: services, options, times, the last look."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from app.i18n import in_language
from app.messages.blocks import Card, Message, Postback, Row
from app.messages.decks import Deck, Tiles
from app.messages.dialogs import Choice, Question, quick_replies
from app.messages.registry import notice
from app.messages.reservations import Names, facts, waiting_facts
from app.messages.translator import Translator
from app.messages.words import Words, joined

_SERVICES = 10
_TIMES = 12  # Of one part of the day on one card.
_CARDS = 6


class Option(BaseModel):
    """Something that can be added, for so many minutes and yen more."""

    model_config = ConfigDict(frozen=True)

    name: Names
    minutes: int
    price: int


class Service(BaseModel):
    """A service as its card shows it."""

    model_config = ConfigDict(frozen=True)

    name: Names
    text: Names | None
    minutes: int
    price: int | None
    per_person: bool


@notice("reservations.services", push=True)
def services(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Ask for the service. Data: a `Question`; its card has `services` in the choices' order."""
    asked = Question.model_validate(data)
    offered = [Service.model_validate(each) for each in asked.card["services"]]
    pairs = list(zip(asked.choices, offered, strict=True))
    first, last = _page(asked, len(pairs), _SERVICES)
    cards = tuple(_service(choice, each, t) for choice, each in pairs[first:last])
    ways = quick_replies(asked, t, pages=-(-len(pairs) // _SERVICES))
    return [Deck(alt=t(asked.question), cards=cards, quick_replies=ways)]


@notice("reservations.times", push=True)
def times(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Ask for the time. Data: a `Question` whose choices may stand in groups."""
    asked = Question.model_validate(data)
    cards = list(_times(asked, t))
    first, last = _page(asked, len(cards), _CARDS)
    ways = quick_replies(asked, t, pages=-(-len(cards) // _CARDS))
    alt = t(asked.question, **asked.values)
    return [Deck(alt=alt, cards=tuple(cards[first:last]), quick_replies=ways)]


@notice("reservations.options", push=True)
def options(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Ask what shall be added. Data: a `Question`; its card has `options`."""
    asked = Question.model_validate(data)
    offered = [Option.model_validate(each) for each in asked.card["options"]]
    lines = joined("\n", [_option(each, t) for each in offered])
    tiles = tuple(_button(choice, t) for choice in asked.choices)
    return [
        Tiles(
            title=t(asked.question),
            text=lines,
            tiles=tiles,
            columns=1,
            quick_replies=quick_replies(asked, t),
        )
    ]


@notice("reservations.confirm", push=True)
def confirm(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Show all that was chosen before it counts. Data: a `Question`; its card has `booking`.

    Its card also has `text`, the key of what is said under the title, and `cancel_minutes`.
    """
    asked = Question.model_validate(data)
    card = asked.card
    waits = card["what"] == "wait"
    rows = waiting_facts(card["booking"], t) if waits else facts(card["booking"], t)
    there = _on_card(asked)
    others = tuple(change for change in asked.changes if change not in there)
    return [
        Card(
            title=t(asked.question),
            text=joined("\n\n", list(_terms(card, t))),
            rows=tuple(rows),
            buttons=tuple(_button(choice, t) for choice in (*asked.choices, *there)),
            quick_replies=quick_replies(asked.model_copy(update={"changes": others}), t),
        )
    ]


_TERMS: Final = {
    "new": "reservations.confirm.new",
    "move": "reservations.confirm.move",
    "unchanged": "reservations.confirm.unchanged",
    "wait": "reservations.confirm.wait",
}
_BUTTONS = 4  # Of one card.
_ON_CARD = frozenset(f"reservations.change.{step}" for step in ("day", "time", "party", "options"))


def _terms(card: Mapping[str, Any], t: Translator) -> Iterator[Words]:
    yield t(_TERMS[card["what"]])
    if deposit := card["booking"].get("deposit"):
        yield t.data(in_language(deposit, t.language))
    if card["what"] == "new" and card["cancel_minutes"]:
        hours = card["cancel_minutes"] / 60
        yield t("reservations.confirm.until", hours=f"{hours:g}")


def _on_card(asked: Question) -> tuple[Choice, ...]:
    """Those changes that most people want stand on the card, where a computer shows them too."""
    wanted = [change for change in asked.changes if change.key in _ON_CARD]
    return tuple(wanted[: _BUTTONS - len(asked.choices)])


def _service(choice: Choice, of: Service, t: Translator) -> Card:
    rows = [Row(label=t("reservations.row.length"), text=t("reservations.minutes", n=of.minutes))]
    if of.price is not None:
        each = "reservations.price_each" if of.per_person else "reservations.price"
        rows.append(Row(label=t("reservations.row.price"), text=t(each, yen=of.price)))
    text = t.data(in_language(of.text, t.language)) if of.text else None
    pick = Postback(label=t("reservations.pick"), data=choice.data, shown=choice.words(t))
    name = t.data(in_language(of.name, t.language))
    return Card(title=name, text=text, rows=tuple(rows), buttons=(pick,))


def _times(asked: Question, t: Translator) -> Iterator[Card]:
    title = t(asked.question, **asked.values)
    for group, choices in groupby(asked.choices, key=lambda choice: choice.group):
        of_group = list(choices)
        text = t(group) if group else None
        for n in range(0, len(of_group), _TIMES):
            tiles = tuple(_button(choice, t) for choice in of_group[n : n + _TIMES])
            yield Tiles(title=title, text=text, tiles=tiles, columns=3 if group else 1)


def _option(of: Option, t: Translator) -> Words:
    more: list[Words] = []
    if of.minutes:
        more.append(t("reservations.more_minutes", n=of.minutes))
    if of.price:
        more.append(t("reservations.more_price", yen=of.price))
    name = t.data(in_language(of.name, t.language))
    return joined("　", [name, *more])


def _button(choice: Choice, t: Translator) -> Postback:
    words = choice.words(t)
    return Postback(label=words, data=choice.data, shown=words)


def _page(asked: Question, number: int, size: int) -> tuple[int, int]:
    """The first and the last of what the asked page shows, or the nearest page that there is."""
    page = min(max(asked.page, 0), max(-(-number // size) - 1, 0))
    return page * size, (page + 1) * size
