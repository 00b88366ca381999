"""The sandbox's phone in Hanako's hand, a friend of the open shop, for browser tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.support import browser as browsers
from tests.support.phone_page import befriend
from tests.support.shop import Shop


@contextmanager
def hanakos_phone(chrome: Browser, shop: Shop) -> Iterator[Page]:
    """The phone; nothing in it may break a policy or call another machine."""
    with browsers.context(chrome, width=1280, height=860) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{shop.line.url}/phone/#hanako/main")
        befriend(page)
        shop.settle()
        yield page
        # Answers such as 403 are what some of these tests are about.
        assert [one for one in watch.complaints if "Failed to load resource" not in one] == []
