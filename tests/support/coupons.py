"""Coupons of a shop, at the level of verbs."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from app.cli import invariants
from app.db import db, transaction
from app.domain.coupons import gifts, service
from app.domain.members.models import Member
from app.domain.shops import queries as shops
from app.errors import TsunaguError, Unavailable

TITLE = {"ja": "ドリップコーヒー1杯無料", "en": "A free cup of coffee"}
TEXT = {"ja": "お会計の前にご提示ください。", "en": "Please show it before you pay."}
AT_ONCE = 12  # Threads; PostgreSQL's pool has twenty connections.


def a_coupon(code: str = "HARU2026", **changes: Any) -> str:
    """A coupon; answers its code."""
    service.put({"code": code, "title": TITLE, "text": TEXT, **changes})
    return code


def a_pool(name: str = "GIFTEE", codes: int = 3, **changes: Any) -> str:
    """A pool of so many gift codes; answers its name."""
    gifts.put({"name": name, "title": TITLE, "text": TEXT, **changes})
    if codes:
        gifts.load(name, [(n, f"{name}-{n:04d}") for n in range(1, codes + 1)])
    return name


def a_crowd(size: int) -> list[int]:
    """So many members, without the checks that each would cost; answers their ids."""
    company_id = shops.company_id()
    with transaction():
        crowd = [
            Member(company_id=company_id, number=f"C{n:04d}", name="会員", attributes={})
            for n in range(size)
        ]
        db.session.add_all(crowd)
        db.session.flush()
        return [member.id for member in crowd]


def all_at_once(app: Flask, acts: list[Callable[[], Any]]) -> Counter[str]:
    """Do all of this in threads; answers how often it was "done", or refused and why."""

    def do(act: Callable[[], Any]) -> str:
        with app.app_context():
            while True:
                try:
                    act()
                except Unavailable:
                    continue  # The database was busy too long: whoever wants something comes again.
                except TsunaguError as error:
                    return error.code
                return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = Counter(pool.map(do, acts))
    db.session.rollback()
    return ended


def broken() -> list[str]:
    """The invariants that do not hold."""
    db.session.rollback()
    return [one.name for one in invariants.check()]
