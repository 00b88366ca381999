"""P2: whatever order LINE's events arrive in, and however often, the facts end the same."""

import itertools
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from app import clock, config
from app.db import db
from app.domain.accounts import queries as account_queries
from app.domain.accounts import service as accounts
from app.domain.accounts.service import NewAccount
from app.domain.people import queries, service
from app.domain.people.models import Friendship, LineUser
from app.domain.people.service import Sighting
from app.facts.models import Fact
from app.handlers import dispatch
from app.inbox import put
from app.inbox.models import InboxEvent
from app.inbox.run import Inbox
from app.outbox.models import OutboxItem

Json = dict[str, Any]

KINDS = ("follow", "unblocked", "unfollow", "message", "unsend")
CI = os.environ.get("CI") == "true"
AT_ONCE = 5  # People in one example: what they do arrives side by side, which saves time.
EXAMPLES = {"sqlite": 2000 if CI else 150, "postgresql": 300 if CI else 40}

START = clock.to_ms(clock.now())
TEXT = {"type": "text", "text": "ここだけの話"}

_runs = itertools.count()


@dataclass(frozen=True)
class Happening:
    """One event in short: its number makes its id, `about` is the message that an unsend means."""

    number: int
    at: int
    kind: str
    about: int


happenings = st.builds(
    Happening,
    number=st.integers(0, 99),
    at=st.integers(0, 4),  # Few moments, so that many events share one.
    kind=st.sampled_from(KINDS),
    about=st.integers(0, 99),
)


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Happening], list[list[Happening]]]:
    """What happened, and how it arrives: out of order, some of it twice, in several webhooks."""
    happened = draw(st.lists(happenings, min_size=1, max_size=15, unique_by=lambda one: one.number))
    messages = [one.number for one in happened if one.kind == "message"]
    if messages:
        happened = [_about_one_of(messages, one) for one in happened]
    twice = draw(st.lists(st.sampled_from(happened), max_size=15))
    arriving = draw(st.permutations(happened + twice))
    size = draw(st.integers(1, 6))
    return happened, [arriving[first : first + size] for first in range(0, len(arriving), size)]


