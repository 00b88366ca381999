"""Orders: once for their key, at the server's prices, all that hangs on them or nothing."""

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
from app.domain.catalogue import service as products
from app.domain.catalogue import stock
from app.domain.catalogue.errors import BadOptions, SoldOut
from app.domain.catalogue.favourites import Whose
from app.domain.coupons import queries as coupons
from app.domain.coupons import service as issuing
from app.domain.coupons.errors import NoSuchGrant
from app.domain.orders import baskets, moves, queries, slots, usual
from app.domain.orders.errors import (
    BadOrder,
    BelowMinimum,
    NoSuchOrder,
    NotDelivered,
    NotOnSale,
    OrderKeyReused,
    PriceChanged,
    SlotClosed,
    SlotFull,
    TooManyOpen,
    WrongState,
)
from app.domain.orders.models import Order
from app.domain.orders.moves import Word
from app.domain.orders.service import Customer
from app.domain.points import program
from app.domain.points import queries as balances
from app.domain.points import service as points
from app.domain.points.errors import NotEnough
from app.domain.points.ledger import Key
from app.domain.points.rules import Program
from app.domain.shops.errors import NoSuchStore
from app.facts.models import Fact
from tests.support.catalogue import LATTE, an_item, cause
from tests.support.coupons import a_coupon, all_at_once, broken
from tests.support.members import a_member
from tests.support.orders import AT_ONE, HOME, NOW, open_shop, open_store, order, somebody

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ginza(inside: object) -> Iterator[int]:
    with freeze_time(NOW):
        program_of_points = Program(earn_yen=100, earn_points=1, expiry="fixed", expiry_days=365)
        store_id = open_shop()
        program.set_program(program_of_points)
        yield store_id


@pytest.fixture
def hanako(account: int, ginza: int) -> Customer:
    """A member with a hundred points."""
    member_id = a_member(phone="090-0000-0001")
    points.give(member_id, 100, "birthday", key=Key("test", "gift"))
    return somebody(account, 1, member_id)


def kinds() -> list[str]:
    wanted = select(Fact.kind).where(Fact.kind.startswith("order.")).order_by(Fact.id)
    return list(db.session.scalars(wanted))


def orders() -> int:
    return db.session.scalar(select(func.count()).select_from(Order)) or 0


def left(code: str, store_id: int) -> int | None:
    variant_id = catalogue.variant_id(code)
    return catalogue.offers(store_id, [variant_id])[variant_id].left


def test_an_order_holds_stock_slot_points_and_coupon_and_gives_them_back(
    ginza: int, hanako: Customer
) -> None:
    an_item("ginza", "CAKE", stock=5)
    grant_id = issuing.issue(a_coupon(), hanako.member_id, cause="test")
    baskets.keep(hanako.person_id, "ginza", [{"variant": "CAKE", "pieces": 2}])
    placed = order(hanako, points=40, coupon=grant_id, contact=None)

    assert (placed.total, placed.to_pay, placed.state) == (1000, 960, "placed")
    assert order(hanako, points=40, coupon=grant_id, contact=None) == placed
    assert (left("CAKE", ginza), balances.balance(hanako.member_id)) == (3, 60)
    assert [card.id for card in coupons.wallet(hanako.member_id).used] == [grant_id]
    assert baskets.basket(hanako.person_id) is None
    card = queries.by_number(placed.number, Whose(hanako.person_id, hanako.member_id))
    assert (card.name, card.lines[0].pieces, card.taxes[0]["tax"]) == ("山田 花子", 2, 74)
    with freeze_time(NOW + timedelta(hours=1)):  # Later than a coupon is undone at the counter.
        assert moves.cancel(placed.number, hanako)
        assert not moves.cancel(placed.number, hanako)
    assert (left("CAKE", ginza), balances.balance(hanako.member_id)) == (5, 100)
    assert [card.id for card in coupons.wallet(hanako.member_id).usable] == [grant_id]
    assert kinds() == ["order.placed", "order.cancelled"]
    assert broken() == []


def test_a_done_order_earns_and_a_refund_takes_back_what_is_left(
    ginza: int, hanako: Customer
) -> None:
    placed = order(hanako, contact=None)
    for state in ("accepted", "preparing", "ready", "done"):
        assert moves.move(placed.id, state, staff_id=7, word=Word(minutes=15))
        assert not moves.move(placed.id, state)
    assert balances.balance(hanako.member_id) == 110
    points.redeem(hanako.member_id, 105, key=Key("test", "spent"))
    assert moves.move(placed.id, "refunded", word=Word(reason="お品違い"))
    assert balances.balance(hanako.member_id) == 0

    assert [state for state, _at in queries.steps(placed.id)] == [
        *("placed", "accepted", "preparing", "ready", "done", "refunded")
    ]
    with pytest.raises(WrongState):
        moves.move(placed.id, "done")
    with pytest.raises(NoSuchOrder):
        moves.move(placed.id, "done", store_id=ginza + 1)
    with pytest.raises(BadOrder):
        moves.move(placed.id, "done", word=Word(reason="あ" * 201))
    assert broken() == []


