"""/api/v1/orders: a shop on the web and a register tell of their orders, and a till moves ours."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time

from app.cli.invariants import check
from app.domain.orders import queries
from app.domain.points import program
from app.domain.points import queries as points
from app.domain.points.rules import Program
from tests.domain.test_orders_told import told
from tests.support.cards import a_holder
from tests.support.cast import add_account, add_store
from tests.support.orders import NOW, open_shop, order, somebody
from tests.support.paying import paying
from tests.support.systems import System, a_system


@pytest.fixture
def web(app: Flask, inside: object) -> Iterator[System]:
    with freeze_time(NOW):
        open_shop()
        yield a_system(app)


def written(state: str, **changes: Any) -> dict[str, Any]:
    line = {"code": "CAKE", "name": {"ja": "ケーキ"}, "pieces": 2, "price": 1000, "tax": 8}
    order = {"origin": "ec", "id": "EC-1", "state": state, "total": 2000, "lines": [line]}
    return order | {"placed_at": NOW.isoformat(), **changes}


def test_an_order_of_the_web_shop_is_put_as_it_stands(web: System, account: int) -> None:
    program.set_program(Program(earn_yen=100, earn_points=1, expiry="fixed", expiry_days=365))
    hanako = a_holder(account).member_id
    first, again = (web.post("/orders", "k", **written("paid")) for _ in range(2))
    assert (first.status, first.json) == (200, again.json)
    assert (first.json["state"], first.json["lines"][0]["pieces"]) == ("paid", 2)
    parcel = {"carrier": "ヤマト運輸", "tracking": "1234", "member_id": hanako}
    for state in ("shipped", "paid", "shipped", "done"):
        shown = web.post("/orders", **written(state, **parcel))
    assert (shown.json["number"], shown.json["state"]) == (first.json["number"], "done")
    assert [name for name, _ in told()] == ["orders.shipped"]
    assert points.balance(hanako) == 20
    assert web.post("/orders", **written("cancelled")).json["state"] == "refunded"
    assert points.balance(hanako) == 0

    one = web.get(f"/orders/{first.json['number']}")
    assert (one.json["tracking"], one.json["id"]) == ("1234", "EC-1")
    assert web.get("/orders?origin=ec&id=EC-1").json["items"] == [one.json]
    assert web.get("/orders?origin=register").json["items"] == []
    assert web.get(f"/orders?member_id={hanako}").json["items"] == [one.json]
    assert web.get(f"/orders?member_id={hanako + 1}").json["items"] == []
    for wrong, code in (
        ({"total": -1}, "bad_body"),
        ({"state": "eaten"}, "bad_body"),
        ({"member_id": 999}, "no_such_member"),
        ({"store": "osaka"}, "no_such_store"),
        ({"placed_at": "0001-01-01T00:00:00+09:00"}, "bad_body"),
    ):
        assert web.post("/orders", **written("placed", id="EC-2") | wrong).code == code
    assert check() == []


def test_what_staff_make_of_an_order_of_the_web_shop_stays(web: System) -> None:
    def after(first: str, moved: str, then: str) -> str:
        number = web.post("/orders", **written(first, id=f"EC-{first}-{moved}")).json["number"]
        assert web.post(f"/orders/{number}/moves", state=moved).json["state"] == moved
        return str(web.post("/orders", **written(then, id=f"EC-{first}-{moved}")).json["state"])

    assert after("paid", "preparing", "placed") == "preparing"
    assert after("paid", "ready", "shipped") == "ready"
    assert after("placed", "refused", "paid") == "refused"
    for late in ("cancelled", "done"):
        again = web.post("/orders", **written(late, id="EC-placed-refused")).json
        assert again["state"] == "refused"
    ready = web.post("/orders", **written("done", id="EC-paid-ready"))
    assert (ready.json["state"], check()) == ("done", [])


def test_a_till_moves_an_order_of_line_and_sees_its_own_store_alone(
    app: Flask, web: System, account: int
) -> None:
    placed = order(somebody(account))
    assert web.get(f"/orders/{placed.number}").json["to_pay"] == 1000
    moved = web.post(f"/orders/{placed.number}/moves", state="accepted", minutes=10)
    assert (moved.json["state"], moved.json["name"]) == ("accepted", "山田 花子")
    assert web.post(f"/orders/{placed.number}/moves", state="out").code == "wrong_state"
    for state in ("ready", "shipped"):
        assert web.post("/orders", **written(state, id="EC-7")).json["state"] == "ready"
    with paying():
        online = order(somebody(account, 2), pay="provider")
        refused = web.post(f"/orders/{online.number}/moves", state="accepted")
    assert (refused.status, refused.code) == (409, "not_paid")
    scopes = ("orders.read", "orders.write")
    ueno = a_system(app, *scopes, store_id=add_store("ueno"))
    web.post("/orders", **written("paid", store="ginza"))
    assert ueno.get(f"/orders/{placed.number}").code == "no_such_order"
    assert ueno.post(f"/orders/{placed.number}/moves", state="ready").code == "no_such_order"
    assert ueno.post("/orders", **written("cancelled")).code == "no_such_order"
    assert ueno.post("/orders", **written("paid", store="ginza")).code == "no_such_store"
    assert ueno.post("/orders", **written("paid", id="EC-9")).json["store"] == "ueno"
    assert [each["id"] for each in ueno.get("/orders").json["items"]] == ["EC-9"]
    other = a_system(app, *scopes, account_id=add_account("osaka", bot_user_id="U" + "c" * 32))
    assert other.get(f"/orders/{placed.number}").code == "no_such_order"
    assert other.post(f"/orders/{placed.number}/moves", state="ready").code == "no_such_order"
    assert {each["origin"] for each in other.get("/orders").json["items"]} == {"ec"}
    assert queries.order(placed.id).state == "accepted"


def test_several_orders_are_told_in_one_call_that_counts_once(
    app: Flask, web: System, account: int
) -> None:
    program.set_program(Program(earn_yen=100, earn_points=1, expiry="fixed", expiry_days=365))
    hanako = a_holder(account).member_id
    orders = [
        written("shipped", member_id=hanako),
        written("paid", id="EC-2"),
        written("done", member_id=hanako),
    ]
    first, again = (web.post("/orders/batch", "k", orders=orders) for _ in range(2))
    assert (first.status, first.json) == (200, again.json)
    states = [(each["id"], each["state"]) for each in first.json["orders"]]
    assert states == [("EC-1", "done"), ("EC-2", "paid"), ("EC-1", "done")]
    number = first.json["orders"][0]["number"]
    assert web.get(f"/orders/{number}").json["state"] == "done"
    assert (points.balance(hanako), [name for name, _ in told()]) == (20, ["orders.shipped"])
    for wrong, code in (
        ([], "bad_body"),
        ([written("done")] * 51, "bad_body"),
        ([written("placed", id="EC-3"), written("placed", id="EC-4", total=-1)], "bad_body"),
        ([written("placed", id="EC-3"), written("placed", member_id=999)], "no_such_member"),
        ([written("placed", id="EC-3"), written("placed", store="osaka")], "no_such_store"),
    ):
        assert web.post("/orders/batch", orders=wrong).code == code
    ueno = a_system(app, "orders.write", store_id=add_store("ueno"))
    theirs = [written("paid", id="EC-3"), written("cancelled", id="EC-2")]
    assert ueno.post("/orders/batch", orders=theirs).code == "no_such_order"
    assert len(web.get("/orders").json["items"]) == 2
    assert check() == []
