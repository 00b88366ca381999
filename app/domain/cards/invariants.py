"""What must hold for codes."""

from sqlalchemy import or_, select

from app.domain.cards.models import CardCode
from app.invariants import Invariant, repeated

_REASONS = ("used", "unlinked", "suspended")


def invariants() -> list[Invariant]:
    """One use a code, within its life, by somebody in a store; what has ended says why."""
    code = CardCode
    used = select(code.id).where(code.used_at.is_not(None))
    nobody = or_(code.used_by.is_(None), code.store_id.is_(None))
    ended = select(code.id).where(code.ended_at.is_not(None))
    return [
        Invariant("card.twice", "P10", repeated(code.code_hash)),
        Invariant("card.used_too_late", "P10", used.where(code.used_at >= code.expires_at)),
        Invariant("card.used_by_nobody", "P10", used.where(nobody)),
        Invariant("card.used_and_alive", "P10", used.where(code.ended_at.is_(None))),
        Invariant(
            "card.ended_without_reason",
            "P10",
            ended.where(or_(code.end_reason.is_(None), code.end_reason.not_in(_REASONS))),
        ),
    ]
