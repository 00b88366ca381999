"""How long and how often: the one table of the limits of linking (docs/limits.md shows it)."""

from typing import Final

from app.domain.limit import Limit
from app.passwords import LONGEST

CLAIM_SECONDS: Final = 600
TRIES: Final = 5
TRIES_SECONDS: Final = 900
CODE_DIGITS: Final = 6
FAMILY: Final = 10
WEB_SECONDS: Final = 1800

LIMITS: Final = (
    Limit("link_session", CLAIM_SECONDS, "seconds", "P11: also of codes and nonces, used once"),
    Limit("link_tries", TRIES, "items", "P11: wrong proofs, and codes sent"),
    Limit("link_tries_time", TRIES_SECONDS, "seconds", "P11: per member and per LINE user"),
    Limit("link_code", CODE_DIGITS, "digits", "ours"),
    Limit("link_family", FAMILY, "items", "ours: members of one address"),
    Limit("link_password", LONGEST, "characters", "ours: a longer one is wrong"),
    Limit("web_session", WEB_SECONDS, "seconds", "ours: a login outside of LINE"),
)
