"""Gift codes: pools of somebody else's codes, of which each member gets one, once for ever."""

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Text, bindparam, func, insert, select, update
from sqlalchemy.orm.attributes import flag_modified

from app import clock, vault
from app.db import changed, db, transaction
from app.domain.coupons import rules
from app.domain.coupons.definition import NewPool, read
from app.domain.coupons.errors import BadGiftFile, NoSuchPool, OutOfStock
from app.domain.coupons.models import GiftCode, GiftPool
from app.domain.members import service as members
from app.domain.shops import queries as shops
from app.domain.staff import queries as staff
from app.facts.record import record
from app.faults import unsafe
from app.outbox.mail import Letter, send_mail

log = logging.getLogger(__name__)

_AT_ONCE = 500  # Values in one statement: SQLite's drivers take no endless lists.
_RESEALED_AT_ONCE = 50  # Keeps each write transaction short.

_LOADING = insert(GiftCode.__table__).values(  # type: ignore[arg-type]
    pool_id=bindparam("of_pool"),
    code=bindparam("sealed", type_=Text),  # Sealed before the transaction.
    code_hash=bindparam("hashed"),
)


def put(written: Mapping[str, Any]) -> int:
    """Define a pool (see NewPool), or change the one with its name; answers its id.

    Raises BadCoupon.
    """
    new = read(NewPool, written)
    with transaction():
        row = db.session.scalar(select(GiftPool).filter_by(name=new.name).with_for_update())
        row = row or GiftPool(name=new.name, free=0, hash_key=secrets.token_hex(32))
        for name, value in new.model_dump().items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()  # A new pool has its id only now.
        return row.id


def load(pool: str, codes: Sequence[tuple[int, str]]) -> int:
    """Add codes, each with the line it stood on, to a pool: all of them or none; answers how many.

    The owner will be told anew when they run low. Raises NoSuchPool, and BadGiftFile, which names
    the lines of codes that are there twice or that the pool has already.
    """
    found = db.session.execute(select(GiftPool.id, GiftPool.hash_key).filter_by(name=pool)).first()
    if found is None:
        raise NoSuchPool(pool)
    lines = _lines(found.hash_key, codes)
    # Sealing takes most of the time, and nobody shall wait for it.
    rows = [
        {"of_pool": found.id, "sealed": vault.seal(code), "hashed": hashed}
        for (_, code), hashed in zip(codes, lines, strict=True)
    ]
    with transaction():
        more = update(GiftPool).where(GiftPool.id == found.id)
        told = {"low_told_at": None, "empty_told_at": None}
        # Locks the pool's row, so that two files at once see each other's codes.
        db.session.execute(more.values(free=GiftPool.free + len(rows), **told))
        _refuse_known(found.id, lines)
        if rows:
            db.session.execute(_LOADING, rows)
    return len(rows)


def take(pool_id: int, member_id: int) -> int | None:
    """Give a member a code of a pool; answers its id, None for a member who has had one.

    Raises OutOfStock; the owner is told when the pool runs low, and when somebody found it empty.
    """
    with transaction():
        if not unsafe("check_then_insert"):
            members.lock([member_id])
        had = select(GiftCode.id).filter_by(pool_id=pool_id, member_id=member_id)
        if db.session.scalar(had) is not None:
            return None
        chosen = _free_one(pool_id) if unsafe("check_then_insert") else None
        left = _take_one(pool_id)
        gift_id = chosen or _free_one(pool_id)
        this = update(GiftCode).where(GiftCode.id == gift_id)
        db.session.execute(this.values(member_id=member_id, taken_at=clock.now()))
        cause = f"gift_code/{gift_id}"
        record("gift.given", cause=cause, pool_id=pool_id, member_id=member_id)
        _tell_if_low(pool_id, left)
        return gift_id


def note_empty(pool_id: int) -> None:
    """Somebody found the pool empty: tell the owner, once until codes are added."""
    if _first_time(pool_id, GiftPool.empty_told_at):
        _alarm("gifts.empty", pool_id, left=0)


