"""How much a store's calendar may hold: the one table of its limits (docs/limits.md)."""

from typing import Final

from app.domain.limit import Limit

ZONE: Final = 40
OPENS: Final = 6
REASON: Final = 200
LAST_ORDER: Final = 600
RANGE: Final = 400

LIMITS: Final = (
    Limit("hours_zone", ZONE, "characters", "ours: a name of the IANA time zone database"),
    Limit("hours_opens", OPENS, "items", "ours: times of opening on one day"),
    Limit("hours_reason", REASON, "characters", "ours: why a day is otherwise"),
    Limit("hours_last_order", LAST_ORDER, "minutes", "ours"),
    Limit("hours_range", RANGE, "days", "ours: asked for at once"),
)
