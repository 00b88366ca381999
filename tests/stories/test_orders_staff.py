"""An order at the counter, from the receipt in the talk to the refund: each step told once."""

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.accounts import queries as accounts
from app.domain.audit import queries as audit
from app.domain.catalogue import queries as catalogue
from app.domain.orders import pricing, service, slots
from app.domain.orders.definition import NewLine
from app.domain.orders.service import Customer, Placed
from app.domain.people import queries as people
from app.domain.shops import queries as shops
from app.domain.staff import queries as staff
from app.domain.staff.actor import Actor
from app.staff.identity import CSRF_HEADER
from tests.support.pages import Desk, desk
from tests.support.paying import paying
from tests.support.phone import Phone
from tests.support.shop import Shop
from tests.support.visitor import InLine

Phones = Callable[[str], Phone]
STORE = "kichijoji"
HOME = {
    "name": "山田 花子",
    "phone": "090-0000-0001",
    "postal_code": "1800004",
    "address": "東京都武蔵野市吉祥寺本町1-2-3",
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def orders(shop: Shop, person: str, way: str = "pickup", pay: str = "store") -> Placed:
    """Somebody orders two of the first thing that is on sale, for the first moment there is."""
    with shop.app.app_context():
        account = accounts.find("main")
        person_id = people.find(account.provider_id, shop.user_id(person)) or 0
        store_id = shops.store_ids()[STORE]
        at = slots.free(store_id, way)[0]
        sizes = [size for item in catalogue.menu(store_id, at).items for size in item.sizes
                 if size.state == "on_sale" and (size.left is None or size.left > 4)
                 and not any(group.min for group in item.options)]  # fmt: skip
        line = NewLine(variant=sizes[0].code, pieces=4)
        total = pricing.quote(STORE, way, at, [line], HOME["postal_code"]).invoice.total
        wanted = {"store": STORE, "way": way, "slot_at": at.isoformat(), "total": total,
                  "lines": [line.model_dump()], "pay": pay, "contact": HOME}  # fmt: skip
        placed = service.place(wanted, Customer(person_id, account.id), key=f"{person}-{way}")
    shop.settle()
    return placed


def clerk(shop: Shop, email: str = "clerk@komorebi.example") -> Desk:
    """Somebody of the demo's staff at the counter."""
    with shop.app.app_context():
        found = staff.by_email(email)
        return desk(shop.app, Actor(found.id, found.role, found.name, None, None, 0))


def moves(at: Desk, number: str, state: str, key: str, **said: Any) -> tuple[int, Any]:
    """The board's own call."""
    page = at.hidden(f"/staff/orders/{number}")
    headers = {"Idempotency-Key": key, CSRF_HEADER: page["csrf"], "Accept": "application/json"}
    path = f"/staff/api/orders/{number}/move"
    answer = at.client.post(path, json={"state": state, **said}, headers=headers)
    return answer.status_code, answer.get_json()


def test_a_delivery_is_told_once_whatever_the_counter_taps(shop: Shop, phone: Phones) -> None:
    hanako = phone("hanako").adds()
    placed = orders(shop, "hanako", "delivery")
    assert hanako.screen[-1].startswith("ご注文を承りました")
    at = clerk(shop)
    board = at.open(f"/staff/orders?store={STORE}")
    assert placed.number in board
    assert moves(at, placed.number, "accepted", "a", minutes=30)[0] == 200
    tapped = [moves(at, placed.number, "out", key) for key in ("b", "b", "c")]
    shop.settle()
    assert [(status, body["state"]) for status, body in tapped] == [(200, "out")] * 3
    said = [line.partition("\n")[0] for line in hanako.screen]
    assert said[-3:] == ["ご注文を承りました", "ご注文をお受けしました", "配達に出ました"]

    assert moves(at, placed.number, "ready", "d")[1]["type"] == "urn:tsunagu:wrong_state"
    assert moves(at, placed.number, "refunded", "e")[0] == 422
    assert moves(at, placed.number, "done", "f")[0] == 200
    status, _ = at.act(f"/staff/orders/{placed.number}", "refund", reason="お品違い")
    assert status == 403
    owner = clerk(shop, "owner@komorebi.example")
    page = f"/staff/orders/{placed.number}"
    assert owner.act(page, "refund", reason="お品違い")[0] == 303
    shop.settle()
    assert "理由：お品違い" in hanako.screen[-1]


def test_a_refusal_needs_its_reason_and_gives_it(shop: Shop, phone: Phones) -> None:
    taro = phone("taro").adds()
    placed = orders(shop, "taro")
    at = clerk(shop)
    assert moves(at, placed.number, "refused", "a")[1]["type"] == "urn:tsunagu:bad_order"
    assert moves(at, placed.number, "refused", "b", reason="本日の分がなくなりました")[0] == 200
    shop.settle()
    assert taro.screen[-1].startswith("ご注文をお受けできませんでした")
    assert "本日の分がなくなりました" in taro.screen[-1]
    assert placed.number in at.open(f"/staff/orders?store={STORE}")
    found = at.client.get(f"/staff/orders?q={placed.number.lower().replace('-', ' ')}")
    assert found.location == f"/staff/orders/{placed.number}"
    assert "※" in at.open(f"/staff/orders/{placed.number}/slip")


def test_what_is_sold_out_for_today_is_not_sold_until_it_is_again(shop: Shop) -> None:
    at, page, size = clerk(shop), "/staff/orders/menu", {"store": STORE, "variant": "TART"}

    def state() -> str:
        with shop.app.app_context():
            return catalogue.item(shops.store_ids()[STORE], "TART").sizes[0].state

    hidden = at.hidden(f"{page}?store={STORE}")
    for _ in range(2):
        assert at.send(f"{page}/sold-out", hidden, **size)[0] == 303
    assert state() == "sold_out"
    assert at.open(f"{page}?store={STORE}").count("本日売り切れ") == 1
    assert "on-sale" in at.open(f"{page}?store={STORE}&q=タルト")
    assert at.act(page, "on-sale", **size)[0] == 303
    assert state() != "sold_out"
    assert at.act(page, "sold-out", store=STORE, variant="NONE")[0] == 404
    assert at.act(page, "sold-out", store="osaka", variant="TART")[0] == 404
    with shop.app.app_context():
        noted = [entry.action for entry in audit.listed()]
    assert [noted.count(f"orders.{each}") for each in ("sold_out", "on_sale")] == [1, 1]


def test_an_order_that_is_paid_online_is_accepted_once_it_is(shop: Shop, phone: Phones) -> None:
    phone("hanako").adds()
    phone("taro").adds()
    with paying() as pays:
        placed = orders(shop, "hanako", pay="provider")
        hanako, path, at = InLine(shop), f"payments/{placed.number}", clerk(shop)
        shop.until(lambda: bool(hanako.get(path).json["url"]))
        assert hanako.get(path).json["url"] == "https://pays.example/pay_1"
        assert InLine(shop, "taro").get(path).code == "no_such_order"
        page = f"/staff/orders/{placed.number}"
        assert "お支払いが済むと、受け付けられます" in at.open(page)
        assert "受け付ける</button>" not in at.open(page)
        assert moves(at, placed.number, "accepted", "a")[1]["type"] == "urn:tsunagu:not_paid"
        pays.agreed = {"pay_1"}
        for _ in range(2):
            assert hanako.post(path).status == 200
        shop.until(lambda: hanako.get(path).json["stands"] == "paid")
        assert "オンライン支払い済み" in at.open(page)
        assert "受け付ける</button>" in at.open(page)
        assert moves(at, placed.number, "accepted", "b")[0] == 200
    assert pays.money() == [("capture", "pay_1", placed.total)]
