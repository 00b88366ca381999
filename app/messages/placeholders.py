"""The closed grammar of placeholders in texts: nothing in a text or a value is ever executed.

    {name}            the value called name; missing or empty is an error
    {name|fallback}   the same, with words for when it is missing
    {n:number}        1,280
    {at:date}         11月24日(火) or Tue, 24 Nov, in the shop's time zone
    {at:time}         18:30
    {at:day}          a date and a time as they are written, in their own time zone;
    {at:clock}        a day alone, such as 2026-11-24, can be a date
    {{ and }}         the braces themselves

A text is parsed once; values go in as those very characters and are never parsed (promise P21).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final

from app.messages.words import Part, TextError, Words, clean

FORMATS: Final = frozenset({"number", "date", "time", "day", "clock"})

_TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(?::([a-z]+))?(?:\|([^|]+))?\}")
_JA_DAYS = "月火水木金土日"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = (
    "",
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


@dataclass(frozen=True)
class Placeholder:
    """The place of one value in a text."""

    name: str
    format: str | None
    fallback: str | None


@dataclass(frozen=True)
class Locale:
    """How a person reads numbers and moments."""

    language: str
    zone: tzinfo


@dataclass(frozen=True)
class Template:
    """A parsed text."""

    key: str
    pieces: tuple[str | Placeholder, ...]

    @property
    def placeholders(self) -> frozenset[Placeholder]:
        return frozenset(piece for piece in self.pieces if isinstance(piece, Placeholder))

    def fill(self, values: Mapping[str, object], locale: Locale) -> Words:
        """Put the values in. Raises TextError for a missing value and for one of a wrong kind."""
        return Words(self.key, [self._part(piece, values, locale) for piece in self.pieces])

    def _part(self, piece: str | Placeholder, values: Mapping[str, object], locale: Locale) -> Part:
        if isinstance(piece, str):
            return Part(piece, data=False)
        value = values.get(piece.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return Part(self._fallback(piece, values), data=False)
        try:
            text = _formatted(value, piece.format, locale)
        except (TypeError, ValueError) as wrong:
            kind = piece.format or "text"
            raise TextError(f"{self.key}: {{{piece.name}}} is no {kind}") from wrong
        # Half a number or a date would be a lie, so only plain text may be shortened.
        return Part(text, data=piece.format is None)

    def _fallback(self, piece: Placeholder, values: Mapping[str, object]) -> str:
        if piece.fallback is not None:
            return piece.fallback
        if piece.name in values:
            raise TextError(f"{self.key}: {{{piece.name}}} is empty and has no fallback")
        raise TextError(f"{self.key}: there is no {{{piece.name}}}")


def parse(key: str, text: str) -> Template:
    """Parse a text. Raises TextError with the key where a brace or a placeholder is wrong."""
    return Template(key, tuple(_pieces(key, text)))


def _pieces(key: str, text: str) -> Iterator[str | Placeholder]:
    end = 0
    for token in _TOKEN.finditer(text):
        if token.start() > end:
            yield text[end : token.start()]
        yield _piece(key, token.group())
        end = token.end()
    if end < len(text):
        yield text[end:]


def _piece(key: str, token: str) -> str | Placeholder:
    if token in ("{{", "}}"):
        return token[0]
    found = _PLACEHOLDER.fullmatch(token)
    if found is None:
        raise TextError(f"{key}: {token!r} is no placeholder; a brace itself is written twice")
    name, form, fallback = found.groups()
    if form is not None and form not in FORMATS:
        raise TextError(f"{key}: {token} has an unknown format; known are {sorted(FORMATS)}")
    return Placeholder(name, form, fallback)


def _formatted(value: object, form: str | None, locale: Locale) -> str:
    if form == "number":
        return f"{_number(value):,}"
    if form == "date":
        return _date(_moment(value, locale), locale)
    if form == "time":
        return f"{_moment(value, locale):%H:%M}"
    if form == "day":
        return _date(_written(value), locale)
    if form == "clock":
        return f"{_written(value):%H:%M}"
    return clean(value) if isinstance(value, str) else str(_number(value))


def _number(value: object) -> int | Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    raise TypeError("not a number")


def _moment(value: object, locale: Locale) -> datetime:
    """Take an aware datetime, or one written in ISO 8601 as rows with JSON data hold it."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise TypeError("not a moment with a time zone")
    return moment.astimezone(locale.zone)


def _written(value: object) -> datetime:
    """Take a moment as it is written, for a place that may have another time zone than the shop."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    raise TypeError("not a moment in ISO 8601")


def _date(moment: datetime, locale: Locale) -> str:
    day = moment.weekday()
    if locale.language == "en":
        return f"{_EN_DAYS[day]}, {moment.day} {_EN_MONTHS[moment.month]}"
    return f"{moment.month}月{moment.day}日({_JA_DAYS[day]})"
