"""The same LIFF page on LINE's own SDK and on our stand-in says the same things.

LINE's SDK comes from npm at test time and is led to the sandbox; nothing reaches LINE.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from sandbox.logins import LiffApp, LoginChannel
from sandbox.server import Handle, run_in_thread
from sandbox.world import Account, Person, World
from tests.support import browser as browsers
from tests.support import services
from tests.support.liff_page import (
    IN_CLIENT,
    NATIVE,
    Facts,
    LiffShop,
    genuine_sdk,
    lead_line_hosts_to,
    open_liff_shop,
    read_facts,
    show_in_frame,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

CHANNEL = "2000000001"
LIFF_ID = f"{CHANNEL}-Contract"
SCOPES = ["openid", "profile", "chat_message.write"]


@pytest.fixture
def shop() -> Iterator[LiffShop]:
    how = "npm, node and the packages @line/liff and esbuild"
    bundle = services.require(genuine_sdk(), how)
    with open_liff_shop(LIFF_ID) as shop:
        shop.bundle = bundle
        yield shop


def start_sandbox(shop: LiffShop) -> Handle:
    def seed(world: World) -> None:
        world.add_account(Account("main", "こもれび珈琲", "http://127.0.0.1:9/"))
        world.add_person(Person("hanako", "山田 花子", picture="https://example.com/hanako.png"))
        world.logins.channels.put(
            LoginChannel("こもれび珈琲", channel_id=CHANNEL, linked_account="main")
        )
        endpoint = f"{shop.url}/liff/"
        world.logins.apps.put(LiffApp(CHANNEL, endpoint, liff_id=LIFF_ID, scopes=SCOPES))

    return run_in_thread(World(seed))


def run(chrome: Browser, shop: LiffShop, *, genuine: bool, in_client: bool) -> Facts:
    """Open the page with one of the SDKs, as a person does, and return what it says."""
    sandbox = start_sandbox(shop)
    shop.sdk = "/genuine.js" if genuine else f"{sandbox.url}/liff/edge/2/sdk.js"
    options = {"user_agent": IN_CLIENT} if in_client else {}
    try:
        with browsers.context(chrome, width=800, **options) as context:
            if genuine:
                lead_line_hosts_to(context, sandbox.url)
            flow = in_the_phone if in_client else outside
            return flow(context, sandbox, shop)
    finally:
        sandbox.stop()


def outside(context: BrowserContext, _sandbox: Handle, shop: LiffShop) -> Facts:
    page = context.new_page()
    page.goto(f"{shop.url}/liff/points?from=menu")
    page.get_by_role("button", name="山田 花子").click()
    page.get_by_role("button", name="同意する").click()
    expect(page).to_have_title("DONE")
    return read_facts(page)


def in_the_phone(context: BrowserContext, sandbox: Handle, _shop: LiffShop) -> Facts:
    context.add_init_script(NATIVE)
    page = context.new_page()
    address = f"{LIFF_ID}/points?from=menu&__person=hanako&__account=main#top"
    show_in_frame(page, sandbox.url, address)
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="同意する").click()
    expect(frame.locator("#out")).to_contain_text("{")
    return read_facts(page, page.frames[1])


@pytest.mark.parametrize("in_client", [False, True], ids=["outside", "in the phone"])
def test_both_say_the_same(chrome: Browser, shop: LiffShop, in_client: bool) -> None:
    genuine = run(chrome, shop, genuine=True, in_client=in_client)
    ours = run(chrome, shop, genuine=False, in_client=in_client)

    genuine["url"] = genuine["url"].replace(shop.url, "")
    ours["url"] = ours["url"].replace(shop.url, "")
    assert ours == genuine
    assert genuine["inClient"] is in_client
    assert genuine["profile"]["displayName"] == "山田 花子"
    assert genuine["url"].startswith("/liff/points?from=menu")
    assert genuine["url"].endswith("#top") is in_client
    assert genuine["sent"] == ({} if in_client else "error 403")
