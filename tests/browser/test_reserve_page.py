"""A reservation made, moved and cancelled on its page in the phone, and told in the talk."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from app.domain.accounts.queries import find
from app.domain.hours import queries as hours
from app.domain.links import service as links
from app.domain.reservations import queries, service
from app.domain.reservations.asker import Guest
from app.domain.reservations.offer import Wanted
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from tests.support.hanako import hanakos_phone
from tests.support.members import a_member, asker
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
            hanako = asker(find("main").id, shop.user_id("hanako"))
            links.link(hanako, a_member(), proof="joined")
        shop.settle()
        yield page


def open_page(page: Page) -> FrameLocator:
    """The way from the talk to the page."""
    write(page, "クーポン")
    page.get_by_role("button", name="クーポンを開く").last.click()
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="同意する").click()
    inside.get_by_role("link", name="マイページへ").click()
    inside.get_by_role("link", name="ご予約").click()
    return inside


def a_thursday(store_id: int) -> date:
    """One in the week after this one, when the private room and its host are there."""
    today = hours.today(store_id)
    return today + timedelta(days=7 + (3 - today.weekday()) % 7)


def take(shop: Shop, day: date, at: time) -> None:
    """Somebody telephones and is given the private room."""
    with shop.app.app_context():
        store_id = shops.store_ids()["kichijoji"]
        wanted = Wanted(store_id, queries.service_ids()["private"], 2)
        start = datetime.combine(day, at, hours.zone_of(store_id))
        host = Actor(1, "owner", "木漏", None, None, 1)
        service.book(
            host, wanted, start, cause="test/1", origin="counter", guest=Guest(name="佐藤")
        )


def show_day(inside: FrameLocator, day: str) -> None:
    """Pick a day of the month on the screen, or of the next one."""
    if not inside.locator(f"#day-{day}").count():
        inside.get_by_role("button", name="次の月").click()
    inside.locator(f"#day-{day}").click()


def choose(inside: FrameLocator, day: str, time: str) -> None:
    """Pick a day and a time."""
    show_day(inside, day)
    inside.get_by_role("button", name=time, exact=True).click()


def test_a_time_is_reserved_moved_and_cancelled(page: Page, shop: Shop) -> None:
    with shop.app.app_context():
        day = a_thursday(shops.store_ids()["kichijoji"])
    inside = open_page(page)
    inside.get_by_role("button", name="吉祥寺").click()
    inside.get_by_role("button", name="個室").click()
    inside.get_by_role("button", name="日時を選ぶ").click()
    show_day(inside, day.isoformat())
    take(shop, day, time(12, 0))
    inside.get_by_role("button", name="12:00", exact=True).click()
    expect(inside.get_by_role("heading", name="満席になりました")).to_be_visible()
    inside.locator(".slot").last.click()
    expect(inside.get_by_text("この時間をお取りしています")).to_be_visible()
    inside.get_by_label("ご要望").fill("静かな席で")
    inside.get_by_role("button", name="この内容で予約する").click()
    expect(inside.get_by_role("heading", name="ご予約を承りました")).to_be_visible()
    shop.settle()
    expect(page.get_by_role("log", name="メッセージ")).to_contain_text("個室の貸切")

    inside.get_by_role("link", name="ご予約の一覧へ").click()
    inside.locator(".ticket").click()
    inside.get_by_role("button", name="日時や内容を変更する").click()
    choose(inside, (day + timedelta(days=7)).isoformat(), "14:00")
    inside.get_by_role("button", name="この内容に変更する").click()
    expect(inside.get_by_role("heading", name="ご予約を変更しました")).to_be_visible()

    inside.get_by_role("link", name="ご予約の一覧へ").click()
    inside.locator(".ticket").click()
    inside.get_by_role("button", name="ご予約をキャンセルする").click()
    inside.get_by_role("button", name="キャンセルする", exact=True).click()
    expect(inside.get_by_text("ご予約をキャンセルしました。").first).to_be_visible()
    expect(inside.locator(".ticket")).to_have_count(0)
