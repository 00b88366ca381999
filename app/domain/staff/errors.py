"""Why somebody is not let in, or may not change something."""

from app.errors import ComeAgain, NotFound, TsunaguError


class WrongLogin(TsunaguError):
    """Not this address with this password, or suspended: nobody is told which."""

    status = 403
    code = "wrong_login"


class WrongCode(TsunaguError):
    """The second factor is wrong or was used before."""

    status = 403
    code = "wrong_code"


class TooOften(ComeAgain):
    """Too many tries for this account or from this network; `retry_after` is in seconds."""

    code = "too_many_tries"


class LetterOver(TsunaguError):
    """The link of the mail is too old, used, or replaced by a newer one."""

    status = 410
    code = "letter_over"


class NotAllowed(TsunaguError):
    """A function that the role does not have, or a person it may not change."""

    status = 403
    code = "not_allowed"


class NoSuchStaff(NotFound):
    """Nobody, or somebody outside of the asker's scope."""

    code = "no_such_staff"


class BadStaff(TsunaguError):
    """What was written does not fit; `field` names where: email, name, password, role, scope."""

    status = 422
    code = "bad_staff"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.extra = {"field": field, "why": why}


class LastOwner(TsunaguError):
    """Somebody has to own the shop."""

    status = 409
    code = "last_owner"
