"""What must hold for facts on their way to the shop's own systems."""

from sqlalchemy import and_, func, or_, select

from app.domain.hooks.models import HookDelivery, HookEndpoint
from app.domain.hooks.queries import STATES
from app.facts.models import Fact
from app.invariants import Invariant, late, repeated

_ENDED = ("done", "dead", "cancelled")


def invariants() -> list[Invariant]:
    """Every fact once for an endpoint, none beyond its cursor, none left lying without a reason."""
    item, end = HookDelivery, HookEndpoint
    working = and_(end.off_at.is_(None), end.deleted_at.is_(None))
    of_end = select(item.id).join(end, end.id == item.endpoint_id)
    newest = select(func.coalesce(func.max(Fact.id), 0)).scalar_subquery()
    ended = item.state.in_(_ENDED) != item.finished_at.is_not(None)
    no_reason = and_(item.state == "dead", item.outcome.is_(None))
    lives = and_(end.deleted_at.is_not(None), item.state.not_in(_ENDED))
    return [
        Invariant("hook.state", "P15", select(item.id).where(item.state.not_in(STATES))),
        Invariant("hook.twice", "P1", repeated(item.endpoint_id, item.fact_id)),
        Invariant("hook.lease", "P15", of_end.where(late(item, "sending"), working)),
        Invariant("hook.ended", "P15", select(item.id).where(ended)),
        Invariant("hook.dead_without_reason", "P15", select(item.id).where(no_reason)),
        Invariant("hook.stray", "P15", of_end.where(or_(item.fact_id > end.cursor, lives))),
        Invariant("hook.cursor", "P15", select(end.id).where(end.cursor > newest)),
    ]
