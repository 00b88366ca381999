"""Every module that declares tables, imported so that the schema is complete."""

from app import schedule
from app.dialogs import models as dialogs
from app.domain.accounts import models as accounts
from app.domain.keywords import models as keywords
from app.domain.members import models as members
from app.domain.people import models as people
from app.domain.shops import models as shops
from app.facts import models as facts
from app.inbox import models as inbox
from app.outbox import models as outbox

MODULES = (
    *(accounts, people, shops, members, keywords),
    *(facts, inbox, outbox, dialogs, schedule),
)
