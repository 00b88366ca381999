"""Hanako of the demo shop, whose LINE is linked, and a clerk's browser at /staff/scan."""

from playwright.sync_api import Page

from app.domain.accounts import queries as accounts
from app.domain.coupons import service as coupons
from app.domain.links import service as links
from app.domain.links.asker import Asker
from app.domain.members import queries as members
from app.domain.people import service as people
from tests.support.cards import Holder
from tests.support.shop import Shop

NUMBER = "KMB-0001"
CLERK, PASSWORD = "clerk@komorebi.example", "komorebi"


def link_hanako(shop: Shop) -> Holder:
    """The sandbox's Hanako is the demo's member of that name; she has two coupons."""
    with shop.app.app_context():
        account, user_id = accounts.find("main"), shop.user_id("hanako")
        person = people.meet(account.provider_id, user_id, name="花子", picture_url=None)
        card = members.by_number(NUMBER)
        assert card
        hanako = Holder(Asker(person, user_id, account.id, account.provider_id), card.id)
        links.link(hanako.asker, card.id, proof="code")
        coupons.issue("HARU2026", card.id, cause="test/1")
    shop.settle()
    return hanako


def log_in(page: Page, shop: Shop, leads_to: str = "/staff/scan", who: str = CLERK) -> None:
    """The clerk, or somebody else, logs in and is at the counter."""
    page.goto(f"{shop.url}/staff/login?next={leads_to}")
    page.locator("#email").fill(who)
    page.locator("#password").fill(PASSWORD)
    page.locator("form button").click()
    page.wait_for_url(f"**{leads_to}")


def types(page: Page, code: str) -> None:
    """A bar-code reader types a code into the field that has the focus."""
    page.locator("#code:focus").wait_for()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
