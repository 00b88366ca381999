"""The states of an order, as data: from where to where, which way, and what a customer may do."""

from collections.abc import Mapping
from typing import Final, Literal

Way = Literal["pickup", "delivery", "other"]
State = Literal[
    "placed",
    "accepted",
    "preparing",
    "ready",
    "out",
    "done",
    "refused",
    "cancelled",
    "refunded",
]

MOVES: Final[Mapping[str, frozenset[str]]] = {
    "placed": frozenset({"accepted", "refused", "cancelled"}),
    "accepted": frozenset({"preparing", "ready", "out", "cancelled"}),
    "preparing": frozenset({"ready", "out", "cancelled"}),
    "ready": frozenset({"done", "cancelled"}),
    "out": frozenset({"done", "cancelled"}),
    "done": frozenset({"refunded"}),
    "refused": frozenset(),
    "cancelled": frozenset(),
    "refunded": frozenset(),
}
"""State -> those that may come next. All begin at placed."""

ONLY_WAY: Final[Mapping[str, Way]] = {"ready": "pickup", "out": "delivery"}
"""States that only orders of one way have; those of other systems have any."""

CUSTOMERS: Final[Mapping[str, frozenset[str]]] = {"placed": frozenset({"cancelled"})}
"""What customers may do themselves: cancel until the store has accepted."""

ENDED: Final = frozenset({"done", "refused", "cancelled", "refunded"})
UNDONE: Final = frozenset({"refused", "cancelled"})
"""States in which stock, slot, points and coupon have gone back."""


def may(old: str, new: str, way: str, *, customer: bool = False) -> bool:
    """Whether an order of this way may go from one state to another."""
    moves = CUSTOMERS if customer else MOVES
    fits = way == "other" or ONLY_WAY.get(new, way) == way
    return fits and new in moves.get(old, frozenset())
