"""Forget dialogs that nobody came back to."""

from datetime import timedelta

from app import clock
from app.dialogs.models import DialogState
from app.forget import forget

_KEPT = timedelta(days=7)  # Until then a late answer is told that the dialog has expired.


def forget_old() -> int:
    """Delete dialogs that expired long ago; answers how many."""
    return forget(DialogState, DialogState.expires_at < clock.now() - _KEPT)
