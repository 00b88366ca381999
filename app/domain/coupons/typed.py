"""Codes that people type: a right one brings a coupon, wrong ones are counted and soon stopped.

A guess is noted before its code is looked up and given back if there is such a coupon. Whoever
guesses at the same moment waits for the lock of the person, so that all guesses count.
"""

from datetime import datetime

from sqlalchemy import delete, select

from app import clock
from app.db import db, transaction
from app.domain.coupons import limits, rules, service
from app.domain.coupons.errors import TooManyGuesses, WrongCode
from app.domain.coupons.models import Coupon, CouponGuess
from app.domain.people import service as people
from app.faults import unsafe


def redeem(person_id: int, member_id: int, written: str, *, cause: str) -> int:
    """Give a member the coupon whose code a person typed; answers the grant's id.

    Raises TooManyGuesses, WrongCode, and what `service.issue` raises.
    """
    code = rules.canonical(written)
    with transaction():
        guess_id = _note(person_id)
    with transaction():
        if code is None or not _is_typed(code, ("word", "bare")):
            raise WrongCode(_left(person_id))
        db.session.execute(delete(CouponGuess).where(CouponGuess.id == guess_id))
    return service.issue(code, member_id, cause=cause)


def is_bare_code(person_id: int, said: str) -> bool:
    """Whether a text is the code of a coupon that may be typed alone.

    What only looks like one is a wrong guess, and whoever has made too many is told no more.
    """
    code = rules.canonical(said)
    if code is None or not rules.may_be_bare(code):
        return False
    with transaction():
        try:
            guess_id = _note(person_id)
        except TooManyGuesses:
            return False
        found = _is_typed(code, ("bare",))
        if found:
            db.session.execute(delete(CouponGuess).where(CouponGuess.id == guess_id))
        return found


def _note(person_id: int) -> int:
    if not unsafe("uncounted_tries"):
        people.lock(person_id)
    if seconds := rules.wait(_recent(person_id), clock.now()):
        raise TooManyGuesses(seconds)
    guess = CouponGuess(person_id=person_id, at=clock.now())
    db.session.add(guess)
    db.session.flush()  # It may be given back by its id.
    return guess.id


def _left(person_id: int) -> int:
    return max(0, limits.GUESSES - len(_recent(person_id)))


def _recent(person_id: int) -> list[datetime]:
    wanted = select(CouponGuess.at).filter_by(person_id=person_id)
    return list(db.session.scalars(wanted.where(CouponGuess.at > clock.now() - rules.WINDOW)))


def _is_typed(code: str, ways: tuple[str, ...]) -> bool:
    wanted = select(Coupon.id).filter_by(code=code, active=True).where(Coupon.typed.in_(ways))
    return db.session.scalar(wanted) is not None
