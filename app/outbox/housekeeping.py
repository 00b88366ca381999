"""Forget calls to LINE and e-mails that ended long ago; end e-mails whose time is over."""

from datetime import timedelta

from app import clock
from app.forget import forget
from app.outbox import mail_work
from app.outbox.models import MailItem, OutboxItem

RETENTION = timedelta(days=400)  # As long as the events that caused them.


def forget_old() -> int:
    """Delete ended calls past their retention; answers how many."""
    old = OutboxItem.created_at < clock.now() - RETENTION
    return forget(OutboxItem, old, OutboxItem.state.in_(("sent", "failed", "unknown")))


def forget_old_mails() -> int:
    """Delete ended e-mails past their retention; answers how many."""
    old = MailItem.created_at < clock.now() - RETENTION
    return forget(MailItem, old, MailItem.state.in_(mail_work.ENDED))


def end_expired_mails() -> int:
    """Blank the e-mails that waited until they were of no use; answers how many."""
    return mail_work.end_expired()
