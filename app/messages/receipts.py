"""What is said about orders: the receipt, and each step the customer should know of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from app.i18n import in_language
from app.line import limits
from app.messages.blocks import Action, Card, Json, Message, Open, Row, RowLabel, RowText, count
from app.messages.registry import notice
from app.messages.translator import Translator
from app.messages.words import Words, joined

Names = dict[str, str]

_MAP: Final = "https://www.google.com/maps/search/?api=1&query="
_LINES: Final = 12  # Of fifty long ones LINE would take no bubble.


class Bought(BaseModel):
    """A line of an order; `amount` is yen for all its pieces."""

    model_config = ConfigDict(frozen=True)

    name: Names
    size: Names | None
    options: tuple[Names, ...]
    pieces: int
    amount: int
    tax_included: bool


class Told(BaseModel):
    """An order as the domain's notices.shown writes it, and who brought the step about."""

    model_config = ConfigDict(frozen=True)

    number: str
    origin: str
    way: str
    store: Names | None
    address: Names | None
    phone: str | None
    slot_at: str | None
    ready_at: str | None
    fee: int
    taxes: tuple[dict[str, int], ...]
    total: int
    points: int
    pay: str | None
    reason: str | None
    carrier: str | None
    tracking: str | None
    by: str
    lines: tuple[Bought, ...] = ()


class Item(Row):
    """A line of a receipt: what it is on the left, and yen at the right edge."""

    label: RowText
    text: RowLabel
    strong: bool = False

    def line(self) -> Json:
        look: Json = {"type": "text", "size": "md" if self.strong else "sm", "color": "#333333"}
        if self.strong:
            look["weight"] = "bold"
        what = look | {"text": self.label, "wrap": True, "flex": 5}
        yen = look | {"text": self.text, "align": "end", "flex": 3}
        box = {"type": "box", "layout": "horizontal", "spacing": "md"}
        return box | {"contents": [what, yen]}


class Receipt(Card):
    """A card with what was bought, and what it comes to, below its rows."""

    items: Annotated[tuple[Item, ...], count(1, _LINES + 1)]
    sums: Annotated[tuple[Item, ...], count(1, 8)]

    def _contents(self) -> list[Json]:
        rule: Json = {"type": "separator", "margin": "lg"}
        items = [rule, *(each.line() for each in self.items)]
        return [*super()._contents(), *items, rule, *(each.line() for each in self.sums)]


