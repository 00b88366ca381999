"""What must hold for the inbox."""

from sqlalchemy import String, cast, exists, literal, select

from app.inbox.models import InboxEvent
from app.invariants import Invariant, late, repeated
from app.outbox.models import OutboxItem

_STATES = ("pending", "running", "done", "dead")
_ENDED = ("done", "dead")


def invariants() -> list[Invariant]:
    """Every event once, in a state we know, with its answer; nothing left lying."""
    event = InboxEvent
    account = cast(event.account_id, String)
    cause = literal("line/") + account + "/" + event.event_id
    said = exists().where(OutboxItem.cause == cause)
    return [
        Invariant("inbox.state", "P1", select(event.id).where(event.state.not_in(_STATES))),
        Invariant("inbox.twice", "P1", repeated(event.account_id, event.event_id)),
        Invariant("inbox.lease", "P1", select(event.id).where(late(event, "running"))),
        Invariant(
            "inbox.ended",
            "P15",
            select(event.id).where(event.state.in_(_ENDED) != event.finished_at.is_not(None)),
        ),
        Invariant(
            "inbox.dead_without_reason",
            "P15",
            select(event.id).where(event.state == "dead", event.outcome.is_(None)),
        ),
        Invariant(
            "inbox.answer_lost",
            "P1",
            select(event.id).where(event.state == "done", event.outcome == "answered", ~said),
        ),
    ]
