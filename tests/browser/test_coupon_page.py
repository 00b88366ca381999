"""A coupon from the talk to the counter: opened in the phone, shown, read by a camera, used."""

from collections.abc import Iterator
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, expect

from app.domain.accounts.queries import find
from app.domain.coupons import codes
from app.domain.coupons.counter import At
from app.domain.links import service as links
from tests.support.hanako import hanakos_phone
from tests.support.members import a_member, asker
from tests.support.phone_page import write
from tests.support.shop import Shop, open_shop
from tests.support.waiting import wait_for

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
            hanako = asker(find("main").id, shop.user_id("hanako"))
            links.link(hanako, a_member(), proof="joined")
        shop.settle()
        yield page


def open_wallet(page: Page) -> FrameLocator:
    """Ask for the coupons in the talk and open their page."""
    write(page, "クーポン")
    page.get_by_role("button", name="クーポンを開く").last.click()
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="同意する").click()
    return inside


def seen(page: Page) -> list[str]:
    """What a camera reads on the screen."""
    picture = Image.open(BytesIO(page.screenshot()))
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_a_coupon_is_shown_and_used(page: Page, shop: Shop) -> None:
    wallet = open_wallet(page)
    wallet.get_by_label("クーポンコード").fill("haru2026")
    wallet.get_by_role("button", name="クーポンを受け取る").click()
    expect(wallet.locator(".notice")).to_have_text("クーポンを受け取りました")
    expect(wallet.locator(".ticket")).to_have_count(2)
    expect(wallet.locator(".ticket-picture")).to_have_count(2)

    wallet.locator(".ticket").first.click()
    wallet.get_by_role("button", name="スタッフに見せる").click()
    expect(wallet.locator(".paper-code")).to_be_visible()
    code = wait_for(lambda: seen(page))[0]
    assert code.startswith("T2")
    with shop.app.app_context():
        assert codes.use_by_code(code, At(None), key="k").code == "WELCOME"

    expect(wallet.get_by_role("heading", name="クーポンを使いました")).to_be_visible()
    wallet.get_by_role("button", name="クーポン一覧へ").click()
    expect(wallet.get_by_text("使用済み（1）")).to_be_visible()
    expect(wallet.locator(".ticket")).to_have_count(1)
