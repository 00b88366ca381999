"""The usual order on its page in the phone: two taps, and one order though an answer is lost."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from app.domain.accounts.queries import find
from app.domain.catalogue.favourites import Whose
from app.domain.links import service as links
from app.domain.members import queries as members
from app.domain.orders import queries, service, slots
from app.domain.orders.queries import OrderCard
from app.domain.orders.service import Customer
from app.domain.shops import queries as shops
from tests.stories.test_orders import LATTE, TART
from tests.support.hanako import hanakos_phone
from tests.support.members import asker
from tests.support.orders import open_tomorrow
from tests.support.phone_page import push
from tests.support.shop import LIFF, Shop, open_shop

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
    """The phone in Hanako's hand: a member whose last order was delivered to her own address."""
    with hanakos_phone(chrome, shop) as page:
        with shop.app.app_context():
            open_tomorrow()
            hanako, member = asker(find("main").id, shop.user_id("hanako")), her_number()
            links.link(hanako, member, proof="joined")
            at = slots.free(shops.store_ids()["kichijoji"], "delivery")[0]
            wanted = {"store": "kichijoji", "way": "delivery", "slot_at": at, "total": 1780}
            customer = Customer(hanako.person_id, hanako.account_id, member)
            service.place(wanted | {"lines": [LATTE, TART]}, customer, key="1")
        shop.settle()
        yield page


def her_number() -> int:
    member = members.by_number("KMB-0001")
    assert member
    return member.id


def orders(shop: Shop) -> list[OrderCard]:
    with shop.app.app_context():
        person = asker(find("main").id, shop.user_id("hanako")).person_id
        return queries.history(Whose(person, her_number()))


def open_usual(page: Page, shop: Shop) -> FrameLocator:
    """Tap いつもの注文 in the talk; LINE asks once what the app may know."""
    uri = f"https://liff.line.me/{LIFF}/reorder"
    link = {"type": "uri", "label": "いつもの注文", "uri": uri}
    card = {"type": "buttons", "text": "どうぞ", "actions": [link]}
    push(shop.line, {"type": "template", "altText": "どうぞ", "template": card})
    page.get_by_role("button", name="いつもの注文", exact=True).click()
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="同意する").click()
    return inside


def confirm(inside: FrameLocator) -> None:
    inside.get_by_role("button", name="この内容で注文する 1,780円").click()


def test_a_delivery_is_ordered_again_in_two_taps(page: Page, shop: Shop) -> None:
    inside = open_usual(page, shop)
    expect(inside.get_by_text("武蔵野市")).to_be_visible()
    expect(inside.locator("input")).to_have_count(0)
    confirm(inside)
    expect(inside.get_by_role("heading", name="ご注文を承りました")).to_be_visible()

    newest, first = orders(shop)
    assert newest.number == inside.locator(".order-number").inner_text()
    to = (newest.way, newest.name, newest.phone, newest.postal_code, newest.address)
    assert to == (first.way, first.name, first.phone, first.postal_code, first.address)
    assert (newest.address, newest.postal_code) != (None, None)


def reloads(inside: FrameLocator) -> None:
    inside.locator("body").evaluate("() => location.reload()")


def goes_on_and_back(inside: FrameLocator) -> None:
    inside.get_by_role("link", name="内容を変更する").click()
    expect(inside.locator(".picked li")).to_have_count(2)
    # Past the basket, the menu and the stores.
    inside.locator("body").evaluate("() => history.go(-3)")


@pytest.mark.parametrize("returns", [reloads, goes_on_and_back])
def test_a_lost_answer_a_way_back_and_another_tap_are_one_order(
    page: Page, shop: Shop, returns: Callable[[FrameLocator], None]
) -> None:
    def lose_the_answer(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort()

    inside = open_usual(page, shop)
    page.route("**/liff/api/orders?*", lose_the_answer, times=1)
    confirm(inside)
    expect(inside.get_by_role("alert")).to_be_visible()
    assert len(orders(shop)) == 2
    returns(inside)
    confirm(inside)
    expect(inside.get_by_role("heading", name="ご注文を承りました")).to_be_visible()
    newest, _first = orders(shop)
    assert newest.number == inside.locator(".order-number").inner_text()
