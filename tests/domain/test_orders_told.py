"""What customers are told about orders: each step once, whoever asks again; and closed days."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import select

from app.db import db
from app.domain.hours import service as hours
from app.domain.hours.rules import Week
from app.domain.orders import erasure, moves, outside, queries, slots
from app.domain.orders.errors import SlotClosed
from app.domain.orders.moves import Word
from app.domain.orders.service import Customer
from app.domain.points import service as points
from app.domain.points.ledger import Key
from app.outbox.models import OutboxItem
from tests.support.cards import a_holder
from tests.support.coupons import all_at_once
from tests.support.members import a_member
from tests.support.orders import AT_ONE, HOME, NOW, open_shop, order, somebody

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ginza(inside: object) -> Iterator[int]:
    with freeze_time(NOW):
        yield open_shop()


@pytest.fixture
def taro(account: int, ginza: int) -> Customer:
    """A guest on LINE."""
    return somebody(account)


def told() -> list[tuple[str, Any]]:
    """Name and data of what is to be said about orders, oldest first."""
    rows = db.session.scalars(select(OutboxItem).order_by(OutboxItem.id))
    said = [notice for row in rows for notice in row.notices]
    return [(each["notice"], each["data"]) for each in said if each["notice"].startswith("orders.")]


def test_each_step_is_told_once_however_often_it_is_asked_for(
    app: Flask, ginza: int, taro: Customer
) -> None:
    placed = order(taro, way="delivery", contact=HOME, total=1330)
    assert order(taro, way="delivery", contact=HOME, total=1330) == placed
    moves.move(placed.id, "accepted", word=Word(minutes=40))
    tapped = [partial(moves.move, placed.id, "out", word=Word(minutes=15)) for _ in range(6)]
    assert all_at_once(app, tapped) == {"done": 6}
    moves.move(placed.id, "done")
    receipt, accepted, out = told()
    assert [name for name, _ in (receipt, accepted, out)] == [
        *("orders.placed", "orders.accepted", "orders.out")
    ]
    assert (receipt[1]["total"], receipt[1]["lines"][0]["pieces"]) == (1330, 2)
    assert accepted[1]["ready_at"] == "2026-11-27T12:40:00+09:00"
    # Where somebody lives is no part of what waits to be said.
    assert HOME["address"] not in str(told())


@SQLITE
def test_what_the_store_takes_back_is_told_with_its_reason(
    account: int, ginza: int, taro: Customer
) -> None:
    member_id = a_member()
    points.give(member_id, 100, "birthday", key=Key("test", "gift"))
    hanako = somebody(account, 2, member_id)
    refused = order(hanako, points=40, contact=HOME)
    cancelled = order(taro)
    moves.move(refused.id, "refused", word=Word(reason="品切れのため"))
    moves.cancel(cancelled.number, taro)
    *_, (first, why), (second, own) = told()
    assert (first, why["reason"], why["points"]) == ("orders.refused", "品切れのため", 40)
    assert (second, own["by"], own["reason"]) == ("orders.cancelled", "customer", None)


@SQLITE
def test_of_the_web_shops_orders_payment_and_parcel_are_told_once(account: int, ginza: int) -> None:
    member_id = a_holder(account).member_id
    ec = {"origin": "ec", "id": "EC-1", "total": 2000, "placed_at": NOW, "member_id": member_id}
    for state in ("placed", "accepted", "out", "out", "accepted", "done"):
        outside.put({**ec, "state": state, "carrier": "ヤマト運輸", "tracking": "1234"})
    (bought, paid), (name, data) = told()
    assert (bought, paid["number"], paid["total"]) == ("orders.paid", "EC-1", 2000)
    assert (name, data["carrier"], data["tracking"]) == ("orders.shipped", "ヤマト運輸", "1234")


@SQLITE
def test_what_was_bought_on_the_web_waits_at_a_store(account: int, ginza: int) -> None:
    member_id = a_holder(account).member_id
    ec = {"origin": "ec", "id": "EC-1", "total": 2000, "placed_at": NOW, "member_id": member_id}
    for state in ("accepted", "out", "ready", "out", "ready", "done"):
        order_id = outside.put({**ec, "store": "ginza", "state": state})
    assert [name for name, _ in told()] == ["orders.paid", "orders.shipped", "orders.ready"]
    assert (told()[-1][1]["number"], queries.order(order_id).state) == ("EC-1", "done")
    # Of what is bought at a register, people know themselves that they have paid.
    for state in ("accepted", "ready"):
        outside.put({**ec, "origin": "register", "id": "R-1", "state": state})
    assert [data["number"] for _, data in told()][3:] == ["R-1"]


@SQLITE
def test_on_a_closed_day_nothing_can_be_had(ginza: int, taro: Customer) -> None:
    saturday = AT_ONE + timedelta(days=1)
    assert {AT_ONE, saturday} <= set(slots.free(ginza, "pickup"))
    hours.set_day(ginza, saturday.date(), [], {"ja": "棚卸し"})
    assert saturday not in slots.free(ginza, "pickup")
    with pytest.raises(SlotClosed):
        order(taro, slot_at=saturday)
    opens = [["09:00", "13:00"], ["15:00", "18:00"]]
    hours.put_week(ginza, Week({"fri": opens, "mon": opens}))
    free = slots.free(ginza, "pickup")
    assert sorted({moment.strftime("%a") for moment in free}) == ["Fri", "Mon"]
    assert AT_ONE - timedelta(minutes=30) in free
    for shut in (AT_ONE, AT_ONE.replace(hour=18), saturday + timedelta(days=1)):
        with pytest.raises(SlotClosed):
            order(taro, slot_at=shut)


@SQLITE
def test_of_ended_orders_it_is_forgotten_whom_they_were_for(
    account: int, ginza: int, taro: Customer
) -> None:
    hanako = somebody(account, 2, a_member())
    ended, open_one = (
        order(hanako, key, contact=HOME, note="門の前", slot_at=AT_ONE + timedelta(hours=hour))
        for key, hour in (("a", 0), ("b", 1))
    )
    guests = order(taro)
    moves.cancel(ended.number, hanako)
    assert (erasure.erase(hanako.member_id or 0), erasure.erase(hanako.member_id or 0)) == (1, 0)
    gone, left = queries.order(ended.id), queries.order(open_one.id)
    assert (gone.name, gone.phone, gone.address, gone.note) == (None, None, None, None)
    assert (gone.total, left.address) == (1000, HOME["address"])
    assert queries.order(guests.id).name == "山田 花子"
