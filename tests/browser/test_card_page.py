"""The card on a phone: a code that cameras read, renewed in place, and what the page says of it.

The page's clock is the test's, so that half a minute takes no time.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from app.domain.cards import rules
from tests.support import browser as browsers
from tests.support.liff_states import STANDING, Api, card, me, problem, shown
from tests.support.shop import Shop

pytestmark = pytest.mark.browser

NUMBER = "9123 4567 8901 2347"
USE = {"at": "2026-11-22T03:05:00+00:00", "store": "吉祥寺店"}
WAKE_LOCK = """window.held = [];
const request = async (what) => held.push(what);
Object.defineProperty(navigator, "wakeLock", { value: { request } });
"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class CardPage:
    """The page on a small phone in dark mode, its API and its clock."""

    def __init__(self, context: Any, shop: Shop) -> None:
        self.page = context.new_page()
        self.api = Api(self.page)
        self.code = ""
        self.api.says("GET", "/me", 200, me(linked=True))
        self.api.says("GET", "/card", 200, card())
        self.api.says("GET", "/card/used", 200, {"used": None})
        self._url = f"{shop.url}/liff/card"

    def gives(self) -> str:
        """From now on the server gives this new code."""
        self.code = rules.new_code()
        self.api.says("POST", "/card/code", 201, shown(self.code))
        return self.code

    def open(self) -> None:
        self.page.clock.install()
        self.page.goto(self._url)
        expect(self.page.locator("main[aria-busy]")).to_have_count(0)

    def after(self, seconds: int) -> None:
        """Let time pass on the page."""
        for _ in range(seconds):
            self.page.clock.run_for(1000)

    def expect_code(self) -> None:
        expect(self.page.locator(".pass-qr path")).to_have_attribute(
            "d", shown(self.code)["qr"]["path"]
        )

    def seen(self) -> list[str]:
        """What a camera reads on the screen."""
        picture = Image.open(BytesIO(self.page.screenshot()))
        return [found.text for found in zxingcpp.read_barcodes(picture)]

    def asked(self, path: str) -> int:
        """How often the page has called this."""
        return sum(called == path for _, called, _ in self.api.calls)


@pytest.fixture
def phone(chrome: Browser, liff_shop: Shop) -> Iterator[CardPage]:
    with browsers.context(chrome, width=320, color_scheme="dark") as context:
        yield CardPage(context, liff_shop)


def test_the_code_is_read_from_a_dark_screen_and_renewed_in_its_place(phone: CardPage) -> None:
    first = phone.gives()
    phone.open()
    phone.expect_code()
    assert phone.seen() == [first]
    box = phone.page.locator(".pass-qr").bounding_box()
    assert box["width"] * 25 / 33 >= 190

    phone.page.evaluate("document.querySelector('.pass-qr').dataset.same = 'yes'")
    second = phone.gives()
    phone.after(15)
    phone.expect_code()
    expect(phone.page.locator(".pass-qr[data-same]")).to_have_count(1)
    assert phone.seen() == [second]


def test_tills_read_the_number_from_a_dark_screen_beside_the_code(phone: CardPage) -> None:
    phone.api.says("GET", "/card", 200, card(with_bars=True))
    code = phone.gives()
    phone.open()
    phone.expect_code()
    assert sorted(phone.seen()) == [NUMBER.replace(" ", ""), code]
    assert browsers.accessibility_faults(phone.page) + browsers.layout_faults(phone.page) == []


def test_the_page_says_within_a_second_that_the_code_was_used(phone: CardPage) -> None:
    phone.gives()
    phone.open()
    phone.expect_code()
    phone.api.says("GET", "/card/used", 200, {"used": USE})
    phone.after(1)
    expect(phone.page.locator(".pass-used")).to_contain_text("チェックインしました")
    expect(phone.page.locator(".pass-used")).to_contain_text("12:05 吉祥寺店")
    phone.after(1)  # The words for screen readers come with the next frame.
    expect(phone.page.locator("#live")).to_have_text("チェックインしました")

    phone.api.says("GET", "/card", 200, card(standing=STANDING))
    phone.after(3)
    expect(phone.page.locator(".pass-balance")).to_have_text("1,280 pt")
    assert phone.asked("/card/code") == 1

    phone.gives()
    phone.api.says("GET", "/card/used", 200, {"used": None})
    phone.page.get_by_role("button", name="もう一度表示する").click()
    phone.expect_code()


def test_the_screen_stays_on_and_the_seconds_are_counted(phone: CardPage) -> None:
    phone.page.add_init_script(WAKE_LOCK)
    phone.gives()
    phone.open()
    phone.expect_code()
    expect(phone.page.get_by_text("画面を明るくしてください")).to_be_visible()
    counted = set()
    for _ in range(6):
        phone.after(1)
        counted.add(phone.page.locator(".pass-left").inner_text())
    assert len(counted) > 3
    assert all(re.fullmatch(r"あと\d+秒で新しくなります", words) for words in counted)

    for hidden in (True, False):
        phone.page.evaluate(HIDE, hidden)
    # A page that was hidden has lost its lock, and asks for another one.
    assert phone.page.evaluate("window.held") == ["screen", "screen"]


def test_without_a_connection_the_number_is_left_and_the_code_comes_back(phone: CardPage) -> None:
    phone.gives()
    phone.open()
    phone.expect_code()
    phone.api.says("POST", "/card/code", *problem("unavailable", 503))
    phone.after(20)
    phone.expect_code()  # It is good for half a minute.
    phone.after(14)
    expect(phone.page.get_by_text("電波が届いていません", exact=True).first).to_be_visible()
    expect(phone.page.locator(".pass-number")).to_contain_text(NUMBER)
    expect(phone.page.locator(".pass-qr")).to_have_count(0)

    phone.gives()
    phone.after(4)
    phone.expect_code()


def test_a_page_that_nobody_sees_asks_nothing(phone: CardPage) -> None:
    phone.gives()
    phone.open()
    phone.expect_code()
    phone.page.evaluate(HIDE, True)
    phone.api.calls.clear()
    phone.after(40)
    assert phone.api.calls == []

    code = phone.gives()
    phone.page.evaluate(HIDE, False)
    phone.expect_code()
    assert phone.seen() == [code]


def test_who_is_suspended_meanwhile_is_told_calmly(phone: CardPage) -> None:
    phone.gives()
    phone.open()
    phone.expect_code()
    phone.api.says("POST", "/card/code", *problem("member_suspended", 403))
    phone.api.says("GET", "/card", 200, card(suspended=True))
    phone.after(15)
    heading = phone.page.get_by_role("heading", name="この会員証は、ただいまご利用いただけません")
    expect(heading).to_be_visible()


def test_who_is_not_linked_is_shown_the_way(phone: CardPage) -> None:
    phone.api.says("GET", "/me", 200, me())
    phone.open()
    expect(phone.page.get_by_role("link", name="連携をはじめる")).to_be_visible()
