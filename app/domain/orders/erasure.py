"""Forgetting whom orders were for: figures stay for the books, people do not."""

from typing import Any

from sqlalchemy import or_, select, update

from app.db import changed, transaction
from app.domain.orders.models import Order
from app.domain.orders.states import ENDED

_AT_ONCE = 500  # Keeps each write transaction short.
_PERSONAL = ("name", "phone", "postal_code", "address", "note")


def erase(member_id: int) -> int:
    """Blank names, telephones, addresses and notes of a member's ended orders; answers how many.

    Orders that are not done keep them until they are: somebody has to bring the food.
    """
    return _erase(Order.member_id == member_id)


def erase_guest(person_id: int) -> int:
    """The same for what a person of LINE ordered without being a member."""
    return _erase((Order.person_id == person_id) & Order.member_id.is_(None))


def _erase(whose: Any) -> int:
    named = or_(*(getattr(Order, name).is_not(None) for name in _PERSONAL))
    some = select(Order.id).where(whose, named, Order.state.in_(ENDED)).limit(_AT_ONCE)
    total = 0
    while gone := _blank(some):
        total += gone
    return total


def _blank(some: Any) -> int:
    this = update(Order).where(Order.id.in_(some)).values(dict.fromkeys(_PERSONAL))
    with transaction():
        return changed(this.execution_options(synchronize_session=False))
