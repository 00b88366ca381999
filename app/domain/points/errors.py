"""What can be refused about points."""

from app.errors import NotFound, TsunaguError


class BadPoints(TsunaguError):
    """An amount, reason or rule outside of what limits.py allows; the text names it."""

    status = 422
    code = "bad_points"


class NotEnough(TsunaguError):
    """The member has fewer points; `balance` in the answer says how many."""

    status = 409
    code = "not_enough_points"

    def __init__(self, balance: int) -> None:
        super().__init__(f"balance {balance}")
        self.extra = {"balance": balance}


class NoSuchTransfer(NotFound):
    """No transfer has this id."""

    code = "no_such_transfer"


class AlreadyReversed(TsunaguError):
    """The transfer has been reversed or voided before."""

    status = 409
    code = "already_reversed"


class NotReversible(TsunaguError):
    """An expiry, or what is itself a reversal, is not reversed."""

    status = 409
    code = "not_reversible"


class PointsKeyReused(TsunaguError):
    """The key stands for another transfer already."""

    status = 422
    code = "points_key_reused"


class NoSuchAdjustment(NotFound):
    """No request for an adjustment has this id."""

    code = "no_such_adjustment"


class AdjustmentDecided(TsunaguError):
    """Somebody approved or refused the request before."""

    status = 409
    code = "adjustment_decided"


class OwnAdjustment(TsunaguError):
    """Nobody adjusts their own points, and nobody approves what they asked for."""

    status = 403
    code = "own_adjustment"


class AboveLimit(TsunaguError):
    """More points than this role may approve; `limit` in the answer says how many."""

    status = 403
    code = "above_adjustment_limit"

    def __init__(self, limit: int) -> None:
        super().__init__(f"limit {limit}")
        self.extra = {"limit": limit}
