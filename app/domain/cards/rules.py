"""How a code of a member card is written and read: pure rules.

`T1` and 26 signs of Crockford's Base 32 (https://www.crockford.com/base32.html): capitals and
digits alone, which a QR code keeps in its alphanumeric mode (ISO/IEC 18004, 7.4.4), without the
letters that people misread. The two first signs tell what kind of code it is.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from app.domain.cards import limits

KIND: Final = "T1"
"""How the codes of member cards begin."""

DEAD_AFTER: Final = timedelta(seconds=limits.LIFE_SECONDS + limits.GRACE_SECONDS)
"""So long after it was made a code is taken."""

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = limits.CODE_BITS // 5
_READ_AS = str.maketrans("ILO", "110")


def new_code(kind: str = KIND) -> str:
    """A code that nobody can guess."""
    number = secrets.randbits(limits.CODE_BITS)
    return kind + "".join(_SIGNS[number >> 5 * place & 31] for place in range(_LENGTH))


def read(written: str, kind: str = KIND) -> str | None:
    """The code as a camera, a bar-code reader or a person wrote it; None for what is no code."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", written[:200])).upper()
    if not plain.startswith(kind):
        return None
    signs = plain.removeprefix(kind).translate(_READ_AS)
    whole = len(signs) == _LENGTH and all(sign in _SIGNS for sign in signs)
    return kind + signs if whole else None


def fingerprint(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def wait(times: Sequence[datetime], now: datetime, *, most: int, seconds: int) -> int:
    """Whole seconds until fewer than `most` of `times` lie within `seconds`; 0 for now."""
    recent = sorted(at for at in times if at > now - timedelta(seconds=seconds))
    if len(recent) < most:
        return 0
    ends = recent[-most] + timedelta(seconds=seconds)
    return max(1, int((ends - now).total_seconds()) + 1)
