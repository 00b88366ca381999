"""What must hold for payments."""

from sqlalchemy import select

from app.domain.payments.models import Payment
from app.invariants import Invariant


def invariants() -> list[Invariant]:
    """Nothing that is to be given back was given up, and what has begun has its name there."""
    dead = select(Payment.id).where(Payment.state == "dead", Payment.back_at.is_not(None))
    known = Payment.stands.in_(("begun", "paid", "refunded"))
    nameless = select(Payment.id).where(known, Payment.ref.is_(None))
    return [
        Invariant("payment.kept", "P7", dead),
        Invariant("payment.ref", "P7", nameless),
    ]
