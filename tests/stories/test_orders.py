"""The usual order in two taps, and orders by the calls of /liff/order: the server decides."""

from typing import Any

import pytest

from app.domain.accounts import queries as accounts
from app.domain.catalogue import queries as catalogue
from app.domain.catalogue import service as products
from app.domain.catalogue import stock
from app.domain.links import service as links
from app.domain.members import queries as members
from app.domain.orders import slots
from app.domain.shops import queries as shops
from tests.support.members import asker
from tests.support.orders import open_tomorrow
from tests.support.shop import Shop
from tests.support.visitor import Answer, InLine

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

USUAL = "この内容で注文する"
LATTE = {"variant": "LATTE-M", "pieces": 1, "options": {"temperature": ["hot"], "milk": ["oat"]}}
TART = {"variant": "TART", "pieces": 2}


@pytest.fixture
def hanako(shop: Shop, phone: Any) -> InLine:
    """A member with points and an address, whose LINE is linked."""
    phone("hanako").adds()
    with shop.app.app_context():
        open_tomorrow()
        open_tomorrow("jimbocho", delivery_times=None)
        person = asker(accounts.find("main").id, shop.user_id("hanako"))
        member = members.by_number("KMB-0001")
        assert member
        links.link(person, member.id, proof="joined")
    shop.settle()
    return InLine(shop)


def free(customer: InLine, way: str = "pickup", store: str = "kichijoji") -> str:
    at = customer.get(f"order/slots?store={store}&way={way}").json["slots"][0]
    return str(at["at"])


def wish(customer: InLine, **changes: Any) -> dict[str, Any]:
    """A latte with oat milk and two tarts, to be picked up."""
    order = {"store": "kichijoji", "way": "pickup", "slot_at": free(customer)}
    return {**order, "lines": [LATTE, TART], "total": 1780, **changes}


def order(customer: InLine, key: str = "one", **changes: Any) -> Answer:
    return customer.post("orders", {"Idempotency-Key": key}, **wish(customer, **changes))


def seen(customer: InLine) -> Any:
    """What the page /liff/order begins with."""
    answer = customer.get("order")
    assert answer.status == 200, answer.text
    return answer.json


def running(customer: InLine) -> list[str]:
    return [each["number"] for each in seen(customer)["open"]]


def test_a_member_orders_the_usual_in_two_taps_and_once(shop: Shop, phone: Any, hanako: InLine):
    talk = phone("hanako").types("いつもの")
    assert talk.screen[-1].startswith("まだご注文がありません。")
    first = order(hanako).json["order"]["number"]

    talk.types("いつもの")
    assert talk.screen[-1] == "いつものご注文"
    for _ in range(2):
        talk.taps(USUAL)
        assert talk.screen[-1].startswith("ご注文を承りました")
    assert len(running(hanako)) == 2
    second = next(number for number in running(hanako) if number != first)
    shown = hanako.get(f"orders/{second}").json["order"]
    assert (shown["total"], shown["name"], shown["state"]) == (1780, "山田 花子", "placed")

    # The tile of the menu shows another card, which is another order.
    talk.does("postback", data="orders.again").taps(USUAL)
    assert len(running(hanako)) == 3


def test_what_changed_is_told_before_anything_is_ordered(shop: Shop, phone: Any, hanako: InLine):
    order(hanako)
    talk = phone("hanako").types("いつもの")
    with shop.app.app_context():
        shop_id = shops.store_ids()["kichijoji"]
        products.change_product("LATTE", {"variants": _dearer()}, cause="test/1")
    talk.taps(USUAL)
    assert talk.screen[-1] == (
        "いつものご注文\nお値段や内容が変わりました。新しい内容をお確かめのうえ、もう一度お選びください。\n"
        "・カフェラテ Mサイズ：値上がり 620円→660円"
    )
    assert len(running(hanako)) == 1
    with shop.app.app_context():
        stock.set_stock(shop_id, catalogue.variant_id("TART"), 0, cause="test/2")
    talk.taps(USUAL)
    assert "タルト 1ピース：売り切れ（かわりに「季節のタルト ホール" in talk.screen[-1]
    talk.taps(USUAL)
    assert talk.screen[-1].startswith("ご注文を承りました")
    assert seen(hanako)["open"][0]["total"] == 660

    with shop.app.app_context():
        slots.put_rules(shop_id, {})
    talk.types("いつもの")
    assert "ご注文をお受けできる時間がありません" in talk.screen[-1]
    assert talk.buttons == ["内容を変更する"]


def _dearer() -> list[dict[str, Any]]:
    found = catalogue.product("LATTE").variants
    written = [each.model_dump(exclude_none=True) for each in found]
    return [one | {"price": one["price"] + 40} for one in written]


def test_the_page_proposes_the_usual_and_asks_again_after_a_change(shop: Shop, hanako: InLine):
    assert hanako.get("reorder").json["proposal"] is None
    first = order(hanako, way="delivery", slot_at=free(hanako, "delivery")).json["order"]
    assert (first["fee"], first["postal_code"]) == (0, "1800004")
    found = hanako.get("reorder").json["proposal"]
    assert (found["differences"], found["order"]["total"]) == ([], 1780)
    with shop.app.app_context():
        products.change_product("LATTE", {"variants": _dearer()}, cause="test/1")
    key = {"Idempotency-Key": "again"}

    changed = hanako.post("orders", key, **found["order"])
    assert (changed.status, changed.code, changed.json["total"]) == (409, "price_changed", 1820)
    found = hanako.get("reorder").json["proposal"]
    assert [each["why"] for each in found["differences"]] == ["dearer"]
    placed = [hanako.post("orders", key, **found["order"]) for _ in range(2)]
    assert [one.status for one in placed] == [201, 201]
    assert placed[0].json == placed[1].json
    assert len(running(hanako)) == 2
    other = hanako.post("orders", key, **(found["order"] | {"note": "x"}))
    assert (other.status, other.code) == (422, "order_key_reused")


