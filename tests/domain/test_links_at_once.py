"""Linking when several want to at the same moment: one wins, and nothing happens twice."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from app.db import db, transaction
from app.domain.links import limits, proofs, queries, service, tries
from app.domain.links.asker import Asker
from app.domain.links.errors import LinkedElsewhere, TooManyTries
from app.domain.links.models import Link
from app.domain.members import queries as members
from app.errors import Unavailable
from app.outbox.models import OutboxItem
from tests.support.members import EMAIL, a_member, a_shop, asker, code

pytestmark = pytest.mark.chance

TARO = "U" + "2" * 32


@pytest.fixture(autouse=True)
def shop(account: int) -> None:
    a_shop()


def proved_at_once(app: Flask, account: int) -> list[str]:
    """How it ends when four people prove at the same moment to be one member."""
    a_member()
    crowd = [asker(account, f"U{number:032d}") for number in range(4)]
    ready = [(person, proofs.start(person, EMAIL), code()) for person in crowd]

    def prove(entry: tuple[Asker, str, str]) -> str:
        with app.app_context():
            for _ in range(10):  # On a busy machine the turn to write may not come in time.
                with suppress(Unavailable):
                    return proved(*entry)
        return "no turn"

    def proved(person: Asker, token: str, typed: str) -> str:
        try:
            proofs.prove_by_code(person, token, typed)
        except LinkedElsewhere:
            return "elsewhere"
        return "linked"

    with ThreadPoolExecutor(4) as pool:
        ended = sorted(pool.map(prove, ready))
    db.session.rollback()
    return ended


def test_of_many_people_at_once_one_is_linked(app: Flask, account):
    assert proved_at_once(app, account) == ["elsewhere"] * 3 + ["linked"]
    assert len(queries.people_of(members.by_email(EMAIL)[0].id)) == 1


def test_without_the_unique_index_all_of_them_are_linked(app: Flask, account):
    with transaction():
        db.session.execute(text("DROP INDEX uq_link_one_per_member"))
    try:
        assert proved_at_once(app, account) == ["linked"] * 4
    finally:
        _put_back("uq_link_one_per_member")


def _put_back(name: str) -> None:
    # PostgreSQL's schema is shared by the tests of a worker.
    with transaction():
        db.session.execute(delete(Link))
        index = next(one for one in Link.__table__.indexes if one.name == name)
        index.create(db.session.connection())


def last_try_taken_twice(app: Flask, account: int) -> bool:
    """Whether a second try takes the last one while a first, which has it, is not yet committed."""
    person, member_id = asker(account), a_member()
    with transaction():
        for _ in range(limits.TRIES - 1):
            tries.take(person.person_id, [member_id], "", "wrong")
    taken, ended = Event(), Event()

    def first() -> None:
        with app.app_context(), transaction():
            tries.take(person.person_id, [member_id], "", "wrong")
            taken.set()
            ended.wait(0.5)  # Where the second waits for us it cannot end before we do.

    def second() -> bool:
        taken.wait(10)
        with app.app_context():
            try:
                with transaction():
                    tries.take(person.person_id, [member_id], "", "wrong")
            except TooManyTries:
                return False
            finally:
                ended.set()
        return True

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        return pool.submit(second).result()


def test_tries_at_the_same_moment_all_count(app: Flask, account):
    assert not last_try_taken_twice(app, account)


# SQLite has one writer, so that there nothing happens at the same moment.
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_without_the_locks_they_would_not(app: Flask, account, monkeypatch):
    monkeypatch.setattr("app.faults._UNSAFE", "uncounted_tries")
    assert last_try_taken_twice(app, account)


def told_of_the_end(app: Flask, account: int) -> list[str]:
    """What the old LINE user is told who unlinks while the member moves to another LINE user."""
    member_id, taro = a_member(), asker(account, TARO)
    hanako = asker(account)
    service.link(hanako, member_id, proof="code")
    unlinked, moved = Event(), Event()

    def unlink() -> None:
        with app.app_context(), transaction():
            service.unlink(hanako.person_id)
            unlinked.set()
            moved.wait(0.5)  # Where the other waits for us it cannot end before we do.

    def move() -> None:
        unlinked.wait(10)
        with app.app_context():
            service.link(taro, member_id, proof="code", move=True)
        moved.set()

    with ThreadPoolExecutor(2) as pool:
        for ended in [pool.submit(unlink), pool.submit(move)]:
            ended.result()
    db.session.rollback()
    assert queries.people_of(member_id) == [taro.person_id]
    told = set(db.session.scalars(select(OutboxItem.notice)))
    return sorted(told & {"links.ended", "links.moved"})


def test_a_link_ends_once_whoever_ends_it(app: Flask, account):
    assert told_of_the_end(app, account) == ["links.ended"]
    ended = db.session.scalars(select(Link.end_reason).where(Link.ended_at.is_not(None)))
    assert ended.all() == ["member"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_without_the_lock_it_ends_twice(app: Flask, account, monkeypatch):
    monkeypatch.setattr("app.faults._UNSAFE", "ends_twice")
    assert told_of_the_end(app, account) == ["links.ended", "links.moved"]
