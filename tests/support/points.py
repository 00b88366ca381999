"""A shop with rules for points, and what its ledger should hold."""

from itertools import count
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.domain.points import invariants, program
from app.domain.points.ledger import Key
from app.domain.points.models import PointAccount
from app.domain.points.rules import Program, Tier
from app.invariants import broken
from tests.support.members import a_shop

_keys = count(1)
TIERS = (
    ("bronze", "ブロンズ", 0, 100),
    ("silver", "シルバー", 500, 120),
    ("gold", "ゴールド", 1000, 150),
)


def a_shop_with_points(**changes: Any) -> None:
    """The company, one point for 100 yen, and no tiers."""
    a_shop()
    usual: dict[str, Any] = {
        "earn_yen": 100,
        "earn_points": 1,
        "expiry": "fixed",
        "expiry_days": 365,
    }
    program.set_program(Program(**(usual | changes)))


def tiers() -> None:
    """Three tiers."""
    for code, name, threshold, percent in TIERS:
        program.put_tier(Tier(code, {"ja": name, "en": code.title()}, threshold, percent))


def a_key() -> Key:
    """A key that nobody has used."""
    return Key("test", str(next(_keys)))


def problems() -> list[str]:
    """The names of the ledger's invariants that do not hold."""
    db.session.rollback()
    return [found.name for found in broken(invariants.invariants())]


def total() -> int:
    """The sum of all balances, the house's too."""
    db.session.rollback()
    return int(db.session.scalar(select(func.sum(PointAccount.balance))) or 0)
