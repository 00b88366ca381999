"""Our own LIFF pages on LINE's own SDK, under the very policy they have at LINE.

The SDK comes from npm at test time and is led to the sandbox; nothing reaches LINE.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser as browsers
from tests.support import services
from tests.support.liff_page import (
    IN_CLIENT,
    NATIVE,
    genuine_sdk,
    lead_line_hosts_to,
    show_in_frame,
)
from tests.support.shop import LIFF, Shop, open_shop

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

SDK = "https://static.line-scdn.net/liff/edge/2/sdk.js"


@pytest.fixture
def bundle() -> Path:
    how = "npm, node and the packages @line/liff and esbuild"
    return services.require(genuine_sdk(), how)


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    with open_shop(database_url, liff_sdk_url=SDK) as shop:
        yield shop


@pytest.fixture
def page(chrome: Browser, shop: Shop, bundle: Path) -> Iterator[Page]:
    """LINE's app on a phone; the page in it may not breach its policy."""
    with browsers.context(chrome, width=800, user_agent=IN_CLIENT) as context:
        lead_line_hosts_to(context, shop.line.url)
        script = bundle.read_text()
        context.route(SDK, lambda route: route.fulfill(body=script, content_type="text/javascript"))
        context.add_init_script(NATIVE)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        yield page
        assert [words for words in said if "Content Security Policy" in words] == []


def test_the_pages_run_on_the_genuine_sdk(page: Page, shop: Shop) -> None:
    address = f"{LIFF}/profile?from=menu&__person=hanako&__account=main"
    show_in_frame(page, shop.line.url, address)
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="同意する").click()

    expect(inside.get_by_role("heading", name="まだ連携されていません")).to_be_visible()
    assert page.frames[1].url.startswith(f"{shop.url}/liff/profile?from=menu")
    inside.get_by_role("link", name="連携をはじめる").click()
    expect(inside.get_by_role("heading", name="会員証を、LINEで。")).to_be_visible()
