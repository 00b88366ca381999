"""Orders that are paid online: once whatever is lost, before they are accepted, and given back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time

from app.db import db
from app.domain.orders import moves, queries
from app.domain.orders.errors import BadOrder, NotPaid
from app.domain.orders.moves import Word
from app.domain.orders.service import Customer
from app.domain.payments import service as payments
from app.domain.payments.service import Standing
from tests.support.coupons import broken
from tests.support.orders import NOW, open_shop, order, somebody
from tests.support.paying import Pays, paying


@pytest.fixture
def time() -> Iterator[Any]:
    with freeze_time(NOW) as time:
        yield time


@pytest.fixture
def taro(account: int, inside: object, time: object) -> Customer:
    open_shop()
    return somebody(account)


@pytest.fixture
def pays() -> Iterator[Pays]:
    with paying() as pays:
        yield pays


def ask(app: Flask) -> None:
    """The lane does what is due."""
    db.session.rollback()
    app.extensions["lanes"]["payments"].drain()


def stands(order_id: int) -> Standing:
    found = payments.standing(f"order/{order_id}")
    assert found is not None
    return found


def test_an_order_is_paid_once_though_answers_are_lost_and_given_back_once(
    app: Flask, taro: Customer, pays: Pays, time: Any
) -> None:
    pays.deaf = True
    placed = order(taro, pay="provider")
    ask(app)
    assert stands(placed.id) == Standing("wanted", 1000, None, "pending")
    pays.deaf = False
    time.tick(timedelta(minutes=2))
    ask(app)
    assert stands(placed.id).url == "https://pays.example/pay_1"
    for agreed in (set[str](), {"pay_1"}):
        with pytest.raises(NotPaid):
            moves.move(placed.id, "accepted")
        pays.agreed, pays.deaf = agreed, bool(agreed)
        payments.came_back(f"order/{placed.id}")
        ask(app)
    assert stands(placed.id).stands == "begun"
    pays.deaf = False
    time.tick(timedelta(minutes=2))
    ask(app)
    assert stands(placed.id).stands == "paid"
    for state in ("accepted", "ready", "done"):
        moves.move(placed.id, state)
    moves.move(placed.id, "refunded", word=Word(reason="お品違い"))
    for _ in range(2):
        ask(app)
    assert stands(placed.id).stands == "refunded"
    assert pays.money() == [("capture", "pay_1", 1000), ("refund", "pay_1", 1000)]
    assert broken() == []


def test_what_is_not_paid_in_time_is_cancelled_here_and_there(
    app: Flask, taro: Customer, pays: Pays, time: Any
) -> None:
    placed = order(taro, pay="provider")
    ask(app)
    assert moves.end_unpaid() == 0
    time.tick(timedelta(minutes=31))
    db.session.rollback()
    assert (moves.end_unpaid(), moves.end_unpaid()) == (1, 0)
    ask(app)
    assert queries.order(placed.id).state == "cancelled"
    assert (stands(placed.id).stands, pays.money()) == ("cancelled", [("cancel", "pay_1", 0)])
    assert broken() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cancellation_during_the_capture_gives_the_money_back(
    app: Flask, taro: Customer, pays: Pays
) -> None:
    placed = order(taro, pay="provider")
    ask(app)
    pays.agreed = {"pay_1"}
    payments.came_back(f"order/{placed.id}")
    capture = pays.capture

    def slow(ref: str, yen: int, *, key: str) -> bool:
        moves.cancel(placed.number, taro)
        return capture(ref, yen, key=key)

    pays.capture = slow  # type: ignore[method-assign]
    ask(app)
    assert [what for what, _ref, _yen in pays.money()] == ["capture", "refund"]
    assert stands(placed.id).stands == "refunded"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_is_led_to_a_page_that_is_not_at_an_https_address(
    app: Flask, taro: Customer, pays: Pays
) -> None:
    pays.url = "javascript:alert(1)//"
    placed = order(taro, pay="provider")
    ask(app)
    assert stands(placed.id) == Standing("wanted", 1000, None, "dead")
    assert stands(placed.id).refused
    moves.cancel(placed.number, taro)
    ask(app)
    assert (stands(placed.id).stands, pays.money()) == ("cancelled", [("cancel", "pay_1", 0)])


def test_one_comes_back_to_the_account_the_order_was_made_at(
    app: Flask, taro: Customer, pays: Pays
) -> None:
    number = order(taro, pay="provider").number
    ask(app)
    back = f"http://127.0.0.1:8000/liff/order?account=main&number={number}"
    assert pays.backs == {"pay_1": back}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_provider_nothing_is_paid_online(taro: Customer) -> None:
    with pytest.raises(BadOrder):
        order(taro, pay="provider")