@notice("orders.placed", push=True)
def placed(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """The receipt. Data: a `Told` with its lines."""
    of = Told.model_validate(data)
    return [
        Receipt(
            title=t("receipt.placed"),
            text=t("receipt.placed.online" if of.pay == "provider" else "receipt.placed.text"),
            rows=tuple(_facts(of, t)),
            items=tuple(_items(of.lines, t)),
            sums=tuple(_sums(of, t)),
            buttons=_map(of, t),
        )
    ]


@notice("orders.accepted", push=True)
def accepted(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """The store has taken it on. Data: a `Told`."""
    of = Told.model_validate(data)
    text = t("receipt.accepted.text")
    if of.ready_at:
        text = t(
            _of_way(of, "receipt.accepted.at.pickup", "receipt.accepted.at.delivery"),
            at=of.ready_at,
        )
    return [Card(title=t("receipt.accepted"), text=text, rows=tuple(_facts(of, t)))]


@notice("orders.ready", push=True)
def ready(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """It can be picked up. Data: a `Told`."""
    of = Told.model_validate(data)
    text = t("receipt.ready.text", number=of.number)
    # What was bought elsewhere was paid there, or will be as it was agreed there.
    rows = tuple(_facts(of, t, pay=of.origin == "line"))
    return [Card(title=t("receipt.ready"), text=text, rows=rows, buttons=_map(of, t))]


@notice("orders.out", push=True)
def out(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """It is on its way to the customer. Data: a `Told`."""
    of = Told.model_validate(data)
    text = t("receipt.out.text")
    if of.ready_at:
        text = t("receipt.out.at", at=of.ready_at)
    rows = tuple(_facts(of, t, pay=True))
    return [Card(title=t("receipt.out"), text=text, rows=rows, buttons=_call(of, t))]


@notice("orders.paid", push=True)
def paid(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """The web shop has the money. Data: a `Told`."""
    of = Told.model_validate(data)
    rows = list(_facts(of, t))
    rows.append(Row(label=t("receipt.row.total"), text=t("receipt.yen", yen=of.total)))
    return [Card(title=t("receipt.paid"), text=t("receipt.paid.text"), rows=tuple(rows))]


@notice("orders.shipped", push=True)
def shipped(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """A parcel of the web shop or a register is on its way. Data: a `Told`."""
    of = Told.model_validate(data)
    rows = list(_facts(of, t))
    if of.carrier:
        rows.append(Row(label=t("receipt.row.carrier"), text=t.data(of.carrier)))
    if of.tracking:
        rows.append(Row(label=t("receipt.row.tracking"), text=t.data(of.tracking)))
    rows.append(Row(label=t("receipt.row.total"), text=t("receipt.yen", yen=of.total)))
    return [Card(title=t("receipt.shipped"), text=t("receipt.shipped.text"), rows=tuple(rows))]


@notice("orders.refused", push=True)
def refused(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """The store cannot take it on. Data: a `Told`."""
    return _ended(data, t, "receipt.refused", "receipt.refused.text")


@notice("orders.cancelled", push=True)
def cancelled(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """It is cancelled, by whoever `by` says. Data: a `Told`."""
    if data["by"] == "customer":
        return _ended(data, t, "receipt.cancelled", "receipt.cancelled.text")
    return _ended(data, t, "receipt.called_off", "receipt.called_off.text")


@notice("orders.refunded", push=True)
def refunded(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Its money was given back. Data: a `Told`."""
    return _ended(data, t, "receipt.refunded", "receipt.refunded.text")


def _ended(data: Mapping[str, Any], t: Translator, title: str, text: str) -> list[Message]:
    of = Told.model_validate(data)
    said = [t(text)]
    if of.reason:
        said.append(t("receipt.reason", reason=of.reason))
    if of.points:
        said.append(t("receipt.points_back", points=of.points))
    rows = tuple(_facts(of, t))
    return [Card(title=t(title), text=joined("\n\n", said), rows=rows, buttons=_call(of, t))]


def _facts(of: Told, t: Translator, *, pay: bool = False) -> Iterator[Row]:
    """What tells one order from another; `pay`: and what is still to be paid, and how."""
    yield Row(label=t("receipt.row.number"), text=t.data(of.number))
    if of.store:
        yield Row(label=t("receipt.row.store"), text=t.data(in_language(of.store, t.language)))
    if of.slot_at:
        label = t(_of_way(of, "receipt.row.when.pickup", "receipt.row.when.delivery"))
        yield Row(label=label, text=t("receipt.when", at=of.slot_at))
    if pay:
        yield Row(label=t("receipt.row.pay"), text=_pay(of, t))


def _items(lines: Sequence[Bought], t: Translator) -> Iterator[Item]:
    for line in lines[:_LINES]:
        yen = t("receipt.yen" if line.tax_included else "receipt.yen_plain", yen=line.amount)
        yield Item(label=_item(line, t), text=yen)
    if len(lines) > _LINES:
        rest = lines[_LINES:]
        yen = t("receipt.yen", yen=sum(line.amount for line in rest))
        yield Item(label=t("receipt.more", n=sum(line.pieces for line in rest)), text=yen)


def _item(line: Bought, t: Translator) -> Words:
    names = [line.name, *([line.size] if line.size else [])]
    said = joined(" ", [t.data(in_language(each, t.language)) for each in names])
    said = joined(" ", [said, t("receipt.pieces", n=line.pieces)])
    if line.options:
        more = [t.data(in_language(each, t.language)) for each in line.options]
        said = joined("\n", [said, joined(" / ", more)])
    return said


def _sums(of: Told, t: Translator) -> Iterator[Item]:
    if of.fee:
        yield Item(label=t("receipt.fee"), text=t("receipt.yen", yen=of.fee))
    yield Item(label=t("receipt.total"), text=t("receipt.yen", yen=of.total))
    for group in of.taxes:
        label = t("receipt.tax", rate=group["rate"])
        yield Item(label=label, text=t("receipt.yen", yen=group["tax"]))
    if of.points:
        yield Item(label=t("receipt.points"), text=t("receipt.minus", yen=of.points))
    how = _of_way(of, "receipt.to_pay.pickup", "receipt.to_pay.delivery")
    label = t("receipt.to_pay.online" if of.pay == "provider" else how)
    yield Item(label=label, text=t("receipt.yen", yen=of.total - of.points), strong=True)


def _pay(of: Told, t: Translator) -> Words:
    how = _of_way(of, "receipt.pay.pickup", "receipt.pay.delivery")
    online = of.pay == "provider"
    return t("receipt.pay.online" if online else how, yen=of.total - of.points)


def _of_way(of: Told, pickup: str, delivery: str) -> str:
    return delivery if of.way == "delivery" else pickup


def _map(of: Told, t: Translator) -> tuple[Action, ...]:
    if of.way == "delivery" or not of.address:
        return ()
    url = _MAP + quote(in_language(of.address, t.language), safe="")
    return (Open(label=t("shop.card.map"), uri=url),) if len(url) <= limits.URI_UNITS else ()


def _call(of: Told, t: Translator) -> tuple[Action, ...]:
    phone = "".join(sign for sign in of.phone or "" if sign in "+0123456789")
    return (Open(label=t("shop.card.call"), uri=f"tel:{phone}"),) if phone else ()
