"""The login pages in a real browser: everybody can use them, and they obey their own policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.logins import LoginChannel
from sandbox.server import Handle, run_in_thread
from sandbox.world import Account, Person, World
from tests.sandbox.login_helpers import AUTHORIZE, CHANNEL
from tests.support import browser as browsers
from tests.support.liff_page import LiffShop, open_liff_shop

pytestmark = pytest.mark.browser

SIZES = [320, 375, 1280]


@pytest.fixture
def shop() -> Iterator[LiffShop]:
    with open_liff_shop("unused") as shop:
        yield shop


@pytest.fixture
def login(shop: LiffShop) -> Iterator[Handle]:
    def seed(world: World) -> None:
        world.add_account(Account("main", "こもれび珈琲", "http://127.0.0.1:9/"))
        world.add_person(Person("hanako", "山田 花子"))
        world.add_person(Person("emma", "Emma Wilson", "en"))
        channel = LoginChannel("こもれび珈琲", channel_id=CHANNEL, linked_account="main")
        channel.redirect_uris = [f"{shop.url}/liff/"]
        channel.email_permission = True
        world.logins.channels.put(channel)

    handle = run_in_thread(World(seed))
    yield handle
    handle.stop()


def address(login: Handle, shop: LiffShop, **more: str) -> str:
    query = {
        "response_type": "code",
        "client_id": CHANNEL,
        "redirect_uri": f"{shop.url}/liff/",
        "state": "st",
        "scope": "openid+profile+email",
        **more,
    }
    return f"{login.url}{AUTHORIZE}?" + "&".join(f"{n}={value}" for n, value in query.items())


def steps(login: Handle, shop: LiffShop) -> list[tuple[str, str]]:
    """A heading and the address of a page that has it."""
    return [
        ("ログインする人を選ぶ", address(login, shop)),
        ("アクセスの許可", address(login, shop, __person="hanako", bot_prompt="normal")),
        ("Permissions", address(login, shop, __person="emma", bot_prompt="normal")),
        ("続けられません", f"{login.url}{AUTHORIZE}"),
        (
            "このページは使えません",
            f"{login.url}/dialog/bot/accountLink?linkToken=x&nonce={'n' * 20}&__person=hanako",
        ),
    ]


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages(
    chrome: Browser, login: Handle, shop: LiffShop, width: int, scheme: Any
) -> None:
    with browsers.context(chrome, width=width, color_scheme=scheme) as context:
        page = context.new_page()
        for heading, url in steps(login, shop):
            page.goto(url)
            expect(page.get_by_role("heading", name=heading)).to_be_visible()
            found = browsers.accessibility_faults(page) + browsers.layout_faults(page)
            assert found == [], heading


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    with browsers.context(chrome, width=375) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        yield page
        assert watch.complaints == []


def test_the_whole_way_by_keyboard(page: Page, login: Handle, shop: LiffShop) -> None:
    shop.sdk = "/favicon.ico"
    page.route("**/page.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(address(login, shop, bot_prompt="aggressive"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="山田 花子")).to_be_focused()
    page.keyboard.press("Enter")
    email = page.get_by_role("checkbox", name="メールアドレス")
    expect(email).to_be_checked()
    page.keyboard.press("Tab")
    expect(email).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="同意する")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="友だち追加")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shop.url}/liff/?*")
    assert "friendship_status_changed=true" in page.url
    assert login.world.talk("hanako", "main").status == "friend"


def test_cancelling_goes_back_to_the_shop(page: Page, login: Handle, shop: LiffShop) -> None:
    shop.sdk = "/favicon.ico"
    page.route("**/page.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(address(login, shop))
    page.get_by_role("button", name="山田 花子").click()
    page.get_by_role("button", name="別の人で続ける").click()
    page.get_by_role("button", name="Emma Wilson").click()
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(f"{shop.url}/liff/?error=access_denied*")
