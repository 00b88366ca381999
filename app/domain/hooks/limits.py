"""How many, how long and how often: where facts are told, in one table (docs/limits.md)."""

from typing import Final

from app.domain.limit import Limit
from app.egress.call import ANSWER_BYTES

URL: Final = 500
KINDS: Final = 50
ENDPOINTS: Final = 20
TRIES: Final = 10
CALL_SECONDS: Final = 10
KEPT_DAYS: Final = 30
DEAD_DAYS: Final = 90

LIMITS: Final = (
    Limit("hook_url", URL, "characters", "ours"),
    Limit("hook_kinds", KINDS, "items", "ours: of one endpoint"),
    Limit("hook_endpoints", ENDPOINTS, "items", "ours: of the company"),
    Limit("hook_tries", TRIES, "items", "ours: over 75 hours, see rules.WAITS"),
    Limit("hook_call", CALL_SECONDS, "seconds", "ours: one call, from the name to the answer"),
    Limit("hook_answer", ANSWER_BYTES, "bytes", "ours: more of an answer is not read"),
    Limit("hook_kept", KEPT_DAYS, "days", "ours: what was taken"),
    Limit("hook_dead_kept", DEAD_DAYS, "days", "ours: what was not taken can be repeated so long"),
)
