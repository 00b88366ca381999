"""Passwords: argon2id hashes, and Werkzeug's scrypt where a shop brings such; made and checked."""

from functools import cache
from typing import TYPE_CHECKING, Final

from werkzeug.security import check_password_hash

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST: Final = 200
"""Characters of a password; a longer one is wrong, for hashing it would cost more and more."""

_SCRYPT = "scrypt:"
_LONGEST_HASH = 255

# OWASP's Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. The library's own
# 64 MiB for each login at once would be most of what a small server has.
_MEMORY_KIB, _PASSES, _LANES = 19 * 1024, 2, 1


def hashed(password: str) -> str:
    """The hash of a password, as `right` checks it."""
    return _hasher().hash(password)


def right(password: str, kept: str | None) -> bool:
    """Whether the password has this hash; takes as long for nobody's. Some 30 ms of CPU."""
    given = password if len(password) <= LONGEST else ""
    if kept is not None and kept.startswith(_SCRYPT):
        return check_password_hash(kept, given) and bool(given)
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobody(), given)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None and bool(given)


def readable(password_hash: str) -> bool:
    """Whether `right` can check this hash."""
    if len(password_hash) > _LONGEST_HASH:
        return False
    if password_hash.startswith(_SCRYPT):
        try:
            check_password_hash(password_hash, "")  # Its numbers may be none that scrypt takes.
        except ValueError:
            return False
        return password_hash.count("$") == 2
    from argon2.exceptions import InvalidHashError

    try:
        _hasher().check_needs_rehash(password_hash)
    except InvalidHashError:
        return False
    return password_hash.startswith("$argon2")


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # Most processes never check a password.

    return PasswordHasher(memory_cost=_MEMORY_KIB, time_cost=_PASSES, parallelism=_LANES)


@cache
def _nobody() -> str:
    """Checked where nobody is known, so that the answer takes as long."""
    return _hasher().hash("nobody has this password")
