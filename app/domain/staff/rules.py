"""Pure rules of staff: secrets, tries, second factors, who may make whom."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import pyotp

from app.domain.members import rules as fields
from app.domain.members.errors import BadValue
from app.domain.members.limits import NAME
from app.domain.staff import limits, roles
from app.domain.staff.errors import BadStaff
from app.i18n import plain
from app.passwords import LONGEST

WINDOW: Final = timedelta(seconds=limits.TRIES_SECONDS)
IDLE: Final = timedelta(seconds=limits.IDLE_SECONDS)
LIFE: Final = timedelta(seconds=limits.SESSION_SECONDS)
STEP: Final = timedelta(seconds=limits.STEP_SECONDS)
RESET: Final = timedelta(seconds=limits.RESET_SECONDS)
INVITE: Final = timedelta(seconds=limits.INVITE_SECONDS)

_TOTP_SECONDS = 30  # RFC 6238, 5.2.
_ISSUER = "Tsunagu"
_RECOVERY_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # None of them looks like another.
_RECOVERY_LENGTH = 10


def new_token() -> str:
    """A secret nobody can guess: 256 bits."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is kept of a secret of ours."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf(token: str) -> str:
    """What a form of this session must bring; the session's token cannot be read from it."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal; takes as long if they are not."""
    return hmac.compare_digest(one.encode(), other.encode())


def subject(kind: str, what: str) -> str:
    """Whose tries are counted: of an address or network, known or not, as one fixed length."""
    return f"{kind}/{fingerprint(what)}"


def wait(count: int, most: int, since: datetime, now: datetime) -> int:
    """Seconds until the next try; 0 if this one, the `count`-th since `since`, may be made."""
    if count <= most:
        return 0
    # A clock that was put back must not keep anybody waiting for longer than the window.
    return max(1, int(min(since + WINDOW - now, WINDOW).total_seconds()) + 1)


def email(written: str) -> str:
    """An address as we keep and compare it; raises BadStaff."""
    try:
        return fields.email(written)
    except BadValue as error:
        raise BadStaff("email", error.en) from error


def typed_email(written: str) -> str:
    """An address somebody typed to be found by; what is none is compared as it stands."""
    try:
        return email(written)
    except BadStaff:
        return plain(written)[:254]


def named(written: str) -> str:
    """A name in one line; raises BadStaff."""
    try:
        name = fields.text(written, NAME)
    except BadValue as error:
        raise BadStaff("name", error.en) from error
    if not name:
        raise BadStaff("name", "is missing")
    return name


def password(written: str, address: str) -> str:
    """A new password: long enough, and not the address; raises BadStaff."""
    if not limits.PASSWORD_SHORTEST <= len(written) <= LONGEST:
        raise BadStaff("password", f"needs {limits.PASSWORD_SHORTEST} to {LONGEST} characters")
    if plain(written) in (address, address.partition("@")[0]):
        raise BadStaff("password", "must not be the address")
    return written


def role(written: str) -> str:
    """One of the roles; raises BadStaff."""
    if written not in roles.ROLES:
        raise BadStaff("role", "is none of ours")
    return written


def may_make(maker: str, *made: str) -> bool:
    """Whether a role may invite, change or suspend people of these roles."""
    return set(made) <= roles.MAKES.get(maker, frozenset())


def within(given: Collection[int] | None, own: frozenset[int] | None) -> bool:
    """Whether a scope (None: all) lies inside one's own."""
    return own is None or (given is not None and set(given) <= own)


def new_secret() -> str:
    """A TOTP secret, 160 bits in base32 (RFC 4226, 4)."""
    return pyotp.random_base32()


def totp_address(secret: str, account: str, shop: str) -> str:
    """The otpauth:// address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=shop or _ISSUER)


def step_of(secret: str, code: str, now: datetime, used: int | None) -> int | None:
    """The 30 seconds whose code this is, now or next to it, and after the last one used."""
    present = int(now.timestamp()) // _TOTP_SECONDS
    totp = pyotp.TOTP(secret)
    given = typed(code)
    right = [n for n in (present - 1, present, present + 1) if same(totp.generate_otp(n), given)]
    return next((step for step in right if used is None or step > used), None)


def typed(code: str) -> str:
    """A code as somebody typed it: full width, with spaces or hyphens."""
    return "".join(sign for sign in plain(code) if sign.isalnum())[:40]


def new_recovery() -> list[str]:
    """Codes for the day the phone is lost; 49 bits each."""
    return [
        "".join(secrets.choice(_RECOVERY_SIGNS) for _ in range(_RECOVERY_LENGTH))
        for _ in range(limits.RECOVERY)
    ]


def left_of(kept: Sequence[str], code: str) -> list[str] | None:
    """The recovery codes left after this one was used; None if it is none of them."""
    given = fingerprint(typed(code))
    return [each for each in kept if each != given] if given in kept else None
