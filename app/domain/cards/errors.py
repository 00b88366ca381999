"""Why a code of a member card is not taken, or not made."""

from app.errors import ComeAgain, TsunaguError


class Refused(TsunaguError):
    """A scan that leads to nobody; ten of them within a minute are the end (scans.py)."""


class CodeUnknown(Refused):
    """Not a code of ours, or one so old that it is forgotten."""

    status = 404
    code = "qr_unknown"


class CodeUsed(Refused):
    """The code, or another one that the same person showed, has been used."""

    status = 409
    code = "qr_used"


class CodeExpired(Refused):
    """The code is too old, or the link it was made for has ended."""

    status = 410
    code = "qr_expired"


class OtherAccount(Refused):
    """The code was shown at an official account that is not the asker's to serve."""

    status = 403
    code = "qr_other_account"


class MemberSuspended(Refused):
    """The shop has suspended this membership."""

    status = 403
    code = "member_suspended"


class TooManyScans(ComeAgain):
    """Too many bad scans within a minute; `retry_after` is in seconds."""

    code = "too_many_scans"


class TooManyCodes(ComeAgain):
    """The person's pages ask for codes far more often than they need; `retry_after`: seconds."""

    code = "too_many_codes"
