"""How long a session and its acts are good: pure rules."""

from datetime import timedelta
from typing import Final

from app.domain.counter import limits

LIFE: Final = timedelta(seconds=limits.SESSION_SECONDS)
UNDO: Final = timedelta(seconds=limits.UNDO_SECONDS)
CAPPED: Final = timedelta(seconds=limits.CAPPED_SECONDS)
