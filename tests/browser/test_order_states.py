"""The page /liff/order in states that are hard to cause: addresses, and payments made online.

The API is played by the test (tests/support/liff_states.py); test_order_pay.py has the real one,
test_liff_looks.py looks at every view.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser as browsers
from tests.support import order_states
from tests.support.liff_states import Api, me, problem
from tests.support.shop import Shop

pytestmark = pytest.mark.browser

NUMBER = order_states.ORDER["number"]
PATIENCE_MS = 30_000  # As app/static/liff/order_pay.js has it; the page's clock is the test's.

Visit = tuple[Page, Api, str]


@pytest.fixture
def visit(chrome: Browser, liff_shop: Shop) -> Iterator[Visit]:
    """A page, its API, and where the pages are."""
    with browsers.context(chrome, width=375) as context:
        page = context.new_page()
        api = Api(page)
        api.says("GET", "/me", 200, me())
        api.says("GET", "/order", 200, order_states.PAGE | {"contact": {}})
        api.says("GET", "/order/menu", 200, order_states.MENU)
        api.says("GET", "/order/slots", 200, order_states.SLOTS)
        api.says("POST", "/order/quote", 200, order_states.QUOTE)
        yield page, api, f"{liff_shop.url}/liff/"


def to_checkout(visit: Visit, way: str) -> None:
    page, _, liff = visit
    page.goto(f"{liff}order")
    page.get_by_role("button", name="かごの続き").click()
    page.get_by_role("button", name="受け取り方法へ進む").click()
    page.get_by_role("button", name=way).click()


def stands(api: Api, order: order_states.Json) -> None:
    """How an order, and its payment, stands from now on."""
    api.says("GET", f"/orders/{NUMBER}", 200, {"order": order})
    api.says("POST", f"/payments/{NUMBER}", 200, order["payment"])
    api.says("GET", f"/payments/{NUMBER}", 200, order["payment"])


def test_a_postcode_fills_in_where_an_order_goes_and_leaves_what_was_written(
    visit: Visit,
) -> None:
    page, api, _ = visit
    place = {"prefecture": "東京都", "city": "武蔵野市", "street": "吉祥寺本町"}
    api.says("GET", "/address", 200, place)
    to_checkout(visit, "配達")
    page.get_by_label("郵便番号").press_sequentially("180-0004")

    address = page.get_by_label("お届け先")
    expect(address).to_have_value("東京都武蔵野市吉祥寺本町")
    expect(page.get_by_role("status")).to_contain_text("住所を入力しました")
    page.get_by_role("button", name="店頭受け取り").click()
    page.get_by_role("button", name="配達").click()
    expect(address).to_have_value("東京都武蔵野市吉祥寺本町")
    address.fill("東京都武蔵野市吉祥寺本町1-2-3")
    page.get_by_label("郵便番号").fill("")
    with page.expect_response("**/liff/api/address?*"):
        page.get_by_label("郵便番号").press_sequentially("1800005")
    api.says("GET", "/address", *problem("not_found", 404))
    page.get_by_label("郵便番号").fill("0000000")
    expect(page.locator("#field-postal_code-hint")).to_contain_text("見つかりませんでした")
    expect(address).to_have_value("東京都武蔵野市吉祥寺本町1-2-3")


@pytest.mark.parametrize("number", ["../unlink", "K7M2-QX9P/../../unlink", "..", "k7m2-qx9p", ""])
def test_an_address_cannot_make_the_page_call_anything_else(visit: Visit, number: str) -> None:
    page, api, liff = visit
    page.goto(f"{liff}order?{urlencode({'number': number})}")

    expect(page.get_by_role("heading", name="お店をお選びください")).to_be_visible()
    assert {(method, path) for method, path, _ in api.calls} == {("GET", "/me"), ("GET", "/order")}


def test_a_payment_that_takes_long_can_be_looked_at_again(visit: Visit) -> None:
    page, api, liff = visit
    page.clock.install()
    stands(api, order_states.paying("wanted", asking=True))
    looked = "**/liff/api/payments/*"
    with page.expect_response(looked):
        page.goto(f"{liff}order?number={NUMBER}&pay=now")
    with page.expect_response(looked):  # The second look: its patience has begun.
        expect(page.get_by_text("進行中です。")).to_be_visible()
    expect(page.locator("h1")).to_have_text("お支払いの手続き")
    page.clock.fast_forward(PATIENCE_MS)
    heading = page.get_by_role("heading", name="お支払いの確認に時間がかかっています")
    expect(heading).to_be_focused()

    stands(api, order_states.paying("paid"))
    page.get_by_role("button", name="お支払いを確認する").click()
    expect(page.get_by_role("heading", name="お支払いが完了しました")).to_be_focused()
    assert ("POST", f"/payments/{NUMBER}", {}) in api.calls


@pytest.mark.parametrize(
    ("state", "payment", "words"),
    [
        ("cancelled", "cancelled", "お支払いいただく金額はありません。"),
        ("refused", "refunded", "お支払いいただいた金額は返金しました。"),
        ("cancelled", "paid", "お支払いの取り消しを進めています。"),
    ],
)
def test_whoever_comes_back_too_late_is_told_what_becomes_of_the_money(
    visit: Visit, state: str, payment: str, words: str
) -> None:
    page, api, liff = visit
    stands(api, order_states.paying(payment) | {"state": state, "may_cancel": False})
    page.goto(f"{liff}order?number={NUMBER}")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="お支払いへ進む")).to_have_count(0)
    expect(page.get_by_role("link", name="同じ内容で注文する")).to_be_visible()


def test_what_the_provider_refuses_can_be_cancelled(visit: Visit) -> None:
    page, api, liff = visit
    stands(api, order_states.paying("wanted", refused=True))
    api.says("POST", f"/orders/{NUMBER}/cancel", 200, {})
    page.goto(f"{liff}order?number={NUMBER}")
    expect(page.get_by_text("オンラインでのお支払いができませんでした")).to_be_visible()
    page.get_by_role("button", name="ご注文をキャンセルする").click()
    page.get_by_role("button", name="キャンセルする", exact=True).click()
    expect(page.locator("#main .notice")).to_contain_text("ご注文をキャンセルしました。")


def test_a_shop_that_has_no_provider_any_more_says_so_where_the_order_is_placed(
    visit: Visit,
) -> None:
    page, api, _ = visit
    gone = [{"field": "pay", "ja": "ご利用いただけません", "en": "is not offered"}]
    api.says("POST", "/orders", *problem("bad_order", 422, problems=gone))
    to_checkout(visit, "店頭受け取り")
    page.get_by_label("お名前").fill("山田 花子")
    page.get_by_label("電話番号").fill("090-0000-0001")
    page.get_by_label("お支払い方法").select_option("provider")
    page.get_by_role("button", name="確認へ進む").click()
    page.get_by_role("button", name="注文してお支払いへ進む").click()
    expect(page.get_by_role("alert")).to_contain_text("オンラインではお支払いいただけません")
    (placed,) = [body for method, path, body in api.calls if (method, path) == ("POST", "/orders")]
    assert placed["pay"] == "provider"