def reseal() -> int:
    """Seal all codes and pools' keys with the newest key; answers how many codes."""
    with transaction():
        for pool in db.session.scalars(select(GiftPool).with_for_update()):
            flag_modified(pool, "hash_key")
    last = total = 0
    while done := _resealed_after(last):
        last = done[-1]
        total += len(done)
    return total


def _lines(hash_key: str, codes: Sequence[tuple[int, str]]) -> dict[str, int]:
    """Hash -> line of each code; raises BadGiftFile for those that are there twice."""
    lines: dict[str, int] = {}
    problems = []
    for line, code in codes:
        first = lines.setdefault(rules.gift_hash(hash_key, code), line)
        if first != line:
            problems.append((line, f"{first}行目と同じです", f"the same as line {first}"))
    if problems:
        raise BadGiftFile(problems)
    return lines


def _refuse_known(pool_id: int, lines: Mapping[str, int]) -> None:
    problems = []
    for some in _parts(list(lines)):
        known = select(GiftCode.code_hash).filter_by(pool_id=pool_id)
        for hashed in db.session.scalars(known.where(GiftCode.code_hash.in_(some))):
            words = ("すでに登録されています", "is in the pool already")
            problems.append((lines[hashed], *words))
    if problems:
        raise BadGiftFile(sorted(problems))


def _parts(hashes: list[str]) -> Iterator[list[str]]:
    return (hashes[n : n + _AT_ONCE] for n in range(0, len(hashes), _AT_ONCE))


def _take_one(pool_id: int) -> int:
    """Take one of the free codes, without saying which; answers how many are left then.

    Whoever has done so holds the pool's row, and the others wait. Raises OutOfStock.
    """
    one = update(GiftPool).where(GiftPool.id == pool_id).values(free=GiftPool.free - 1)
    if changed(one.where(GiftPool.free > 0)) != 1:
        raise OutOfStock(f"gift pool {pool_id}")
    return db.session.scalar(select(GiftPool.free).filter_by(id=pool_id)) or 0


def _free_one(pool_id: int) -> int:
    free = select(func.min(GiftCode.id)).where(
        GiftCode.pool_id == pool_id, GiftCode.member_id.is_(None)
    )
    gift_id = db.session.scalar(free)
    if gift_id is None:
        raise OutOfStock(f"gift pool {pool_id}")
    return gift_id


def _tell_if_low(pool_id: int, left: int) -> None:
    low_at = db.session.scalar(select(GiftPool.low_at).filter_by(id=pool_id)) or 0
    if left <= low_at and _first_time(pool_id, GiftPool.low_told_at):
        _alarm("gifts.low", pool_id, left=left)


def _first_time(pool_id: int, told_at: Any) -> bool:
    this = update(GiftPool).where(GiftPool.id == pool_id, told_at.is_(None))
    with transaction():
        return changed(this.values({told_at: clock.now()})) == 1


def _alarm(kind: str, pool_id: int, left: int) -> None:
    cause = f"gift_pool/{pool_id}/{clock.now().isoformat()}"
    pool = db.session.get_one(GiftPool, pool_id)
    letter = f"mail.{kind.replace('.', '_')}"
    data = {"pool": pool.name, "left": left, "shop": shops.company_name() or ""}
    with transaction():
        record(kind, cause=cause, pool_id=pool_id, left=left)
        for number, (address, name) in enumerate(staff.owners().items()):
            dedupe = f"{cause}/{letter}/{number}"
            send_mail(Letter(letter, data | {"name": name}), address, language=None, dedupe=dedupe)
    log.error("gift codes run out", extra={"action": kind, "pool": pool_id, "left": left})


def _resealed_after(last: int) -> list[int]:
    with transaction():
        some = select(GiftCode).where(GiftCode.id > last).order_by(GiftCode.id)
        rows = db.session.scalars(some.limit(_RESEALED_AT_ONCE).with_for_update()).all()
        for row in rows:
            flag_modified(row, "code")
        return [row.id for row in rows]
