"""A text that remembers which of its characters are data, so that only those are shortened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import regex

from app.line import limits

ELLIPSIS: Final = "…"
_GRAPHEME = regex.compile(r"\X")
# One cluster can carry any number of marks. The longest emoji has 15 units; nothing honest has 20.
_UNITS_PER_GRAPHEME = 20


class Part(NamedTuple):
    """A piece of a text; `data` is True for what a person or a record brought in."""

    text: str
    data: bool


@dataclass(frozen=True)
class Size:
    """A largest length, counted in UTF-16 units or in grapheme clusters."""

    limit: int
    unit: str
    measure: Callable[[str], int]


def units(limit: int) -> Size:
    """Return a size in UTF-16 code units."""
    return Size(limit, "UTF-16 units", limits.utf16_len)


def clusters(limit: int) -> Size:
    """Return a size in grapheme clusters."""
    return Size(limit, "graphemes", _clusters)


def _clusters(text: str) -> int:
    floor = -(-limits.utf16_len(text) // _UNITS_PER_GRAPHEME)
    return max(limits.graphemes(text), floor)


class TextError(ValueError):
    """A text or a value in it cannot be used. The message names keys, never what a person wrote."""


class Words(str):
    """A finished text. `key` names where its fixed part was written."""

    __slots__ = ("key", "parts")
    key: str
    parts: tuple[Part, ...]

    def __new__(cls, key: str, parts: Sequence[Part]) -> "Words":
        words = super().__new__(cls, "".join(part.text for part in parts))
        words.key = key
        words.parts = tuple(parts)
        return words

    def fit(self, size: Size) -> str:
        """Return the text within the size, with data shortened where it is too long.

        Raises TextError when the fixed part alone is too long: somebody wrote it, and can mend it.
        """
        parts = list(self.parts)
        text = str(self)
        while (excess := size.measure(text) - size.limit) > 0:
            _shorten_longest(self.key, parts, excess, size)
            text = "".join(part.text for part in parts)
        return text


def of_data(text: str) -> Words:
    """Return words that are data from the first character to the last."""
    return Words("data", [Part(clean(text), data=True)])


def joined(separator: str, texts: Sequence[Words]) -> Words:
    """Return the texts as one, with a separator between them."""
    parts: list[Part] = []
    for text in texts:
        parts += [Part(separator, data=False), *text.parts]
    return Words(texts[0].key, parts[1:])


def clean(value: str) -> str:
    """Return the value as it is, except for halves of surrogate pairs: UTF-8 cannot hold them."""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _shorten_longest(key: str, parts: list[Part], excess: int, size: Size) -> None:
    lengths = [size.measure(part.text) if part.data else 0 for part in parts]
    longest = max(range(len(parts)), key=lengths.__getitem__)
    if lengths[longest] <= 1:
        raise TextError(f"{key} is longer than {size.limit:,} {size.unit}")
    room = lengths[longest] - max(excess, 1)
    parts[longest] = Part(_shortened(parts[longest].text, max(room, 1), size), data=True)


def _shortened(text: str, limit: int, size: Size) -> str:
    """Cut between two grapheme clusters, so that no emoji or letter falls apart."""
    kept = ""
    for cluster in _GRAPHEME.finditer(text):
        longer = kept + cluster.group()
        if size.measure(longer + ELLIPSIS) > limit:
            break
        kept = longer
    return kept + ELLIPSIS
