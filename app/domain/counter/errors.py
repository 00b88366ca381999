"""Why something is not done at a counter."""

from app.domain.cards.errors import Refused
from app.errors import NotFound, TsunaguError


class NoSuchSession(NotFound):
    """There is no such session, or it is another staff member's."""

    code = "no_such_counter_session"


class SessionOver(TsunaguError):
    """The ten minutes are over, or it was ended."""

    status = 410
    code = "counter_session_over"


class AlreadyVisited(TsunaguError):
    """The member has checked in with this very scan already."""

    status = 409
    code = "already_checked_in"


class NothingToUndo(TsunaguError):
    """Nothing was done in this session that is not undone already."""

    status = 409
    code = "nothing_to_undo"


class TooLateToUndo(TsunaguError):
    """The last act is more than ten minutes old."""

    status = 409
    code = "too_late_to_undo"


class NoReason(TsunaguError):
    """A look-up without a reason, or with one that is too long."""

    status = 422
    code = "reason_needed"


class RedeemCapped(TsunaguError):
    """More points than the role may spend for somebody who showed no code; `most` in a day."""

    status = 403
    code = "redeem_capped"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} in a day")
        self.extra = {"most": most}


class WrongFactor(Refused):
    """Neither the day of birth nor the end of the phone number that are registered."""

    status = 403
    code = "wrong_factor"
