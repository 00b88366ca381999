"""Paying online by the calls of /liff/order: only where it is offered, and only one's own."""

from typing import Any

from tests.stories.test_orders import free, order, running, seen
from tests.support.orders import open_tomorrow
from tests.support.paying import paying
from tests.support.shop import Shop
from tests.support.visitor import InLine

CONTACT = {"name": "山田 花子", "phone": "090-0000-0001"}
FORGED: tuple[Any, ...] = ("", "paid", "PROVIDER", None, True, 0, ["provider"], {"pay": "store"})


def guest(shop: Shop, phone: Any, name: str = "hanako") -> InLine:
    """Somebody who writes for whom it is; the store hands out tomorrow."""
    phone(name).adds()
    with shop.app.app_context():
        open_tomorrow()
    return InLine(shop, name)


def left(customer: InLine) -> Any:
    """Places of the first slot, and pieces of the tart."""
    slot = customer.get("order/slots?store=kichijoji&way=pickup").json["slots"][0]
    menu = customer.get("order/menu?store=kichijoji").json["items"]
    return slot, [size["left"] for item in menu if item["code"] == "TART" for size in item["sizes"]]


def test_without_a_provider_nobody_pays_online_and_nothing_changes(shop: Shop, phone: Any) -> None:
    hanako = guest(shop, phone)
    before = left(hanako)
    assert seen(hanako)["online"] is False
    refused = order(hanako, contact=CONTACT, pay="provider")
    assert (refused.status, refused.code) == (422, "bad_order")
    assert [problem["field"] for problem in refused.json["problems"]] == ["pay"]
    for pay in FORGED:
        forged = order(hanako, contact=CONTACT, pay=pay)
        assert (forged.status, forged.code) == (422, "bad_body"), pay
    assert (left(hanako), running(hanako)) == (before, [])
    placed = order(hanako, contact=CONTACT, pay="store")
    assert (placed.status, placed.json["order"]["payment"]) == (201, None)
    assert hanako.get("reorder").json["online"] is False


def test_an_order_is_paid_by_whoever_placed_it_and_by_nobody_else(shop: Shop, phone: Any) -> None:
    hanako, taro = guest(shop, phone), guest(shop, phone, "taro")
    with paying() as pays:
        assert seen(hanako)["online"] is True
        wanted = {"contact": CONTACT, "pay": "provider", "slot_at": free(hanako)}
        placed = [order(hanako, **wanted) for _ in range(2)]
        assert [one.status for one in placed] == [201, 201]
        assert order(hanako, **(wanted | {"pay": "store"})).code == "order_key_reused"
        (number,) = running(hanako)
        path = f"payments/{number}"
        shop.until(lambda: bool(hanako.get(path).json["url"]))
        for answer in (taro.get(path), taro.post(path), hanako.get("payments/AAAA-AAAA")):
            assert (answer.status, answer.code) == (404, "no_such_order")
        assert hanako.post(path, stands="paid").code == "bad_body"
        assert running(taro) == []

        pays.agreed = {"pay_1"}
        assert taro.post(path).status == 404
        assert seen(hanako)["open"][0]["payment"] == {
            "stands": "begun",
            "yen": 1780,
            "url": "https://pays.example/pay_1",
            "asking": False,
            "refused": False,
        }
        hanako.post(path)
        shop.until(lambda: hanako.get(path).json["stands"] == "paid")
        paid = seen(hanako)["open"][0]
        assert (paid["state"], paid["payment"]["url"]) == ("placed", None)
        base = hanako.get("reorder").json["proposal"]["base"]
        assert base["payment"]["stands"] == "paid"

        hanako.post(f"orders/{number}/cancel")
        shop.until(lambda: hanako.get(path).json["stands"] == "refunded")
    assert pays.money() == [("capture", "pay_1", 1780), ("refund", "pay_1", 1780)]
