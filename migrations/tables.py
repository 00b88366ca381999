"""Every module that declares tables, imported so that the schema is complete."""

from app import once, schedule
from app.dialogs import models as dialogs
from app.domain.accounts import models as accounts
from app.domain.audit import models as audit
from app.domain.cards import models as cards
from app.domain.catalogue import models as catalogue
from app.domain.counter import models as counter
from app.domain.coupons import models as coupons
from app.domain.hooks import models as hooks
from app.domain.hours import models as hours
from app.domain.keys import models as keys
from app.domain.keywords import models as keywords
from app.domain.links import models as links
from app.domain.members import models as members
from app.domain.menus import models as menus
from app.domain.orders import models as orders
from app.domain.payments import models as payments
from app.domain.people import models as people
from app.domain.points import models as points
from app.domain.reservations import models as reservations
from app.domain.shops import models as shops
from app.domain.staff import models as staff
from app.facts import models as facts
from app.inbox import models as inbox
from app.outbox import models as outbox

MODULES = (
    *(accounts, people, shops, members, links, keywords),
    *(cards, counter, coupons, points),
    *(hours, reservations, catalogue, orders, payments),
    *(keys, hooks),
    *(menus, facts, inbox, outbox, dialogs, schedule, once),
    *(audit, staff),
)