@SQLITE
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"total": 900}, PriceChanged),
        ({"lines": [{"variant": "CAKE", "pieces": 0}]}, BadOrder),
        ({"lines": [{"variant": "CAKE", "pieces": -2}]}, BadOrder),
        ({"lines": [{"variant": "CAKE", "pieces": 10**9}]}, BadOrder),
        ({"lines": [{"variant": "CAKE", "pieces": 2, "price": 1}]}, BadOrder),
        ({"lines": []}, BadOrder),
        ({"lines": [{"variant": "NONE", "pieces": 2}]}, NotOnSale),
        ({"lines": [{"variant": "CAKE", "pieces": 9}], "total": 4500}, SoldOut),
        ({"lines": [{"variant": "CAKE", "pieces": 2, "options": {"milk": ["oat"]}}]}, BadOptions),
        ({"store": "osaka"}, NoSuchStore),
        ({"store": "ueno"}, SlotClosed),
        ({"slot_at": AT_ONE + timedelta(minutes=1)}, SlotClosed),
        ({"slot_at": AT_ONE - timedelta(days=1)}, SlotClosed),
        ({"slot_at": AT_ONE + timedelta(days=30)}, SlotClosed),
        ({"slot_at": AT_ONE.replace(hour=22)}, SlotClosed),
        ({"slot_at": "2026-11-27T13:00:00"}, BadOrder),
        ({"points": 101}, NotEnough),
        ({"points": 1001}, BadOrder),
        ({"points": -1}, BadOrder),
        ({"coupon": 10_000}, NoSuchGrant),
        ({"way": "delivery"}, BadOrder),
        ({"way": "delivery", "contact": {**HOME, "postal_code": "1500001"}}, NotDelivered),
        ({"way": "delivery", "contact": HOME, "total": 1000}, PriceChanged),
        (
            {"way": "delivery", "contact": HOME, "lines": [{"variant": "TEA", "pieces": 1}]},
            BelowMinimum,
        ),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    ginza: int, hanako: Customer, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    open_store("ueno", pickup_times=None)
    an_item("ginza", "CAKE", stock=5)
    before = balances.balance(hanako.member_id)
    with pytest.raises(refusal):
        order(hanako, **changes)
    assert orders() == 0
    assert (left("CAKE", ginza), balances.balance(hanako.member_id)) == (5, before)
    assert kinds() == []
    assert slots.free(ginza, "pickup")[1] == AT_ONE
    assert broken() == []


def test_a_price_that_moved_between_show_and_confirm_is_told(ginza: int, hanako: Customer) -> None:
    products.change_product("CAKE", {"variants": [{"code": "CAKE", "price": 600}]}, cause=cause())
    with pytest.raises(PriceChanged) as moved:
        order(hanako)
    assert moved.value.extra == {"total": 1200}
    placed = order(hanako, total=1200)
    with pytest.raises(OrderKeyReused):
        order(hanako, total=1200, note="急ぎ")
    assert placed.total == 1200


def test_orders_are_their_customers_alone(ginza: int, hanako: Customer, account: int) -> None:
    mallory = somebody(account, 2)
    mine, guests = order(hanako), order(mallory)
    for stranger, number in ((mallory, mine.number), (hanako, guests.number)):
        whose = Whose(stranger.person_id, stranger.member_id)
        with pytest.raises(NoSuchOrder):
            queries.by_number(number, whose)
        with pytest.raises(NoSuchOrder):
            moves.cancel(number, stranger)
    with pytest.raises(BadOrder):
        order(mallory, "p", points=1, slot_at=AT_ONE + timedelta(hours=1))
    # Whoever is linked with the member later sees what the member ordered, and nothing of others.
    family = somebody(account, 3, hanako.member_id)
    numbers = [card.number for card in queries.history(Whose(family.person_id, family.member_id))]
    assert numbers == [mine.number]
    moves.move(mine.id, "accepted")
    with pytest.raises(WrongState):
        moves.cancel(mine.number, hanako)


def test_of_many_at_once_a_slot_has_its_capacity_and_a_key_places_once(
    app: Flask, ginza: int, account: int
) -> None:
    people = [somebody(account, number) for number in range(10, 22)]
    ended = all_at_once(app, [partial(order, each) for each in people])
    assert ended == {"done": 2, "slot_full": 10}
    with pytest.raises(SlotFull) as full:
        order(people[-1], "again")
    assert full.value.extra["nearest"][0] == "2026-11-27T12:30:00+09:00"
    later = AT_ONE + timedelta(hours=2)
    same = [partial(order, somebody(account, 50), slot_at=later) for _ in range(8)]
    assert all_at_once(app, same) == {"done": 8}
    assert orders() == 3
    assert broken() == []


