"""What must hold for the facts."""

from app.facts.models import Fact
from app.invariants import Invariant, repeated


def invariants() -> list[Invariant]:
    """What one cause brought about, it brought about once."""
    return [Invariant("fact.twice", "P1", repeated(Fact.cause, Fact.kind, Fact.slot))]
