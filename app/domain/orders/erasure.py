"""Forgetting whom orders were for: figures stay for the books, people do not."""

from typing import Any

from sqlalchemy import func, or_, select, update

from app.db import changed, db, transaction
from app.domain.orders.models import Order
from app.domain.orders.states import ENDED

_AT_ONCE = 500  # Keeps each write transaction short.
_PERSONAL = ("name", "phone", "postal_code", "address", "note")


def erase(member_id: int, *, dry_run: bool = False) -> int:
    """Blank names, telephones, addresses and notes of a member's ended orders; answers how many.

    Orders that are not done keep them until they are: somebody has to bring the food.
    `dry_run`: count them alone.
    """
    return _erase(Order.member_id == member_id, dry_run)


def erase_guest(person_id: int, *, dry_run: bool = False) -> int:
    """The same for what a person of LINE ordered without being a member."""
    return _erase((Order.person_id == person_id) & Order.member_id.is_(None), dry_run)


def _erase(whose: Any, dry_run: bool) -> int:
    named = or_(*(getattr(Order, name).is_not(None) for name in _PERSONAL))
    which = (whose, named, Order.state.in_(ENDED))
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(Order).where(*which)) or 0
    some, total = select(Order.id).where(*which).limit(_AT_ONCE), 0
    while gone := _blank(some):
        total += gone
    return total


def _blank(some: Any) -> int:
    this = update(Order).where(Order.id.in_(some)).values(dict.fromkeys(_PERSONAL))
    with transaction():
        return changed(this.execution_options(synchronize_session=False))