@SQLITE
def test_without_the_key_a_double_tap_orders_twice(ginza: int, account: int, monkeypatch) -> None:
    monkeypatch.setattr("app.faults._UNSAFE", "no_order_key")
    taro = somebody(account)
    assert order(taro).id != order(taro).id


@SQLITE
def test_without_the_condition_a_slot_overflows(ginza: int, account: int, monkeypatch) -> None:
    monkeypatch.setattr("app.faults._UNSAFE", "slot_unchecked")
    for number in range(3):
        order(somebody(account, number))
    assert len(queries.history(Whose(somebody(account, 0).person_id))) == 1
    assert orders() == 3


@SQLITE
def test_nobody_has_more_open_orders_than_five(ginza: int, account: int) -> None:
    taro = somebody(account)
    placed = [order(taro, str(n), slot_at=AT_ONE + timedelta(minutes=30 * n)) for n in range(5)]
    with pytest.raises(TooManyOpen):
        order(taro, "more", slot_at=AT_ONE + timedelta(hours=4))
    moves.cancel(placed[0].number, taro)
    order(taro, "more", slot_at=AT_ONE + timedelta(hours=4))


@SQLITE
def test_a_delivery_has_its_fee_and_its_address(ginza: int, hanako: Customer) -> None:
    placed = order(hanako, way="delivery", contact=HOME, total=1330)
    card = queries.order(placed.id)
    assert (card.fee, card.address) == (330, HOME["address"])
    assert [(group["rate"], group["total"]) for group in card.taxes] == [(8, 1000), (10, 330)]
    moves.move(placed.id, "accepted")
    with pytest.raises(WrongState):
        moves.move(placed.id, "ready")
    assert moves.move(placed.id, "out")


def test_the_usual_order_names_every_difference(ginza: int, hanako: Customer) -> None:
    whose = Whose(hanako.person_id, hanako.member_id)
    assert usual.propose(whose) is None
    products.put_category({"code": "sweets", "name": {"ja": "スイーツ"}})
    products.change_product("CAKE", {"category": "sweets"}, cause=cause())
    pie = {"code": "PIE", "name": {"ja": "パイ"}, "tax": 8, "category": "sweets"}
    products.put_product({**pie, "variants": [{"code": "PIE", "price": 520}]}, cause=cause())
    products.put_product(LATTE, cause=cause())
    lines = [
        {"variant": "CAKE", "pieces": 2},
        {"variant": "TEA", "pieces": 1},
        {"variant": "LATTE-S", "pieces": 1, "options": {"milk": ["oat"]}},
    ]
    order(hanako, lines=lines, total=1840)

    same = usual.propose(whose)
    assert same is not None
    assert (len(same.lines), same.differences) == (3, [])
    assert same.slots[0] == NOW + timedelta(minutes=30)
    stock.sold_out_today(ginza, catalogue.variant_id("CAKE"))
    an_item("ginza", "TEA", price=350)
    an_item("ginza", "LATTE-S", offered=False)
    found = usual.propose(whose)
    assert found is not None
    assert [
        (each.code, each.why, each.old, each.new, each.instead.code if each.instead else None)
        for each in found.differences
    ] == [
        ("CAKE", "sold_out", 500, None, "PIE"),
        ("TEA", "dearer", 300, 350, None),
        ("LATTE-S", "not_here", 540, None, "LATTE-L"),
    ]
    assert [line.variant for line in found.lines] == ["TEA"]
    again = [line.model_dump() for line in found.lines]
    assert order(hanako, "again", lines=again, total=350).total == 350


@SQLITE
def test_a_tax_that_comes_on_top_now_makes_a_thing_dearer(ginza: int, hanako: Customer) -> None:
    order(hanako)
    products.change_product("CAKE", {"tax_included": False}, cause=cause())
    found = usual.propose(Whose(hanako.person_id, hanako.member_id))
    assert found is not None
    shown = [(each.code, each.why, each.old, each.new) for each in found.differences]
    assert shown == [("CAKE", "dearer", 500, 540)]


@SQLITE
def test_a_basket_is_kept_until_it_is_emptied(ginza: int, account: int) -> None:
    taro = somebody(account).person_id
    baskets.keep(taro, "ginza", [{"variant": "CAKE", "pieces": 1}])
    baskets.keep(taro, "ginza", [{"variant": "TEA", "pieces": 3}])
    kept = baskets.basket(taro)
    assert kept is not None
    assert (kept.store_id, [line.variant for line in kept.lines]) == (ginza, ["TEA"])
    for wrong in ([{"variant": "TEA", "pieces": 0}], [{"variant": "TEA", "pieces": 1}] * 51):
        with pytest.raises(BadOrder):
            baskets.keep(taro, "ginza", wrong)
    with pytest.raises(NoSuchStore):
        baskets.keep(taro, "osaka", [])
    baskets.keep(taro, "ginza", [])
    assert baskets.basket(taro) is None
