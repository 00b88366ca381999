"""What is said about the usual order: its card with today's prices, and that it is placed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from app.i18n import in_language
from app.messages.blocks import Action, Buttons, Card, Message, Open, Postback, Row, Say, Text
from app.messages.registry import notice
from app.messages.translator import Translator, spellings
from app.messages.words import Words, joined

USUAL_WORDS = (*spellings("words.usual"), "いつもの注文", "いつものご注文", "usual", "usual order")
ORDER_WORDS = (*spellings("words.order"), "注文する", "注文したい", "ご注文")
"""What people type for their usual order, and to order something."""

CHANGED: Final = {
    "price_changed": "usual.changed.price",
    "slot": "usual.changed.slot",
    "moved": "usual.changed.moved",
}
"""Why a card is shown anew -> the key of its text."""

REFUSALS: Final = {
    "too_many_orders": "usual.refused.too_many",
    "contact": "usual.refused.contact",
    "gone": "usual.refused.gone",
}
"""Why nothing is placed -> the key of its text."""

_WHY_NOT: Final = {
    "no_time": "usual.no_time",
    "nothing_left": "usual.nothing_left",
    "below_minimum": "usual.below_minimum",
    "not_delivered": "usual.not_delivered",
}
_WAYS: Final = {"pickup": "usual.pickup", "delivery": "usual.delivery"}
_DIFFERS: Final = {
    "dearer": "usual.dearer",
    "cheaper": "usual.cheaper",
    "sold_out": "usual.sold_out",
    "not_now": "usual.not_now",
    "not_here": "usual.not_here",
    "options": "usual.options",
}

Names = dict[str, str]


class Piece(BaseModel):
    """A product; size, pieces and the choices with it where they are told."""

    model_config = ConfigDict(frozen=True)

    name: Names
    size: Names | None = None
    pieces: int = 1
    chosen: tuple[Names, ...] = ()


class Differs(Piece):
    """What is not as it was; yen of one piece. `instead`: what comes nearest."""

    why: str
    old: int
    new: int | None = None
    instead: Piece | None = None


class Usual(BaseModel):
    """The usual order. `place` is its button's data; None where it cannot be had, for `why_not`.

    `at` is ISO 8601 with the shop's own offset; `total` is in yen; `changed` a key of CHANGED.
    """

    model_config = ConfigDict(frozen=True)

    store: Names
    way: str
    address: str | None
    at: str | None
    lines: tuple[Piece, ...]
    differences: tuple[Differs, ...]
    total: int | None
    place: str | None
    why_not: str | None = None
    minimum: int | None = None
    changed: str | None = None
    url: str | None = None


@notice("usual.card", push=True)
def card(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Propose the usual order. Data: a `Usual`."""
    of = Usual.model_validate(data)
    said: list[Words] = []
    if of.changed:
        said.append(t(CHANGED[of.changed]))
    if of.why_not:
        said.append(t(_WHY_NOT[of.why_not], minimum=of.minimum or 0))
    said += [_differs(each, t) for each in of.differences]
    buttons: list[Action] = []
    if of.place:
        yes = t("usual.do")
        buttons.append(Postback(label=yes, data=of.place, shown=yes))
    if of.url:
        buttons.append(Open(label=t("usual.change"), uri=of.url))
    return [
        Card(
            title=t("usual.card"),
            text=joined("\n", said) if said else None,
            rows=tuple(_rows(of, t)),
            buttons=tuple(buttons),
        )
    ]


@notice("usual.none", push=False)
def none(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that they have ordered nothing yet. Data: `url` of the menu or None, `linked`."""
    return _way_on(t("usual.none"), data, t)


@notice("usual.order", push=False)
def order(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Lead to the menu. Data: `url` of the page or None, and `linked`."""
    return _way_on(t("usual.order"), data, t)


@notice("usual.closed", push=False)
def closed(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that no store takes orders here. No data."""
    return [Text(text=t("usual.closed"))]


@notice("usual.refused", push=True)
def refused(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say why nothing is placed. Data: `why`, a key of REFUSALS, and `url` of the page or None."""
    text = t(REFUSALS[data["why"]])
    if not data["url"]:
        return [Text(text=text)]
    return [Buttons(text=text, buttons=(Open(label=t("usual.look"), uri=data["url"]),))]


def _way_on(text: Words, data: Mapping[str, Any], t: Translator) -> list[Message]:
    buttons: list[Action] = []
    if data["url"]:
        buttons.append(Open(label=t("usual.menu"), uri=data["url"]))
    if not data["linked"]:
        buttons.append(Say(label=t("usual.link"), text=t("words.link")))
    return [Buttons(text=text, buttons=tuple(buttons))] if buttons else [Text(text=text)]


def _rows(of: Usual, t: Translator) -> Iterator[Row]:
    if of.lines:
        listed = [t("usual.line", name=_name(each, t), pieces=each.pieces) for each in of.lines]
        yield Row(label=t("usual.row.lines"), text=joined("\n", listed))
    if of.at:
        yield Row(label=t("usual.row.when"), text=t("usual.when", at=of.at))
    yield Row(label=t("usual.row.store"), text=t.data(in_language(of.store, t.language)))
    if of.way in _WAYS:
        yield Row(label=t("usual.row.way"), text=t(_WAYS[of.way]))
    if of.way == "delivery" and of.address:
        yield Row(label=t("usual.row.address"), text=t.data(of.address))
    if of.total is not None:
        yield Row(label=t("usual.row.total"), text=t("usual.yen", yen=of.total))


def _differs(each: Differs, t: Translator) -> Words:
    told = t(_DIFFERS[each.why], name=_name(each, t), old=each.old, new=each.new or 0)
    if each.instead is None:
        return told
    return joined("", [told, t("usual.instead", name=_name(each.instead, t))])


def _name(of: Piece, t: Translator) -> str:
    size = in_language(of.size, t.language) if of.size else ""
    chosen = [in_language(each, t.language) for each in of.chosen]
    return " ".join(filter(None, (in_language(of.name, t.language), size, *chosen)))
