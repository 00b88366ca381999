"""Forgetting guesses and spent codes for the counter after a day. Coupons and uses stay."""

from app import clock
from app.domain.coupons.models import CouponCode, CouponGuess
from app.forget import forget

_DAY = 24 * 3600


def forget_old() -> int:
    """Delete what has ended; answers how many rows."""
    before = clock.after(-_DAY)
    guesses = forget(CouponGuess, CouponGuess.at < before)
    return guesses + forget(CouponCode, CouponCode.expires_at < before)
