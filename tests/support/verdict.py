"""The judgement of a fault test: what our database says, held against what LINE has seen."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from app.cli import invariants
from app.db import db
from tests.support.faults import Rig
from tests.support.line_truth import Posted


@dataclass(frozen=True)
class Call:
    """A message of the outbox, and how often LINE has accepted it."""

    id: int
    cause: str
    route: str
    state: str
    reply_token: str | None
    retry_key: str | None
    accepted: int


@dataclass(frozen=True)
class Books:
    """Both sides after a drained run."""

    events: dict[str, list[str]]
    calls: dict[str, list[Call]]
    facts: Counter[tuple[str, str]]
    strangers: list[str]


def problems(rig: Rig) -> list[str]:
    """Everything that does not agree; empty for a run in which every promise was kept.

    Each acknowledged event has one row, done; what it brings about is there once; LINE has accepted
    its answer once; LINE has accepted nothing else; `doctor --deep` finds nothing.
    """
    books = _read(rig)
    found = [f"accepted, but nobody's: {key}" for key in books.strangers]
    for posted in rig.line.posted.values():
        if posted.event_id in rig.line.acked:
            found += _event(posted, books)
    unknown = books.events.keys() - rig.line.posted.keys()
    found += [f"event that was never posted: {event_id}" for event_id in sorted(unknown)]
    for calls in books.calls.values():
        found += [problem for call in calls for problem in _call(call)]
    with rig.app.app_context():
        found += [f"invariant {broken.name}: {broken.count}" for broken in invariants.check()]
    return found


def _event(posted: Posted, books: Books) -> Iterator[str]:
    states = books.events.get(posted.event_id, [])
    if states != ["done"]:
        yield f"acknowledged event {posted.event_id} has rows {states}"
    calls = books.calls.get(posted.event_id, [])
    times = sum(call.accepted for call in calls)
    if times != 1:
        yield f"event {posted.event_id} was answered {times} times, calls {calls}"
    if posted.fact and (number := books.facts[posted.event_id, posted.fact]) != 1:
        yield f"event {posted.event_id} has {number} facts {posted.fact}"


def _call(call: Call) -> Iterator[str]:
    expected = {"sent": (1,), "failed": (0,), "unknown": (0, 1)}.get(call.state)
    if expected is None:
        yield f"call {call.id} was left {call.state}"
    elif call.accepted not in expected:
        yield f"call {call.id} is {call.state}, and LINE accepted it {call.accepted} times"
    if call.state == "unknown" and call.route != "reply":
        yield f"call {call.id} is unknown, though its retry key could have told"


def _read(rig: Rig) -> Books:
    tokens, keys = rig.line.accepted()
    with rig.app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT event_id, state FROM inbox")).all()
        said = connection.execute(
            sa.text(
                "SELECT id, cause, route, state, reply_token, retry_key FROM outbox"
                " WHERE route <> 'profile'"
            )
        ).all()
        facts = connection.execute(
            sa.text("SELECT cause, kind FROM fact WHERE cause LIKE 'line/%'")
        ).all()
    events: dict[str, list[str]] = {}
    for row in rows:
        events.setdefault(row.event_id, []).append(row.state)
    calls: dict[str, list[Call]] = {}
    for row in said:
        # A token and a key are each handed to one row alone, so what is left over is nobody's.
        accepted = tokens.pop(row.reply_token, 0) + keys.pop(row.retry_key, 0)
        calls.setdefault(_event_id(row.cause), []).append(Call(**row._mapping, accepted=accepted))
    strangers = [str(key) for key in (*tokens, *keys)]
    return Books(events, calls, Counter((_event_id(f.cause), f.kind) for f in facts), strangers)


def _event_id(cause: str) -> str:
    """`line/<account>/<event id>`, as handlers name a cause."""
    return cause.split("/", 2)[2]
