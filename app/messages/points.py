"""What is said about points: how many there are, what ends soon, and what was given."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.messages.blocks import Card, Message, Open, Row
from app.messages.registry import notice
from app.messages.translator import Translator, spellings
from app.messages.words import Words

POINT_WORDS = (*spellings("words.points"), "ポイント残高", "ポイント確認")
"""What people type to see their points."""


@notice("points.balance", push=True)
def balance(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """The balance. Data: `points`, `ending` (the nearest `{points, day}` or None), `url` or None.

    A day is written as YYYY-MM-DD; it is the last one on which the points can be used.
    """
    rows: tuple[Row, ...] = ()
    if ending := data["ending"]:
        when = t("points.ending", points=ending["points"], day=_day(ending["day"], t))
        rows = (Row(label=t("points.ending_label"), text=when),)
    title = t("points.balance", points=data["points"])
    return [Card(title=title, rows=rows, buttons=_open(data["url"], t))]


@notice("points.expiring", push=True)
def expiring(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Points that end soon. Data: `points`, `day`, `days` until then, `balance`, `url` or None."""
    title = t("points.expiring", points=data["points"], days=data["days"])
    text = t("points.expiring_text", day=_day(data["day"], t), balance=data["balance"])
    return [Card(title=title, text=text, buttons=_open(data["url"], t))]


@notice("points.incentive", push=True)
def incentive(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Points for linking. Data: `points` and `balance`."""
    title = t("points.incentive", points=data["points"])
    return [Card(title=title, text=t("points.now", balance=data["balance"]))]


@notice("points.birthday", push=True)
def birthday(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Points for the birthday. Data: `points`, `balance`, `url` or None."""
    title = t("points.birthday", points=data["points"])
    text = t("points.now", balance=data["balance"])
    return [Card(title=title, text=text, buttons=_open(data["url"], t))]


def _open(url: str | None, t: Translator) -> tuple[Open, ...]:
    return (Open(label=t("points.button"), uri=url),) if url else ()


def _day(written: str, t: Translator) -> Words:
    day = date.fromisoformat(written)
    return t("points.day", year=day.year, month=day.month, day=day.day)