def test_a_shop_may_take_the_most_frequent_for_usual(shop: Shop, phone: Any, hanako: InLine):
    with shop.app.app_context():
        open_tomorrow(usual="often")
    for key in ("one", "two"):
        order(hanako, key=key)
    order(hanako, key="three", lines=[TART], total=1160)
    assert hanako.get("reorder").json["proposal"]["order"]["total"] == 1780
    phone("hanako").types("いつもの").taps(USUAL)
    assert sorted(each["total"] for each in seen(hanako)["open"]) == [1160, 1780, 1780, 1780]


def test_the_usual_order_leaves_the_basket_alone(phone: Any, hanako: InLine):
    order(hanako)
    hanako.put("order/basket", store="kichijoji", lines=[TART])
    phone("hanako").types("いつもの").taps(USUAL)
    assert seen(hanako)["basket"] == {
        "store": "kichijoji",
        "lines": [TART | {"options": {}}],
    }
    order(hanako, key="two", lines=[TART], total=1160)
    assert (len(running(hanako)), seen(hanako)["basket"]) == (3, None)


def test_a_cancelled_order_gives_the_points_back(hanako: InLine):
    before = seen(hanako)["points"]
    placed = order(hanako, points=500).json["order"]
    assert (seen(hanako)["points"], placed["points"]) == (before - 500, 500)
    for _ in range(2):
        cancelled = hanako.post(f"orders/{placed['number']}/cancel").json["order"]
        assert (cancelled["state"], cancelled["may_cancel"]) == ("cancelled", False)
    assert seen(hanako)["points"] == before


def test_the_server_decides_and_nothing_is_changed(shop: Shop, phone: Any, hanako: InLine):
    refused = {
        "price_changed": {"total": 1},
        "not_on_sale": {"store": "jimbocho", "lines": [{"variant": "TART-WHOLE", "pieces": 1}]},
        "no_such_store": {"store": "ginza"},
        "slot_closed": {"slot_at": "2020-01-01T12:00:00+09:00"},
        "not_delivered": {
            "way": "delivery",
            "slot_at": free(hanako, "delivery"),
            "contact": {"name": "花子", "phone": "090-0000-0001", "postal_code": "5300001"}
            | {"address": "大阪市北区梅田1"},
        },
        "below_minimum": {
            "way": "delivery",
            "slot_at": free(hanako, "delivery"),
            "lines": [TART | {"pieces": 1}],
            "total": 580,
        },
        "bad_options": {"lines": [LATTE | {"options": {"milk": ["gold"]}}]},
        "no_such_coupon_grant": {"coupon": 99_999},
        "not_enough_points": {"lines": [TART | {"pieces": 10}], "total": 5800, "points": 5800},
        "sold_out": {"lines": [TART | {"pieces": 13}], "total": 7540},
    }
    for code, changes in refused.items():
        assert order(hanako, key=code, **changes).code == code
    for pieces in (0, -1, 100, 10**12):
        wrong = order(hanako, lines=[TART | {"pieces": pieces}])
        assert (wrong.status, wrong.code) == (422, "bad_order")
    assert order(hanako, price=1).code == "bad_body"
    assert running(hanako) == []
    assert hanako.post("orders", **wish(hanako)).code == "idempotency_key_missing"

    mine = order(hanako).json["order"]["number"]
    phone("taro").adds()
    taro = InLine(shop, "taro")
    for answer in (taro.get(f"orders/{mine}"), taro.post(f"orders/{mine}/cancel")):
        assert (answer.status, answer.code) == (404, "no_such_order")
    assert taro.get(f"reorder?number={mine}").code == "no_such_order"
    assert order(taro).code == "bad_order"  # Whose order it is has to be written.
    assert running(hanako) == [mine]


def test_a_slot_that_is_full_names_others(shop: Shop, hanako: InLine):
    with shop.app.app_context():
        open_tomorrow(slot_capacity=1)
    at = free(hanako)
    assert order(hanako, slot_at=at).status == 201
    full = order(hanako, key="two", slot_at=at)
    assert (full.status, full.code) == (409, "slot_full")
    assert full.json["nearest"][0] == free(hanako) != at
    assert len(running(hanako)) == 1


def test_a_guest_writes_name_and_number_once(shop: Shop, phone: Any, hanako: InLine):
    phone("taro").adds()
    taro = InLine(shop, "taro")
    contact = {"name": "佐藤 太郎", "phone": "090-1111-2222"}
    assert order(taro, contact=contact).status == 201
    assert seen(taro)["contact"]["name"] == "佐藤 太郎"
    assert taro.get("reorder").json["proposal"]["order"]["contact"]["phone"] == "090-1111-2222"

    picked = {"store": "kichijoji", "lines": [LATTE]}
    taro.put("order/basket", **picked)
    assert seen(taro)["basket"] == picked
    assert taro.post("order/like", product="LATTE", liked=True).json["liked"] == ["LATTE"]
    assert taro.get("order/search?store=kichijoji&words=らて").json["found"] == [
        *("LATTE", "HOJICHA-LATTE"),
    ]
    assert hanako.get("order/area?store=kichijoji&postal_code=180-0004").json == {
        "minimum": 1000,
        "fee": 0,
    }
