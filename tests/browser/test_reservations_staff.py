"""The staff's week in a real browser: dragged, refused in words, moved with the keys, looked at."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.reservations import queries
from app.domain.reservations.asker import Guest
from tests.support import browser as browsers
from tests.support import databases
from tests.support.cast import add_store
from tests.support.counter_page import log_in
from tests.support.shop import Shop, open_shop
from tests.support.week import Salon, a_salon_at

pytestmark = pytest.mark.browser

PAGE = "/staff/reservations"
OWNER = "owner@komorebi.example"


@pytest.fixture(scope="module")
def shop(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    file = tmp_path_factory.mktemp("week") / "shop.sqlite"
    databases.copy_sqlite(migrated_sqlite, file)
    with open_shop(databases.sqlite_url(file)) as shop:
        yield shop


@pytest.fixture(scope="module")
def salon(shop: Shop) -> Salon:
    with shop.app.app_context():
        return a_salon_at(add_store("ginza"))


@pytest.fixture(scope="module")
def day(shop: Shop, salon: Salon) -> date:
    """Tomorrow, on which three people come."""
    with shop.app.app_context():
        salon.reserved("10:00", salon.aoi, Guest(name="鈴木 一郎"))
        salon.reserved("12:00", salon.aoi, Guest(name="高橋 大輔"), note="窓ぎわ")
        salon.reserved("10:00", salon.seats, Guest(name="渡辺 直美"), party=2)
        salon.reserved("10:30", salon.seats, Guest(name="小林"), party=4)
        return salon.tomorrow


def stands(shop: Shop, salon: Salon, day: date, name: str) -> tuple[str, list[int]]:
    """When somebody comes by now, and to whom."""
    with shop.app.app_context():
        (found,) = [one for one in queries.of_day(salon.store_id, day) if one.guest_name == name]
        return f"{found.starts_at:%H:%M}", [used.id for used in found.resources]


def drag(page: Page, name: str, lane: str, minutes: int) -> None:
    """Take somebody's reservation to a lane, and so many minutes up or down."""
    page.locator("#book:not([aria-busy])").wait_for()
    block = page.locator(".block", has_text=name)
    block.scroll_into_view_if_needed()
    taken, there = block.bounding_box(), page.get_by_role("region", name=lane).bounding_box()
    room = page.locator(".lane-room").first.bounding_box()
    assert taken is not None
    assert there is not None
    assert room is not None
    total = int(page.locator("#board").get_attribute("data-minutes") or "0")
    x, y = taken["x"] + 20, taken["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y)
    page.mouse.move(there["x"] + 30, y + minutes / total * room["height"], steps=4)
    page.mouse.up()


def test_a_reservation_is_dragged_refused_in_words_and_moved_with_the_keys(
    chrome: Browser, shop: Shop, salon: Salon, day: date
) -> None:
    with browsers.context(chrome, width=1280, height=1000) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        log_in(page, shop, "/staff/", who=OWNER)
        page.goto(f"{shop.url}{PAGE}?store=ginza&day={day}")
        page.locator(".laid").wait_for()
        ask, status = page.locator("#ask"), page.locator("#status")

        drag(page, "高橋", "葵", -75)
        expect(ask).to_contain_text("高橋 大輔 様の予約を変更しますか？")
        ask.get_by_role("button", name="変更する").click()
        expect(status).to_contain_text("その時間は埋まっています。空いている時間：")
        assert stands(shop, salon, day, "高橋 大輔") == ("12:00", [salon.aoi])
        expect(page.locator(".lifted")).to_have_count(0)

        drag(page, "高橋", "蓮", 90)
        ask.get_by_role("button", name="変更する").click()
        expect(status).to_contain_text("高橋 大輔 様の予約を")
        assert stands(shop, salon, day, "高橋 大輔") == ("13:30", [salon.ren])

        page.locator("#book:not([aria-busy])").wait_for()
        page.locator(".block a", has_text="高橋").focus()
        for key in ("Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowLeft", "Enter"):
            page.keyboard.press(key)
        expect(ask).to_contain_text("13:00 葵")
        page.keyboard.press("Enter")
        expect(page.locator(".lane", has_text="葵").locator(".block")).to_have_count(2)
        page.locator("#book:not([aria-busy])").wait_for()
        assert stands(shop, salon, day, "高橋 大輔") == ("13:00", [salon.aoi])

        # The week: to another lane of the same day, first left where it is and then moved.
        page.get_by_role("link", name="週", exact=True).click()
        chip = page.locator(".chip a", has_text="高橋")
        chip.focus()
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Enter")
        ask.get_by_role("button", name="やめる").click()
        expect(status).to_have_text("変更しませんでした。")
        page.locator("#book:not([aria-busy])").wait_for()
        assert stands(shop, salon, day, "高橋 大輔") == ("13:00", [salon.aoi])
        chip.focus()
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Enter")
        ask.get_by_role("button", name="変更する").click()
        expect(status).to_contain_text("高橋 大輔 様の予約を")
        assert stands(shop, salon, day, "高橋 大輔") == ("13:00", [salon.ren])
        page.locator("#book:not([aria-busy])").wait_for()
        page.locator(".chip a", has_text="高橋").click()
        expect(page.locator("h1")).to_have_text("高橋 大輔 様")
        assert [one for one in watch.complaints if "409" not in one] == []


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "dark"), (375, "light"), (1280, "light"), (1280, "dark")]
)
def test_everybody_can_use_the_pages_of_reservations(
    chrome: Browser, shop: Shop, salon: Salon, day: date, width: int, scheme: str
) -> None:
    faults: list[str] = []
    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with shop.app.app_context():
        code = queries.of_day(salon.store_id, day)[0].code
    where = f"store=ginza&day={day}"
    pages = [f"?{where}", f"?{where}&view=week", f"/{code}", f"/new?{where}"]
    with browsers.context(chrome, width=width, **look) as context:
        page = context.new_page()
        log_in(page, shop, "/staff/", who=OWNER)
        for path in [*pages, f"/day-off?{where}", "/feeds?store=ginza"]:
            page.goto(f"{shop.url}{PAGE}{path}")
            page.locator("h1").wait_for()
            found = browsers.accessibility_faults(page) + browsers.layout_faults(page)
            faults.extend(f"{path}: {fault}" for fault in found)
    assert faults == []