def _about_one_of(messages: list[int], one: Happening) -> Happening:
    return Happening(one.number, one.at, one.kind, messages[one.about % len(messages)])


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_any_order_and_repetition_ends_in_the_same_facts(app: Flask, account: int) -> None:
    _in_a_hurry()

    @settings(
        max_examples=EXAMPLES[db.engine.dialect.name] // AT_ONCE,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        phases=_phases(),
        database=None,
    )
    @given(st.lists(arrivals(), min_size=AT_ONCE, max_size=AT_ONCE))
    def property_holds(arriving: list[tuple[list[Happening], list[list[Happening]]]]) -> None:
        jumbled = [webhooks for _, webhooks in arriving]
        orderly = [[sorted(happened, key=_in_time)] for happened, _ in arriving]
        ended = _after(account, *jumbled, *orderly)
        assert ended[:AT_ONCE] == ended[AT_ONCE:]

    property_holds()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_test_above_notices_when_arrival_decides(database_url: str) -> None:
    test = f"{__file__}::test_any_order_and_repetition_ends_in_the_same_facts"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{test}[sqlite]"],
        env=config.environment(UNSAFE="arrival_order"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout
    assert "'friendship'" in ran.stdout, "it failed for another reason:\n" + ran.stdout


def test_a_block_that_arrives_before_the_follow_still_ends_blocked(account: int) -> None:
    follow, block = Happening(1, 0, "follow", 0), Happening(2, 1, "unfollow", 0)

    (ended,) = _after(account, [[block], [follow]])

    assert ended["friendship"][0] is False


def test_blocking_one_account_says_nothing_about_another(account: int) -> None:
    other = accounts.add(NewAccount("other", "神保町店", "U" + "1" * 32, "secret", "token"))
    provider = account_queries.provider_of(account)
    here = Sighting(provider, account, "Uhanako", START, "1")
    there = Sighting(provider, other, "Uhanako", START, "2")
    person = service.seen(here)

    assert service.seen(there).id == person.id
    service.follow(there, person.id)
    service.unfollow(here, person.id)

    assert queries.following(account, person.id) is False
    assert queries.following(other, person.id) is True


def test_an_unsent_message_is_gone_even_when_its_unsend_came_first(account: int) -> None:
    message, unsend = Happening(1, 0, "message", 0), Happening(2, 1, "unsend", 1)

    (ended,) = _after(account, [[unsend], [message]])

    assert ended["messages"] == [("1", False)]
    assert db.session.scalars(select(OutboxItem)).all() == []


def test_an_unsent_message_is_gone_from_the_row_that_was_answered(account: int) -> None:
    message, unsend = Happening(1, 0, "message", 0), Happening(2, 1, "unsend", 1)

    (ended,) = _after(account, [[message], [unsend]])

    assert ended["messages"] == [("1", False)]


def _in_time(one: Happening) -> tuple[int, int]:
    return one.at, one.number


def _after(account: int, *webhooks_of_each: Sequence[Sequence[Happening]]) -> list[Json]:
    """The facts about each of some new people after their webhooks, which arrive side by side."""
    prefixes = [f"{next(_runs):08}" for _ in webhooks_of_each]
    inbox = Inbox(dispatch.handle)
    for together in itertools.zip_longest(*webhooks_of_each, fillvalue=()):
        arriving = zip(prefixes, together, strict=True)
        put.put(account, [_event(prefix, one) for prefix, webhook in arriving for one in webhook])
        inbox.drain()
    return [_snapshot(account, prefix) for prefix in prefixes]


def _event(prefix: str, one: Happening) -> Json:
    common = {
        "type": {"unblocked": "follow"}.get(one.kind, one.kind),
        "mode": "active",
        "timestamp": START + one.at,
        "source": {"type": "user", "userId": f"U{prefix}"},
        "webhookEventId": f"{prefix}/{one.number:02}",
    }
    match one.kind:
        case "follow" | "unblocked":
            return common | {"follow": {"isUnblocked": one.kind == "unblocked"}}
        case "message":
            return common | {"message": {"id": _message(prefix, one.number), **TEXT}}
        case "unsend":
            return common | {"unsend": {"messageId": _message(prefix, one.about)}}
    return common


def _message(prefix: str, number: int) -> str:
    return f"{prefix}.{number}"


def _snapshot(account: int, prefix: str) -> Json:
    """All that is known about the person of a run, with the run's own ids taken out."""
    mine = InboxEvent.event_id.between(f"{prefix}/", f"{prefix}/99")
    rows = db.session.scalars(select(InboxEvent).filter_by(account_id=account).where(mine)).all()
    provider = account_queries.provider_of(account)
    who = select(LineUser).filter_by(provider_id=provider, user_id=f"U{prefix}")
    person = db.session.scalars(who).one()
    friendship = db.session.scalars(select(Friendship).filter_by(line_user_id=person.id)).one()
    facts = db.session.scalars(select(Fact).filter_by(person_id=person.id))
    return {
        "friendship": (
            friendship.following,
            friendship.decided_ms,
            friendship.decided_by.removeprefix(prefix),
            friendship.first_seen_ms,
            friendship.last_seen_ms,
        ),
        "facts": sorted((fact.kind, fact.cause.partition(prefix)[2], fact.at) for fact in facts),
        "messages": sorted(_kept(row) for row in rows if row.kind == "message"),
    }


def _kept(row: InboxEvent) -> tuple[str, bool]:
    """A message's number, and whether what it said is still there."""
    return str(row.message_id).partition(".")[2], TEXT["text"] in orjson.loads(row.payload)


def _phases() -> set[Phase]:
    # When a guarantee is left out on purpose, that the test fails is enough to know.
    return set(Phase) - ({Phase.shrink, Phase.explain} if config.switch("UNSAFE") else set())


def _in_a_hurry() -> None:
    """Let SQLite not wait for the disk: nothing is killed here, and thousands of commits come."""
    if db.engine.dialect.name == "sqlite":
        sqlalchemy_event.listen(
            db.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF")
        )
        db.engine.dispose()
