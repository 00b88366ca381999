"""The board of orders in a real browser: one comes in, is accepted, refused, printed, looked at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.test_orders_staff import STORE, orders
from tests.support import browser as browsers
from tests.support import databases
from tests.support.counter_page import log_in
from tests.support.shop import Shop, open_shop

pytestmark = pytest.mark.browser

PAGE = "/staff/orders"
OWNER = "owner@komorebi.example"
PATIENCE_MS = 20_000
LOOK_MS = 4_000  # As app/static/staff/orders.js has it; the page's clock is the test's.
TUNE = 5  # Tones of a new order (app/static/staff/sounds.js).
COUNT_TONES = """window.tones = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  window.tones += 1;
  return make.call(this);
};
"""


@pytest.fixture(scope="module")
def shop(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    file = tmp_path_factory.mktemp("orders") / "shop.sqlite"
    databases.copy_sqlite(migrated_sqlite, file)
    with open_shop(databases.sqlite_url(file)) as shop:
        for person in ("hanako", "taro", "emma"):
            shop.phone(person).adds()
        yield shop


@pytest.fixture(scope="module")
def waiting(shop: Shop) -> str:
    """The number of an order that nobody has accepted."""
    return orders(shop, "emma").number


def test_orders_come_in_and_are_moved_on(chrome: Browser, shop: Shop) -> None:
    first = orders(shop, "hanako", "delivery")
    with browsers.context(chrome, width=1280, height=900) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watch = browsers.Watch(page)
        log_in(page, shop, "/staff/", who=OWNER)
        page.goto(f"{shop.url}{PAGE}?store={STORE}")
        column = {name: page.get_by_role("region", name=name) for name in ("新しい注文", "ご準備")}
        ticket = page.locator(f".ticket[data-number='{first.number}']")
        ticket.get_by_label("できあがりまで").select_option("30")
        ticket.get_by_role("button", name="受け付ける").click()
        expect(column["ご準備"]).to_contain_text(first.number, timeout=PATIENCE_MS)
        expect(page.locator("#status")).to_contain_text("受け付けました")

        second = orders(shop, "taro")
        expect(column["新しい注文"]).to_contain_text(second.number, timeout=PATIENCE_MS)
        coming = page.locator(f".ticket[data-number='{second.number}']")
        coming.get_by_text("お断りする").first.click()
        coming.get_by_label("理由").fill("品切れのため")
        coming.get_by_role("button", name="お断りする").click()
        expect(coming).to_have_count(0, timeout=PATIENCE_MS)
        sound = page.get_by_role("button", name="新しい注文を音で知らせる")
        expect(sound).to_have_attribute("aria-pressed", "true")
        sound.click()
        expect(sound).to_have_attribute("aria-pressed", "false")

        page.get_by_role("link", name=first.number).click()
        page.get_by_role("link", name="伝票を表示する").click()
        page.emulate_media(media="print")
        expect(page.locator(".slip")).to_contain_text("吉祥寺本町1-2-3")
        expect(page.locator(".rail")).to_be_hidden()
        assert watch.complaints == []


def comes_in(page: Page, shop: Shop, person: str, way: str = "pickup") -> int:
    """Somebody orders, the board looks until it has the order; answers how many tones it played."""
    number = orders(shop, person, way).number
    before: int = page.evaluate("window.tones")
    look(page)
    expect(page.locator(f".ticket[data-number='{number}']")).to_be_visible()
    look(page)
    look(page)
    after: int = page.evaluate("window.tones")
    return after - before


def look(page: Page) -> None:
    with page.expect_response("**/staff/api/orders/pulse?*"):
        page.clock.run_for(LOOK_MS)


def test_a_new_order_is_heard_once_and_not_at_all_without_the_sound(
    chrome: Browser, shop: Shop
) -> None:
    with browsers.context(chrome, width=1280, height=900) as context:
        page = context.new_page()
        page.add_init_script(COUNT_TONES)
        page.clock.install()
        log_in(page, shop, "/staff/", who=OWNER)
        page.goto(f"{shop.url}{PAGE}?store={STORE}")
        page.locator("h1").click()  # Browsers let nothing be heard before the first touch.
        assert comes_in(page, shop, "hanako") == TUNE
        assert comes_in(page, shop, "taro", "delivery") == TUNE
        page.get_by_role("button", name="新しい注文を音で知らせる").click()
        assert comes_in(page, shop, "emma", "delivery") == 0


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (375, "light"), (1280, "dark")])
def test_everybody_can_use_the_pages_of_orders(
    chrome: Browser, shop: Shop, waiting: str, width: int, scheme: str
) -> None:
    faults: list[str] = []
    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    one = f"/{waiting}"
    with browsers.context(chrome, width=width, **look) as context:
        page = context.new_page()
        log_in(page, shop, "/staff/", who=OWNER)
        orders_pages = [f"{PAGE}{path}" for path in (f"?store={STORE}", one, f"{one}/slip")]
        orders_pages.append(f"{PAGE}/menu")
        for path in [*orders_pages, f"{PAGE}?q=NONE", "/staff/keys"]:
            page.goto(f"{shop.url}{path}")
            page.locator("h1").wait_for()
            found = browsers.accessibility_faults(page) + browsers.layout_faults(page)
            faults.extend(f"{path}: {fault}" for fault in found)
    assert faults == []
