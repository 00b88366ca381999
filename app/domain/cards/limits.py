"""How long a code lives and how often it may be tried, in one table; docs/limits.md shows it."""

from typing import Final

from app.domain.limit import Limit

CODE_BITS: Final = 130
LIFE_SECONDS: Final = 30
GRACE_SECONDS: Final = 5
RENEW_SECONDS: Final = 15
CODES_A_MINUTE: Final = 60
BAD_SCANS: Final = 10
BAD_SCANS_SECONDS: Final = 60

LIMITS: Final = (
    Limit("card_code", CODE_BITS, "bits", "P10: at least 128; 26 signs of five bits"),
    Limit("card_life", LIFE_SECONDS, "seconds", "P10"),
    Limit("card_grace", GRACE_SECONDS, "seconds", "P10: still taken after its life"),
    Limit("card_renewal", RENEW_SECONDS, "seconds", "P10: the page then shows another code"),
    Limit("card_codes", CODES_A_MINUTE, "items", "ours: for one person within a minute"),
    Limit("bad_scans", BAD_SCANS, "items", "P10: per device and per staff member"),
    Limit("bad_scans_time", BAD_SCANS_SECONDS, "seconds", "P10"),
)
