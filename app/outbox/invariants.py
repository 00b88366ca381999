"""What must hold for the outbox, and for the e-mails."""

from sqlalchemy import ColumnElement, and_, or_, select

from app import clock
from app.invariants import Invariant, late, repeated
from app.outbox.mail_work import ENDED as MAIL_ENDED
from app.outbox.models import MailItem, OutboxItem
from app.outbox.work import PAID

_STATES = ("pending", "sending", "sent", "failed", "unknown")
_ENDED = ("sent", "failed", "unknown")
_MAIL_STATES = ("pending", "sending", *MAIL_ENDED)
_KEY_LIFE = 24 * 3600.0  # Seconds; LINE: so long a retry key is remembered.


def invariants(paused: list[int]) -> list[Invariant]:
    """Every intention once; a call fixed before it is made; nothing left lying.

    `paused`: accounts whose calls rest until somebody acts.
    """
    item = OutboxItem
    working = item.account_id.not_in(paused)
    return [
        Invariant("outbox.state", "P15", select(item.id).where(item.state.not_in(_STATES))),
        Invariant("outbox.twice", "P1", repeated(item.dedupe)),
        Invariant("outbox.lease", "P4", select(item.id).where(late(item, "sending"), working)),
        Invariant(
            "outbox.ended",
            "P15",
            select(item.id).where(item.state.in_(_ENDED) != item.finished_at.is_not(None)),
        ),
        Invariant(
            "outbox.failed_without_reason",
            "P15",
            select(item.id).where(item.state == "failed", item.outcome.is_(None)),
        ),
        Invariant("outbox.not_fixed", "P4", select(item.id).where(_not_fixed())),
        Invariant("outbox.failed_but_unsure", "P3", select(item.id).where(_unsure_yet_failed())),
        Invariant("outbox.too_old", "P4", select(item.id).where(_too_old(), working)),
        *_of_mails(),
    ]


def _of_mails() -> list[Invariant]:
    """Every mail once, nothing left lying, and nothing personal kept of one that has ended."""
    item = MailItem
    kept = or_(item.address.is_not(None), item.data.is_not(None))
    no_reason = and_(item.state.in_(("failed", "dead")), item.outcome.is_(None))
    ended = item.state.in_(MAIL_ENDED) != item.finished_at.is_not(None)
    return [
        Invariant("mail.state", "P15", select(item.id).where(item.state.not_in(_MAIL_STATES))),
        Invariant("mail.twice", "P1", repeated(item.dedupe)),
        Invariant("mail.lease", "P15", select(item.id).where(late(item, "sending"))),
        Invariant("mail.ended", "P15", select(item.id).where(ended)),
        Invariant("mail.failed_without_reason", "P15", select(item.id).where(no_reason)),
        Invariant("mail.kept", "P16", select(item.id).where(item.finished_at.is_not(None), kept)),
    ]


def _not_fixed() -> ColumnElement[bool]:
    no_key = and_(OutboxItem.route.in_(PAID), OutboxItem.retry_key.is_(None))
    return and_(OutboxItem.first_try_at.is_not(None), or_(OutboxItem.body.is_(None), no_key))


def _unsure_yet_failed() -> ColumnElement[bool]:
    # LINE may have it: to call it failed would invite somebody to say it twice.
    return and_(OutboxItem.state == "failed", OutboxItem.unsure.is_(True))


def _too_old() -> ColumnElement[bool]:
    long_ago = OutboxItem.first_try_at < clock.after(-_KEY_LIFE)
    return and_(OutboxItem.state.in_(("pending", "sending")), long_ago)
