"""Orders of the web shop and of registers: told as they stand, again, in any order, all at once."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import func, select

from app.db import db
from app.domain.catalogue import queries as catalogue
from app.domain.catalogue.favourites import Whose
from app.domain.members.errors import NoSuchMember
from app.domain.orders import outside, queries
from app.domain.orders.errors import BadOrder, NoSuchOrder
from app.domain.orders.models import Order, OrderLine
from app.domain.orders.service import Customer
from app.domain.points import program
from app.domain.points import queries as balances
from app.domain.points import service as points
from app.domain.points.ledger import Key
from app.domain.points.rules import Program
from app.domain.shops import queries as shops
from app.domain.shops.errors import NoSuchStore
from app.errors import Unavailable
from app.facts.models import Fact
from tests.support.coupons import all_at_once, broken
from tests.support.members import a_member
from tests.support.orders import NOW, open_shop, order, somebody

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def hanako(inside: object, account: int) -> Iterator[Customer]:
    """A member with a hundred points, of a shop that is open."""
    with freeze_time(NOW):
        open_shop()
        program.set_program(Program(earn_yen=100, earn_points=1, expiry="fixed", expiry_days=365))
        member_id = a_member(phone="090-0000-0001")
        points.give(member_id, 100, "birthday", key=Key("test", "gift"))
        db.session.rollback()
        yield somebody(account, 1, member_id)


def _count(model: type) -> Any:
    return select(func.count()).select_from(model)


@SQLITE
def test_a_member_who_is_known_after_it_was_done_earns_once(hanako: Customer) -> None:
    till = {"origin": "register", "id": "R-1", "total": 2000, "placed_at": NOW, "state": "done"}
    order_id = outside.put(till)
    for _ in range(2):
        outside.put({**till, "member_id": hanako.member_id})
    assert balances.balance(hanako.member_id) == 120
    outside.put({**till, "state": "refunded"})
    assert (balances.balance(hanako.member_id), broken()) == (100, [])
    for said in ({}, {"member_id": hanako.member_id}):
        outside.put({**till, "id": "R-2", "earns": False, **said})
    assert (balances.balance(hanako.member_id), queries.order(order_id).state) == (100, "refunded")


def test_orders_of_other_systems_come_in_any_order_and_again(hanako: Customer) -> None:
    line = {"code": "CAKE", "name": {"ja": "ケーキ"}, "pieces": 1, "price": 2000, "tax": 8}
    ec = {
        "origin": "ec",
        "id": "EC-1",
        "total": 2000,
        "placed_at": NOW,
        "member_id": hanako.member_id,
    }
    order_id = outside.put({**ec, "state": "accepted", "lines": [line]})
    shipped = {"carrier": "ヤマト運輸", "tracking": "1234"}
    assert outside.put({**ec, "state": "out", **shipped}) == order_id
    outside.put({**ec, "state": "accepted"})
    assert queries.order(order_id).state == "out"
    for _ in range(2):
        outside.put({**ec, "state": "done"})
    assert balances.balance(hanako.member_id) == 120
    outside.put({**ec, "id": "EC-2", "state": "done", "earns": False})
    order(hanako)
    history = queries.history(Whose(hanako.person_id, hanako.member_id))
    assert [card.origin for card in history] == ["line", "ec", "ec"]
    assert (history[-1].tracking, history[-1].lines[0].variant_id) == (
        "1234",
        catalogue.variant_id("CAKE"),
    )
    outside.put({**ec, "state": "cancelled"})
    assert (queries.order(order_id).state, balances.balance(hanako.member_id)) == ("refunded", 100)
    for wrong, why in (
        ({"member_id": 999_999}, NoSuchMember),
        ({"store": "osaka"}, NoSuchStore),
        ({"total": -1}, BadOrder),
        ({"state": "eaten"}, BadOrder),
    ):
        with pytest.raises(why):
            outside.put({**ec, "id": "EC-3", "state": "placed", **wrong})
    assert broken() == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_told_eight_times_at_once_an_order_is_there_once_and_earns_once(
    app: Flask, hanako: Customer
) -> None:
    ec = {"origin": "ec", "id": "EC-1", "state": "done", "total": 2000, "placed_at": NOW}
    told = [partial(outside.put, {**ec, "member_id": hanako.member_id}) for _ in range(8)]
    assert all_at_once(app, told) == {"done": 8}
    assert (db.session.scalar(_count(Order)), balances.balance(hanako.member_id)) == (1, 120)
    assert db.session.scalar(_count(Fact).filter_by(kind="order.done")) == 1
    assert broken() == []


@SQLITE
def test_a_history_is_in_the_order_in_which_was_ordered(hanako: Customer) -> None:
    placed = order(hanako)
    ec = {"origin": "ec", "state": "done", "total": 2000, "member_id": hanako.member_id}
    told = [(f"EC-{days}", NOW - timedelta(days=days)) for days in (1, 3, 2)]
    ids = [outside.put({**ec, "id": code, "placed_at": at}) for code, at in told]
    newest = [placed.id, ids[0], ids[2], ids[1]]
    whose = Whose(hanako.person_id, hanako.member_id)
    assert [card.id for card in queries.history(whose)] == newest
    for place in range(4):
        rest = [card.id for card in queries.history(whose, newest[place])]
        assert rest == newest[place + 1 :]


def _told(hanako: Customer, *events: tuple[str, str]) -> list[dict[str, Any]]:
    line = {"code": "CAKE", "name": {"ja": "ケーキ"}, "pieces": 1, "price": 2000, "tax": 8}
    ec = {"origin": "ec", "total": 2000, "placed_at": NOW, "lines": [line]}
    return [{**ec, "id": which, "state": state, "member_id": hanako.member_id}
            for which, state in events]  # fmt: skip


def test_several_events_at_once_count_in_their_order_all_or_none(hanako: Customer) -> None:
    events = (("EC-2", "placed"), ("EC-1", "accepted"), ("EC-2", "done"), ("EC-1", "out"))
    for _ in range(2):
        stand = outside.put_all(_told(hanako, *events))
        assert [(each.id, each.state) for each in stand] == [
            *(("EC-2", "done"), ("EC-1", "out"), ("EC-2", "done"), ("EC-1", "out"))
        ]
    first = queries.find("EC-2")
    assert first
    assert [state for state, _ in queries.steps(first.id)] == ["placed", "done"]
    assert (first.number, balances.balance(hanako.member_id)) == (stand[0].number, 120)
    wrong = [*_told(hanako, ("EC-3", "done")), *_told(hanako, ("EC-4", "done"))]
    with pytest.raises(NoSuchMember):
        outside.put_all([wrong[0], {**wrong[1], "member_id": 999_999}])
    with pytest.raises(NoSuchOrder):
        outside.put_all(
            [{**wrong[0], "store": "ginza"}, wrong[1]], store_id=shops.store_id("ginza")
        )
    assert (db.session.scalar(_count(Order)), balances.balance(hanako.member_id)) == (2, 120)
    assert broken() == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_lines_are_written_anew_only_when_they_change(hanako: Customer) -> None:
    def rows() -> set[tuple[int, str, int]]:
        db.session.rollback()
        columns = (OrderLine.id, OrderLine.code, OrderLine.price)
        return {tuple(row) for row in db.session.execute(select(*columns))}

    (told,) = _told(hanako, ("EC-1", "placed"))
    order_id = outside.put(told)
    before = rows()
    outside.put({**told, "state": "accepted"})
    assert rows() == before
    outside.put({**told, "lines": []})
    assert rows() == before
    outside.put({**told, "lines": [{**told["lines"][0], "price": 1080}]})
    assert [(code, price) for _, code, price in rows()] == [("CAKE", 1080)]
    assert queries.order(order_id).taxes == [{"rate": 8, "net": 1000, "tax": 80, "total": 1080}]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_many_at_once_that_name_the_same_members_do_not_wait_in_a_ring(
    app: Flask, hanako: Customer
) -> None:
    others = [a_member(phone=f"090-0000-01{number:02}") for number in range(9)]
    ec = {"origin": "ec", "state": "done", "total": 2000, "placed_at": NOW}
    dice, why = random.Random(1), set()

    def tell(told: list[dict[str, Any]]) -> None:
        try:
            outside.put_all(told)
        except Unavailable as error:
            why.add(str(error))
            raise

    tries = []
    for number in range(8):
        told = [{**ec, "id": f"EC-{number}-{each}", "member_id": each} for each in others]
        tries.append(partial(tell, dice.sample(told, len(told))))
    assert all_at_once(app, tries) == {"done": 8}
    assert "DeadlockDetected" not in why  # To wait too long for each other in a line is allowed.
    assert [balances.balance(member_id) for member_id in others] == [160] * 9
    assert broken() == []
