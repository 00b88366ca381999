"""How long and how often: the one table of the limits of staff (docs/limits.md shows it)."""

from typing import Final

from app.domain.limit import Limit
from app.passwords import LONGEST

TRIES: Final = 5
NETWORK_TRIES: Final = 50
LETTERS: Final = 5
TRIES_SECONDS: Final = 900
PASSWORD_SHORTEST: Final = 8
IDLE_SECONDS: Final = 12 * 3600
SESSION_SECONDS: Final = 7 * 24 * 3600
STEP_SECONDS: Final = 600
RESET_SECONDS: Final = 1800
INVITE_SECONDS: Final = 3 * 24 * 3600
RECOVERY: Final = 8

LIMITS: Final = (
    Limit("staff_tries", TRIES, "items", "ours: wrong passwords, wrong second factors"),
    Limit("staff_network_tries", NETWORK_TRIES, "items", "ours: wrong tries of one address"),
    Limit("staff_letters", LETTERS, "items", "ours: resets asked for one address"),
    Limit("staff_tries_time", TRIES_SECONDS, "seconds", "ours: counted from the first"),
    Limit("staff_password_shortest", PASSWORD_SHORTEST, "characters", "NIST SP 800-63B, 3.1.1.2"),
    Limit("staff_password", LONGEST, "characters", "ours: a longer one is wrong"),
    Limit("staff_session_idle", IDLE_SECONDS, "seconds", "ours: a working day"),
    Limit("staff_session", SESSION_SECONDS, "seconds", "ours: then the password again"),
    Limit("staff_second_factor", STEP_SECONDS, "seconds", "ours: between password and code"),
    Limit("staff_reset", RESET_SECONDS, "seconds", "the issue: single use"),
    Limit("staff_invitation", INVITE_SECONDS, "seconds", "ours: single use"),
    Limit("staff_recovery_codes", RECOVERY, "items", "ours: each works once"),
)
