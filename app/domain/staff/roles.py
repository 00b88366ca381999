"""The declared policy: what each role may do, and how much of it. Data, nothing else."""

from collections.abc import Mapping
from typing import Final

OWNER: Final = "owner"
MANAGER: Final = "manager"
MARKETER: Final = "marketer"
OPERATOR: Final = "operator"
CLERK: Final = "clerk"
VIEWER: Final = "viewer"

ROLES: Final = (OWNER, MANAGER, MARKETER, OPERATOR, CLERK, VIEWER)

_LEAD: Final = frozenset({OWNER, MANAGER})
_COUNTER: Final = _LEAD | {OPERATOR, CLERK}

PERMISSIONS: Final[Mapping[str, frozenset[str]]] = {
    "counter.scan": _COUNTER,
    "counter.redeem": _COUNTER,
    "members.look_up": _COUNTER,
    "members.suspend": _LEAD,
    "points.adjust": _LEAD | {OPERATOR},
    "points.approve": _LEAD,
    "coupons.issue": _LEAD | {OPERATOR},
    "reservations.keep": _COUNTER,
    "reservations.close_day": _LEAD,
    "reservations.share": _LEAD,
    "orders.keep": _COUNTER,
    "orders.refund": _LEAD | {OPERATOR},
    "team.manage": _LEAD,
    "keys.manage": frozenset({OWNER}),
    "audit.read": _LEAD,
}
"""Permission -> the roles that have it. A route's mark names one of these (app/access.py)."""

ADJUSTMENT: Final[Mapping[str, int]] = {OWNER: 100_000, MANAGER: 10_000, OPERATOR: 1_000}
"""Role -> points that one adjustment may move without a second person; other roles adjust none."""

REDEEM_AFTER_LOOK_UP: Final[Mapping[str, int]] = {
    OWNER: 10_000, MANAGER: 10_000, OPERATOR: 1_000, CLERK: 500
}  # fmt: skip
"""Role -> points of a member that may be spent in a store within a day after look-ups, without a
scanned code."""

MAKES: Final[Mapping[str, frozenset[str]]] = {
    OWNER: frozenset(ROLES),
    MANAGER: frozenset({MARKETER, OPERATOR, CLERK, VIEWER}),
}
"""Role -> the roles of people whom it may invite, change and suspend."""
