"""How long a session at a counter is good, in one table; docs/limits.md shows it."""

from typing import Final

from app.domain.limit import Limit

SESSION_SECONDS: Final = 600
UNDO_SECONDS: Final = 600
CAPPED_SECONDS: Final = 86_400
REASON: Final = 200
FOUND: Final = 20
SHORTEST_NAME: Final = 2

LIMITS: Final = (
    Limit("counter_session", SESSION_SECONDS, "seconds", "ours: one scan or look-up"),
    Limit("counter_undo", UNDO_SECONDS, "seconds", "ours: after the act"),
    Limit("look_up_redeem", CAPPED_SECONDS, "seconds", "ours: a role's points count within it"),
    Limit("look_up_reason", REASON, "characters", "ours"),
    Limit("look_up_found", FOUND, "items", "ours: more than these are not shown"),
)
