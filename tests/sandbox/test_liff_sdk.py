"""Our stand-in for the LIFF SDK in a real browser: what the comparison with LINE's leaves out."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from sandbox.logins import LiffApp, LoginChannel
from sandbox.server import Handle, run_in_thread
from sandbox.world import Account, Person, World
from tests.sandbox.login_helpers import CHANNEL, LIFF_ID
from tests.support import browser as browsers
from tests.support.liff_page import LiffShop, open_liff_shop, show_in_frame

pytestmark = pytest.mark.browser

SCOPES = ["openid", "profile", "chat_message.write"]


@pytest.fixture
def shop() -> Iterator[LiffShop]:
    with open_liff_shop(LIFF_ID) as shop:
        yield shop


@pytest.fixture
def sandbox(shop: LiffShop) -> Iterator[Handle]:
    def seed(world: World) -> None:
        world.add_account(Account("main", "こもれび珈琲", "http://127.0.0.1:9/"))
        world.add_person(Person("hanako", "山田 花子"))
        channel = LoginChannel("こもれび珈琲", channel_id=CHANNEL, linked_account="main")
        world.logins.channels.put(channel)
        endpoint = f"{shop.url}/liff/"
        world.logins.apps.put(LiffApp(CHANNEL, endpoint, liff_id=LIFF_ID, scopes=SCOPES))
        world.logins.grant(channel, "hanako", SCOPES)

    handle = run_in_thread(World(seed))
    shop.sdk = f"{handle.url}/liff/edge/2/sdk.js"
    yield handle
    handle.stop()


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    with browsers.context(chrome, width=800) as context:
        yield context


@pytest.fixture
def app(context: BrowserContext, sandbox: Handle) -> Frame:
    """The app in the phone, after liff.init()."""
    page = context.new_page()
    watch = "window.heard = []; addEventListener('message', (e) => heard.push(e.data));"
    page.add_init_script(watch)
    show_in_frame(page, sandbox.url, f"{LIFF_ID}?__person=hanako&__account=main")
    expect(page.frame_locator("iframe").locator("#out")).to_contain_text("{")
    return page.frames[1]


def heard(app: Frame) -> list[Any]:
    """What the phone was told."""
    messages: list[Any] = app.page.evaluate("heard")
    return messages


def log_in_outside(context: BrowserContext, shop: LiffShop) -> Page:
    page = context.new_page()
    page.goto(f"{shop.url}/liff/")
    page.get_by_role("button", name="山田 花子").click()
    expect(page).to_have_title("DONE")
    return page


def failure(place: Frame | Page, call: str) -> str:
    """The code of the error that a call ends with."""
    code: str = place.evaluate(
        f"(async () => {{ try {{ await {call}; return ''; }} catch (e) {{ return e.code; }} }})()"
    )
    return code


def test_the_phone_is_told_what_the_page_wants(app: Frame, shop: LiffShop) -> None:
    app.evaluate("liff.openWindow({ url: '../menu', external: true })")
    app.evaluate("liff.closeWindow()")
    told = heard(app)
    assert {message["source"] for message in told} == {"liff-native"}
    assert [message["type"] for message in told] == [
        "init",
        "title",
        "title",
        "openWindow",
        "closeWindow",
    ]
    assert told[0]["access_token"] == app.evaluate("liff.getAccessToken()")
    assert [message["title"] for message in told[1:3]] == ["...", "DONE"]
    assert told[3]["url"] == f"{shop.url}/menu"
    assert app.evaluate("liff.getLineVersion()") == "15.19.0"
    assert "access_token" not in app.evaluate("location.href")


def test_a_page_below_the_endpoint_stays_logged_in(app: Frame, shop: LiffShop) -> None:
    before = app.evaluate("liff.getIDToken()")
    app.goto(f"{shop.url}/liff/other")
    expect(app.locator("#out")).to_contain_text("{")
    assert app.evaluate("[liff.isInClient(), liff.getIDToken()]") == [True, before]


def test_a_closed_app_can_do_nothing_more(app: Frame, sandbox: Handle) -> None:
    sandbox.world.logins.revoke(app.evaluate("liff.getAccessToken()"))
    assert failure(app, "liff.getProfile()") == "invalid_request"


@pytest.mark.parametrize(("answer", "friend"), [("追加", True), ("今はしない", False)])
def test_friendship_is_asked_for_on_the_page(
    app: Frame, sandbox: Handle, answer: str, friend: bool
) -> None:
    ask = "window.asked = liff.requestFriendship().then(() => '', (e) => e.code)"
    app.evaluate(f"() => {{ {ask} }}")
    dialog = app.get_by_role("dialog", name="友だちに追加しますか")
    dialog.get_by_role("button", name=answer).click()
    assert app.evaluate("window.asked") == ("" if friend else "UNAUTHORIZED")
    expect(dialog).to_have_count(0)
    assert app.evaluate("liff.getFriendship()") == {"friendFlag": friend}
    assert (sandbox.world.talk("hanako", "main").status == "friend") is friend


def test_a_login_outside_lasts_over_a_reload_until_the_logout(
    context: BrowserContext, sandbox: Handle, shop: LiffShop
) -> None:
    page = log_in_outside(context, shop)
    page.reload()
    expect(page).to_have_title("DONE")
    page.evaluate("liff.logout()")
    assert page.evaluate("[liff.isLoggedIn(), liff.getIDToken(), liff.getContext()]") == [
        False,
        None,
        None,
    ]
    assert failure(page, "liff.getProfile()") in ("UNAUTHORIZED", "FORBIDDEN")
    assert failure(page, "liff.requestFriendship()") == "UNAUTHORIZED"


def test_a_refused_login_fails_init(
    context: BrowserContext, sandbox: Handle, shop: LiffShop
) -> None:
    sandbox.world.logins.ungrant(sandbox.world.logins.channels[CHANNEL], "hanako")
    page = context.new_page()
    page.goto(f"{shop.url}/liff/")
    page.get_by_role("button", name="山田 花子").click()
    page.get_by_role("button", name="キャンセル").click()
    expect(page).to_have_title("FAILED")
    expect(page.locator("#out")).to_contain_text("INIT_FAILED access_denied")


def test_a_liff_url_outside_ends_on_its_page_after_the_login(
    context: BrowserContext, sandbox: Handle, shop: LiffShop
) -> None:
    page = context.new_page()
    page.goto(f"{sandbox.url}/liff.line.me/{LIFF_ID}/points?from=menu")
    page.get_by_role("button", name="山田 花子").click()
    expect(page).to_have_title("DONE")
    assert page.url.startswith(f"{shop.url}/liff/points?from=menu&code=")
    assert page.evaluate("liff.permanentLink.createUrlBy(location.href.split('&')[0])") == (
        f"https://liff.line.me/{LIFF_ID}/points?from=menu"
    )
    assert page.evaluate("liff.permanentLink.createUrl()").startswith("https://liff.line.me/")


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("#top", "/liff/#top"),
        ("/points#top", "/liff/points#top"),
        ("/a/?b=%E8%B1%86&c#%E4%B8%8A?d=1&e", "/liff/a/?b=%E8%B1%86&c#%E4%B8%8A?d=1&e"),
        ("/points", "/liff/points"),
    ],
)
def test_the_fragment_of_a_liff_url_reaches_the_page(
    context: BrowserContext, sandbox: Handle, shop: LiffShop, rest: str, place: str
) -> None:
    path, hash_, fragment = rest.partition("#")
    mark = "&" if "?" in path else "?"
    page = context.new_page()
    opened = f"{LIFF_ID}{path}{mark}__person=hanako&__account=main{hash_}{fragment}"
    show_in_frame(page, sandbox.url, opened)
    expect(page.frame_locator("iframe").locator("#out")).to_contain_text("{")
    assert page.frames[1].evaluate("location.href") == shop.url + place


def test_the_fragment_outlives_consent_and_login_outside(
    context: BrowserContext, sandbox: Handle, shop: LiffShop
) -> None:
    sandbox.world.logins.ungrant(sandbox.world.logins.channels[CHANNEL], "hanako")
    page = context.new_page()
    page.goto(f"{sandbox.url}/liff.line.me/{LIFF_ID}/points?from=menu#top")
    page.get_by_role("button", name="山田 花子").click()
    page.get_by_role("button", name="同意する").click()
    expect(page).to_have_title("DONE")
    assert page.url.startswith(f"{shop.url}/liff/points?from=menu&code=")
    assert page.url.endswith("#top")


def test_mistakes_have_liffs_codes(
    context: BrowserContext, sandbox: Handle, shop: LiffShop
) -> None:
    page = log_in_outside(context, shop)
    assert failure(page, "liff.init({})") == "INVALID_CONFIG"
    assert failure(page, "liff.init({ liffId: '1-unknown' })") == "404"
    assert failure(page, "liff.scanCodeV2()") == "UNAUTHORIZED"
    assert page.evaluate("liff.use({ name: 'x', install: () => 5 }).$x") == 5
    assert page.evaluate("liff.use({}) === liff")
    assert page.evaluate("[liff.isInClient(), liff.getOS(), liff.getLineVersion()]") == [
        False,
        "web",
        None,
    ]
