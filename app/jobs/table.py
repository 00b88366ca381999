"""What the clock does: one table of (name, every so many seconds, function)."""

from collections.abc import Callable
from typing import Final

from app.dialogs import housekeeping as dialogs
from app.domain.members.transfer import staging
from app.inbox import housekeeping as inbox
from app.outbox import housekeeping as outbox

HOUR: Final = 3600.0

JOBS: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (
    ("inbox.forget", HOUR, inbox.forget_old),
    ("outbox.forget", HOUR, outbox.forget_old),
    ("members.forget_imports", HOUR, staging.forget_abandoned),
    ("dialogs.forget", HOUR, dialogs.forget_old),
)
