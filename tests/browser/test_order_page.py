"""An order placed on its page in the phone, ordered again at a new price, and cancelled."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from app.domain.accounts.queries import find
from app.domain.catalogue import queries as catalogue
from app.domain.catalogue import service as products
from app.domain.links import service as links
from app.domain.members import queries as members
from tests.support.hanako import hanakos_phone
from tests.support.members import asker
from tests.support.orders import open_tomorrow
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
def page(chrome: Browser, shop: Shop) -> Iterator[Page]:
    """The phone in Hanako's hand, who is a member; nothing in it may break a policy."""
    with hanakos_phone(chrome, shop) as page:
        with shop.app.app_context():
            open_tomorrow()
            member = members.by_number("KMB-0001")
            assert member
            links.link(asker(find("main").id, shop.user_id("hanako")), member.id, proof="joined")
        shop.settle()
        yield page


def open_page(page: Page) -> FrameLocator:
    """The way from the talk to the menu."""
    write(page, "注文")
    page.get_by_role("button", name="メニューを見る").last.click()
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="同意する").click()
    return inside


def dearer(shop: Shop) -> None:
    """The latte costs 40 yen more from now on."""
    with shop.app.app_context():
        found: list[dict[str, Any]] = [
            each.model_dump(exclude_none=True) for each in catalogue.product("LATTE").variants
        ]
        prices = [one | {"price": one["price"] + 40} for one in found]
        products.change_product("LATTE", {"variants": prices}, cause="test/1")


def test_an_order_is_placed_repeated_and_cancelled(page: Page, shop: Shop) -> None:
    inside = open_page(page)
    inside.get_by_role("button", name="吉祥寺店").click()
    inside.get_by_label("メニューをさがす").fill("らて")
    expect(inside.locator(".dish")).to_have_count(2)
    inside.get_by_role("button", name="カフェラテ").click()
    inside.get_by_label("オーツミルク").check()
    expect(inside.locator("#price")).to_have_text("560円")
    inside.get_by_role("button", name="かごに入れる").click()
    inside.get_by_role("button", name="かごを見る").click()
    inside.get_by_role("button", name="増やす").click()
    inside.get_by_role("button", name="受け取り方法へ進む").click()
    inside.get_by_role("button", name="店頭受け取り").click()
    inside.get_by_label("使うポイント").fill("100")
    inside.get_by_role("button", name="確認へ進む").click()
    inside.get_by_role("button", name="この内容で注文する").dblclick()
    expect(inside.get_by_role("heading", name="ご注文を承りました")).to_be_visible()

    inside.get_by_role("link", name="ご注文の一覧へ").click()
    expect(inside.locator(".ticket")).to_have_count(1)
    inside.locator(".ticket").click()
    inside.get_by_role("link", name="同じ内容で注文する").click()
    expect(inside.get_by_role("button", name="この内容で注文する 1,120円")).to_be_visible()
    dearer(shop)
    inside.get_by_role("button", name="この内容で注文する").click()
    expect(inside.get_by_text("お値段が変わりました。").first).to_be_visible()
    expect(inside.get_by_text("値上がり 560円→600円")).to_be_visible()
    inside.get_by_role("button", name="この内容で注文する 1,200円").click()
    expect(inside.get_by_role("heading", name="ご注文を承りました")).to_be_visible()

    inside.get_by_role("link", name="ご注文の一覧へ").click()
    expect(inside.locator(".ticket")).to_have_count(2)
    inside.locator(".ticket").first.click()
    inside.get_by_role("button", name="ご注文をキャンセルする").click()
    inside.get_by_role("button", name="キャンセルする", exact=True).click()
    expect(inside.get_by_text("ご注文をキャンセルしました。").first).to_be_visible()
    expect(inside.locator(".ticket")).to_have_count(1)


def test_the_next_visit_finds_the_basket_and_the_favourite(page: Page, shop: Shop) -> None:
    inside = open_page(page)
    inside.get_by_role("button", name="吉祥寺店").click()
    inside.get_by_role("button", name="カフェラテ").click()
    expect(inside.get_by_text("乳、大豆", exact=True)).to_be_visible()
    inside.get_by_role("button", name="お気に入りに入れる").click()
    expect(inside.get_by_role("button", name="お気に入りから外す")).to_be_visible()
    inside.get_by_label("オーツミルク").check()
    inside.get_by_role("button", name="かごに入れる").click()
    expect(inside.get_by_role("button", name="かごを見る")).to_be_visible()

    inside.locator("body").evaluate("() => location.reload()")
    inside.get_by_role("button", name="かごの続き").click()
    expect(inside.locator(".picked li")).to_have_count(1)
    inside.get_by_role("button", name="戻る").click()
    expect(inside.get_by_role("button", name="♥ カフェラテ")).to_be_visible()
    inside.get_by_role("button", name="かごを見る").click()
    inside.get_by_role("button", name="受け取り方法へ進む").click()
    inside.get_by_role("button", name="店頭受け取り").click()
    inside.get_by_label("ご要望").fill("砂糖なしで")
    inside.get_by_role("button", name="確認へ進む").click()
    inside.get_by_role("button", name="この内容で注文する").click()
    expect(inside.get_by_role("heading", name="ご注文を承りました")).to_be_visible()
    expect(inside.get_by_text("砂糖なしで")).to_be_visible()
