"""Why a coupon is not defined, not issued or not used, and why a gift code is not given."""

from collections.abc import Sequence

from app.errors import ComeAgain, NotFound, TsunaguError


class BadCoupon(TsunaguError):
    """A definition that makes no sense; the text names the fields."""

    status = 422
    code = "bad_coupon"


class NoSuchCoupon(NotFound):
    """No coupon has this code."""

    code = "no_such_coupon"


class NoSuchGrant(NotFound):
    """The member has no such coupon."""

    code = "no_such_coupon_grant"


class CouponOver(TsunaguError):
    """The coupon is issued no more: it has ended or was taken out of issue."""

    status = 410
    code = "coupon_over"


class OwnCoupon(TsunaguError):
    """Nobody gives themselves one."""

    status = 403
    code = "own_coupon"


class CouponNotYet(TsunaguError):
    """The coupon's time has not come."""

    status = 409
    code = "coupon_not_yet"


class OutOfStock(TsunaguError):
    """All coupons, or all codes of a pool, have been given out."""

    status = 409
    code = "out_of_stock"


class OverLimit(TsunaguError):
    """The member has had as many of this coupon as one person may have."""

    status = 409
    code = "over_limit"


class WrongCode(TsunaguError):
    """No coupon is typed in so; `tries_left` more may be tried."""

    status = 404
    code = "wrong_coupon_code"

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"{tries_left} tries left")
        self.extra = {"tries_left": tries_left}


class TooManyGuesses(ComeAgain):
    """Too many wrong codes; `retry_after` is in seconds."""

    code = "too_many_tries"


class CouponExpired(TsunaguError):
    """The member's coupon is good no more, or was taken back."""

    status = 410
    code = "coupon_expired"


class CouponUsed(TsunaguError):
    """The member's coupon has been used."""

    status = 409
    code = "coupon_used"


class WrongStore(TsunaguError):
    """The coupon is not taken at this store."""

    status = 403
    code = "coupon_wrong_store"


class NotCombinable(TsunaguError):
    """The coupon cannot be used together with another one of this visit to the counter."""

    status = 409
    code = "coupon_not_combinable"


class NoSuchUse(NotFound):
    """No coupon was used so."""

    code = "no_such_coupon_use"


class UndoTooLate(TsunaguError):
    """A use can be undone for ten minutes only."""

    status = 409
    code = "coupon_undo_too_late"


class KeyTaken(TsunaguError):
    """The cause or key was used for something else."""

    status = 422
    code = "coupon_key_taken"


class NoSuchPool(NotFound):
    """No pool of gift codes has this name."""

    code = "no_such_gift_pool"


class NoSuchGift(NotFound):
    """The member has no gift code of this pool."""

    code = "no_such_gift"


class NoSuchPicture(NotFound):
    """No coupon shows this picture, or its file has gone."""

    code = "no_such_picture"


class BadGiftFile(TsunaguError):
    """A file of gift codes that was not taken; `problems` are (line, ja, en), without the codes."""

    status = 422
    code = "bad_gift_file"

    def __init__(self, problems: Sequence[tuple[int, str, str]]) -> None:
        super().__init__("; ".join(f"line {line}: {en}" for line, _, en in problems[:5]))
        self.problems = problems
