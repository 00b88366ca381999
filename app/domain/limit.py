"""One row of a table of limits; each feature has such a table, and docs/limits.md shows them."""

from typing import Literal, NamedTuple

Unit = Literal[
    "characters",
    "digits",
    "items",
    "bits",
    "bytes",
    "rows",
    "seconds",
    "minutes",
    "hours",
    "days",
    "points",
    "yen",
    "percent",
]


class Limit(NamedTuple):
    """The largest allowed value of one thing."""

    name: str
    value: int
    unit: Unit
    source: str
