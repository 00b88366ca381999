"""Facts on their way as work: made from the feed, taken by the lane, and what becomes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Update, bindparam, exists, or_, select, update

from app import clock
from app.claims import Claiming, any_due, claim, claiming, finish
from app.db import UtcDateTime, db, fresh_look, insert_once, transaction
from app.domain.accounts import queries as accounts
from app.domain.hooks import rules
from app.domain.hooks.models import HookDelivery, HookEndpoint
from app.domain.hooks.rules import Verdict
from app.facts import feed
from app.facts.feed import Happened
from app.faults import crash_point, lease, unsafe

LANE: Final = "hooks"
LEASE: Final = lease(timedelta(seconds=30))  # Longer than a call, with a slow look-up of the name.

_AT_ONCE = 100  # Keeps the transaction that makes deliveries short.


@dataclass(frozen=True)
class Item:
    """A delivery as the lane has taken it."""

    id: int
    fence: int
    attempts: int
    endpoint_id: int
    fact_id: int


@dataclass(frozen=True)
class Letter:
    """What is to be sent, and where."""

    url: str
    secret: str
    message_id: str
    body: bytes


_COLUMNS = [field.name for field in fields(Item)]
_ROWS, _ENDPOINTS = HookDelivery.__table__, HookEndpoint.__table__


def _due() -> Claiming:
    end = _ENDPOINTS.c
    rested = or_(end.rests_until.is_(None), end.rests_until <= bindparam("now", type_=UtcDateTime))
    awake = exists(1).where(
        end.id == _ROWS.c.endpoint_id, end.off_at.is_(None), end.deleted_at.is_(None), rested
    )
    return claiming(_ROWS, busy="sending", columns=_COLUMNS, wanted=[awake])


_DUE = _due()


def spread(upto: int) -> int:
    """Make a delivery of each fact up to a settled id for each endpoint that wants it.

    Answers how many facts were looked at, 0 when no endpoint is behind.
    """
    behind = select(HookEndpoint.id).where(
        HookEndpoint.cursor < upto, HookEndpoint.off_at.is_(None), HookEndpoint.deleted_at.is_(None)
    )
    with fresh_look():
        ids = list(db.session.scalars(behind.order_by(HookEndpoint.id)))
    return sum(_spread(endpoint_id, upto) for endpoint_id in ids)


def _spread(endpoint_id: int, upto: int) -> int:
    with transaction():
        # Two lanes at once come one after the other, and the second finds the cursor moved.
        row = db.session.get(
            HookEndpoint, endpoint_id, with_for_update=True, populate_existing=True
        )
        if row is None or row.cursor >= upto:
            return 0
        facts = feed.after(row.cursor, upto, _AT_ONCE)
        row.cursor = facts[-1].id if len(facts) == _AT_ONCE else upto
        db.session.flush()
        if unsafe("hook_cursor_alone"):
            db.session.commit()
        crash_point("hook.cursor_moved")
        for fact in facts:
            if _wanted(row, fact):
                _make(endpoint_id, fact.id)
        return len(facts) or 1


def _wanted(row: HookEndpoint, fact: Happened) -> bool:
    # What has no account, such as points, is of the whole company.
    ours = row.account_id is None or fact.account_id in (None, row.account_id)
    return ours and rules.wanted(fact.kind, row.kinds)


def _make(endpoint_id: int, fact_id: int) -> None:
    now = clock.now()
    insert_once(
        HookDelivery,
        endpoint_id=endpoint_id,
        fact_id=fact_id,
        state="pending",
        attempts=0,
        fence=0,
        due_at=now,
        made_at=now,
    )


def waiting() -> bool:
    """Whether `take` would find a row."""
    return any_due(_DUE)


def take(limit: int) -> list[Item]:
    """Claim up to `limit` due rows, whose endpoints neither rest nor are off."""
    rows: Sequence[Any] = claim(_DUE, lease=LEASE, limit=limit)
    return [Item(**row._asdict()) for row in rows]


def opened(item: Item) -> Letter:
    """What a row sends and where; raises WrongKey."""
    wanted = select(HookEndpoint.url, HookEndpoint.secret).where(
        HookEndpoint.id == item.endpoint_id
    )
    with fresh_look():
        end = db.session.execute(wanted).one()
        fact = feed.one(item.fact_id)
        slugs = accounts.slugs()
    content = rules.body(
        fact_id=fact.id,
        kind=fact.kind,
        at=fact.at,
        account=slugs.get(fact.account_id or 0),
        person=fact.person_id,
        data=fact.data,
    )
    return Letter(end.url, end.secret, f"msg_{item.id}", content)


def save(item: Item, verdict: Verdict, *, status: int | None, outcome: str | None) -> None:
    """Save what became of a row we hold, and of its endpoint; raises LeaseLost."""
    now = clock.now()
    ended = None if verdict.state == "pending" else now
    due = {} if verdict.wait is None else {"due_at": now + verdict.wait}
    values = {"http_status": status, "outcome": outcome, "finished_at": ended}
    finish(HookDelivery, item.id, item.fence, state=verdict.state, **due, **values)
    _note_at_endpoint(item.endpoint_id, verdict)


def _note_at_endpoint(endpoint_id: int, verdict: Verdict) -> None:
    end = update(HookEndpoint).where(HookEndpoint.id == endpoint_id)
    if verdict.gone:
        off = {"off_at": clock.now(), "off_reason": "answered 410"}
        db.session.execute(end.values(**off))
    elif verdict.rests:
        _let_rest(end)
    elif verdict.state == "done":
        # Only the first success after a failure has something to write.
        failed = end.where(HookEndpoint.failures > 0)
        db.session.execute(failed.values(failures=0, rests_until=None))


def _let_rest(end: Update) -> None:
    # Of several calls that failed at once, only the first lengthens the rest.
    now = clock.now()
    awake = end.where(or_(HookEndpoint.rests_until.is_(None), HookEndpoint.rests_until <= now))
    failing = awake.values(failures=HookEndpoint.failures + 1).returning(HookEndpoint.failures)
    failures = db.session.execute(failing).scalar()
    if failures is not None:
        db.session.execute(end.values(rests_until=now + rules.rest(failures)))
