"""Paying online in the phone: to the provider's page, back without and with having paid."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.support import browser as browsers
from tests.support.counter_page import log_in
from tests.support.hanako import hanakos_phone
from tests.support.orders import open_tomorrow
from tests.support.paying import Pays, paying_on_its_page
from tests.support.phone_page import write
from tests.support.shop import Shop, open_shop

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    with open_shop(database_url) as shop:
        yield shop


@pytest.fixture
def pays(shop: Shop) -> Iterator[Pays]:
    with paying_on_its_page() as pays:
        yield pays


@pytest.fixture
def page(chrome: Browser, shop: Shop, pays: Pays) -> Iterator[Page]:
    """The phone in Hanako's hand, who is a guest."""
    with hanakos_phone(chrome, shop) as page:
        with shop.app.app_context():
            open_tomorrow()
        yield page


@pytest.fixture
def board(chrome: Browser, shop: Shop) -> Iterator[Page]:
    """The orders of the store, on the counter's screen."""
    with browsers.context(chrome, width=1280, height=900) as context:
        board = context.new_page()
        log_in(board, shop, "/staff/")
        board.goto(f"{shop.url}/staff/orders?store=kichijoji")
        yield board


def to_confirm(page: Page) -> FrameLocator:
    """From the talk to the last look at an order of tarts that is to be paid online."""
    write(page, "注文")
    page.get_by_role("button", name="メニューを見る").last.click()
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="同意する").click()
    inside.get_by_role("button", name="吉祥寺店").click()
    inside.get_by_role("button", name="カフェラテ").first.click()
    inside.get_by_role("button", name="かごに入れる").click()
    inside.get_by_role("button", name="かごを見る").click()
    inside.get_by_role("button", name="受け取り方法へ進む").click()
    inside.get_by_role("button", name="店頭受け取り").click()
    inside.get_by_label("お名前").fill("山田 花子")
    inside.get_by_label("電話番号").fill("090-0000-0001")
    inside.get_by_label("お支払い方法").select_option(label="オンラインで支払う")
    inside.get_by_role("button", name="確認へ進む").click()
    return inside


def reload(inside: FrameLocator) -> None:
    inside.locator("body").evaluate("() => location.reload()")


def test_an_order_is_paid_on_the_providers_page_at_the_second_visit(
    page: Page, board: Page, shop: Shop, pays: Pays
) -> None:
    inside = to_confirm(page)
    inside.get_by_role("button", name="注文してお支払いへ進む").dblclick()
    inside.get_by_role("link", name="お店に戻る").click()
    expect(inside.get_by_role("heading", name="まだお支払いが済んでいません")).to_be_visible()
    reload(inside)
    expect(inside.get_by_role("heading", name="まだお支払いが済んでいません")).to_be_visible()

    inside.get_by_role("link", name="ご注文の一覧へ").click()
    inside.get_by_role("button", name="お支払い待ち").click()
    inside.get_by_role("link", name="お支払いを続ける").click()
    inside.get_by_role("button", name="お支払いへ進む").click()
    expect(board.locator(".ticket")).to_contain_text("お支払いが済むと、受け付けられます")
    expect(board.get_by_role("button", name="受け付ける")).to_have_count(0)
    inside.get_by_role("button", name="支払う").click()
    expect(inside.get_by_role("heading", name="お支払いが完了しました")).to_be_visible()
    reload(inside)
    expect(inside.get_by_role("heading", name="お支払いが完了しました")).to_be_visible()
    assert [what for what, _ref, _yen in pays.money()] == ["capture"]

    board.get_by_role("button", name="受け付ける").click()
    expect(board.locator("#status")).to_contain_text("受け付けました")
    shop.settle()
    inside.get_by_role("link", name="ご注文の一覧へ").click()
    expect(inside.locator(".ticket")).to_have_count(1)
    inside.locator(".ticket").click()
    expect(inside.get_by_text("オンラインで支払い済み")).to_be_visible()

    # The next one is paid as the last one was, unless somebody wants it otherwise.
    inside.get_by_role("link", name="同じ内容で注文する").click()
    expect(inside.get_by_label("お支払い方法")).to_have_value("provider")
    inside.get_by_role("button", name="注文してお支払いへ進む").click()
    inside.get_by_role("button", name="支払う").click()
    expect(inside.get_by_role("heading", name="お支払いが完了しました")).to_be_visible()
    assert [what for what, _ref, _yen in pays.money()] == ["capture", "capture"]
    shop.settle()
