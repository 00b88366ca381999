"""What the clock does: one table of (name, every so many seconds, function)."""

from collections.abc import Callable
from typing import Final

from app import once
from app.dialogs import housekeeping as dialogs
from app.domain.cards import housekeeping as cards
from app.domain.catalogue import store_items
from app.domain.coupons import housekeeping as coupons
from app.domain.hooks import housekeeping as hooks
from app.domain.links import housekeeping as links
from app.domain.members.transfer import staging
from app.domain.menus import housekeeping as menus
from app.domain.orders import moves as orders
from app.domain.points import housekeeping as points
from app.domain.reservations import housekeeping as reservations_kept
from app.domain.staff import housekeeping as staff
from app.inbox import housekeeping as inbox
from app.jobs import coupons as coupons_told
from app.jobs import points as points_told
from app.jobs import reservations
from app.outbox import housekeeping as outbox

MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

JOBS: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (
    ("inbox.forget", HOUR, inbox.forget_old),
    ("outbox.forget", HOUR, outbox.forget_old),
    ("mail.forget", HOUR, outbox.forget_old_mails),
    ("mail.expire", MINUTE, outbox.end_expired_mails),
    ("menus.verify", DAY, menus.verify_all),
    ("members.forget_imports", HOUR, staging.forget_abandoned),
    ("catalogue.forget_imports", HOUR, store_items.forget_abandoned),
    ("links.forget", HOUR, links.forget_old),
    ("cards.forget", HOUR, cards.forget_old),
    ("coupons.forget", HOUR, coupons.forget_old),
    ("hooks.forget", HOUR, hooks.forget_old),
    ("dialogs.forget", HOUR, dialogs.forget_old),
    ("points.expire", HOUR, points.expire_due),
    ("points.tiers", HOUR, points.look_at_tiers),
    ("points.warn", HOUR, points_told.warn),
    ("points.birthdays", HOUR, points_told.congratulate),
    ("coupons.birthdays", HOUR, coupons_told.congratulate),
    ("orders.unpaid", MINUTE, orders.end_unpaid),
    ("reservations.expire", 10.0, reservations.expire),
    ("reservations.remind", MINUTE, reservations.remind),
    ("reservations.offer", MINUTE, reservations.offer),
    ("reservations.close", MINUTE, reservations.close),
    ("reservations.forget", HOUR, reservations_kept.forget_old),
    ("staff.forget", HOUR, staff.forget_old),
    ("once.forget", HOUR, once.forget_old),
)
