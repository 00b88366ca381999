"""How many, how long, how far back: the one table of the limits of points (docs/limits.md)."""

from typing import Final

from app.domain.limit import Limit

POINTS: Final = 1_000_000
PAID: Final = 10_000_000
PERCENT: Final = 10_000
DAYS: Final = 3650
REASON: Final = 200
KEY: Final = 120
TIER_CODE: Final = 20
TIER_NAME: Final = 20
PAGE: Final = 20
SHARDS: Final = 16
AHEAD: Final = 12

LIMITS: Final = (
    Limit("points_entry", POINTS, "points", "ours: points that one entry moves"),
    Limit("points_paid", PAID, "yen", "ours: what one earning is for"),
    Limit("points_percent", PERCENT, "percent", "ours: a multiplier, 100 is once"),
    Limit("points_days", DAYS, "days", "ours: of a rule, ten years"),
    Limit("points_reason", REASON, "characters", "ours"),
    Limit("points_key", KEY, "characters", "ours: scope and key each"),
    Limit("points_tier_code", TIER_CODE, "characters", "ours"),
    Limit("points_tier_name", TIER_NAME, "characters", "ours: in each language"),
    Limit("points_page", PAGE, "rows", "ours: of the history at once"),
    Limit("points_shards", SHARDS, "rows", "ours: house accounts, so that few wait for one"),
    Limit("points_ahead", AHEAD, "rows", "ours: days of expiry shown at once"),
)
