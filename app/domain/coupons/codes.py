"""The code by which a person's page shows one coupon to the counter: 30 seconds, once.

It is written and read as the code of a member card is (cards/rules.py), but begins with T2: a
scanner tells from it that a coupon is meant.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select, update

from app import clock
from app.db import changed, db, transaction
from app.domain.cards import limits as cards
from app.domain.cards import rules as writing
from app.domain.cards.errors import (
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    MemberSuspended,
    OtherAccount,
    TooManyCodes,
)
from app.domain.cards.service import Minted
from app.domain.coupons import counter, queries
from app.domain.coupons.counter import At, Used
from app.domain.coupons.errors import CouponExpired, CouponNotYet, CouponUsed
from app.domain.coupons.models import CouponCode, CouponGrant
from app.domain.members import queries as known_members
from app.domain.members import service as members
from app.faults import unsafe

KIND: Final = "T2"
"""How the codes of coupons begin."""

_MINUTE = 60
_WHY_NOT = {"used": CouponUsed, "expired": CouponExpired, "soon": CouponNotYet}


def mint(grant_id: int, *, member_id: int, person_id: int, account_id: int) -> Minted:
    """Make a code for a coupon inside the caller's transaction, which holds the person's lock and
    has seen that they are this member. Earlier codes stay good until they expire.

    Raises NoSuchGrant, CouponUsed, CouponExpired, CouponNotYet and TooManyCodes.
    """
    state = queries.card(grant_id, member_id).state
    if state != "usable":
        raise _WHY_NOT[state](f"grant {grant_id}")
    _check_often(person_id)
    code, now = writing.new_code(KIND), clock.now()
    row = CouponCode(
        code_hash=writing.fingerprint(code),
        grant_id=grant_id,
        person_id=person_id,
        account_id=account_id,
        issued_at=now,
        expires_at=now + writing.DEAD_AFTER,
    )
    db.session.add(row)
    db.session.flush()
    return Minted(code, now, clock.after(cards.LIFE_SECONDS))


@dataclass(frozen=True)
class Holder:
    """Whose page shows a code, and for which of their coupons."""

    member_id: int
    person_id: int
    grant_id: int


def holder(written: str, account_ids: Collection[int] | None) -> Holder:
    """Whose code this is, whatever became of it; raises CodeUnknown and OtherAccount."""
    row = _known(written, account_ids)
    return Holder(row.member_id, row.person_id, row.grant_id)


def use_by_code(
    written: str,
    at: At,
    *,
    key: str,
    account_ids: Collection[int] | None = None,
    member_id: int | None = None,
) -> Used:
    """Use the coupon that a code shows; the same `key` uses it once and answers the same.

    `account_ids`: those the staff member may serve, None for all. `member_id`: whose coupon it has
    to be, None for anybody's. A code whose coupon is refused is not spent. Raises CodeUnknown,
    CodeUsed, CodeExpired, OtherAccount, MemberSuspended, and what `counter.use` does.
    """
    with transaction():
        if (earlier := counter.of_key(key)) is not None:
            return earlier
        grant_id = _take(written, account_ids)
        used = counter.use(grant_id, at, key=key, member_id=member_id)
        _end(CouponCode.grant_id == grant_id)
        return used


def end_of_person(person_id: int) -> None:
    """The person's link ends inside the open transaction, and the codes of their page with it."""
    _end(CouponCode.person_id == person_id)


def _check_often(person_id: int) -> None:
    issued = select(CouponCode.issued_at).filter_by(person_id=person_id)
    recent = db.session.scalars(issued.where(CouponCode.issued_at > clock.after(-_MINUTE))).all()
    most = cards.CODES_A_MINUTE
    if again := writing.wait(recent, clock.now(), most=most, seconds=_MINUTE):
        raise TooManyCodes(again)


def _take(written: str, account_ids: Collection[int] | None) -> int:
    """Mark a code as used; answers the grant it shows."""
    row = _known(written, account_ids)
    # Before the code's row, as whoever ends a member's codes does.
    members.lock([row.member_id])
    if known_members.member(row.member_id).suspended_at is not None:
        raise MemberSuspended(f"member {row.member_id}")
    # One conditional UPDATE: of two counters at the same moment one meets a row.
    good = [CouponCode.id == row.id, CouponCode.ended_at.is_(None)]
    if not unsafe("qr_no_expiry"):
        good.append(CouponCode.expires_at > clock.now())
    now = clock.now()
    if changed(update(CouponCode).where(*good).values(used_at=now, ended_at=now)) != 1:
        raise _refusal(row.id)
    return int(row.grant_id)


def _known(written: str, account_ids: Collection[int] | None) -> Any:
    code = writing.read(written, KIND)
    names = ("id", "grant_id", "account_id", "person_id")
    columns: Any = [getattr(CouponCode, name) for name in names]
    wanted = select(*columns, CouponGrant.member_id)
    wanted = wanted.join(CouponGrant, CouponGrant.id == CouponCode.grant_id)
    known = CouponCode.code_hash == writing.fingerprint(code or "")
    row: Any = db.session.execute(wanted.where(known)).first()
    if row is None:
        raise CodeUnknown("no such code")
    if account_ids is not None and row.account_id not in account_ids:
        raise OtherAccount(f"account {row.account_id}")
    return row


def _refusal(code_id: int) -> CodeUsed | CodeExpired:
    used = or_(CouponCode.used_at.is_not(None), CouponGrant.used_at.is_not(None))
    wanted = select(CouponCode.id).join(CouponGrant, CouponGrant.id == CouponCode.grant_id)
    spent = db.session.scalar(wanted.where(CouponCode.id == code_id, used))
    return CodeUsed(f"code {code_id}") if spent else CodeExpired(f"code {code_id}")


def _end(which: ColumnElement[bool]) -> None:
    ending = update(CouponCode).where(which, CouponCode.ended_at.is_(None))
    db.session.execute(ending.values(ended_at=clock.now()))
