"""ID連携 from outside of LINE, and from the talk by the login of the member site."""

import pytest

from app.db import db
from app.domain.accounts.queries import find
from tests.support.linking import linked_members, mailed_code, member, said
from tests.support.members import EMAIL
from tests.support.shop import Shop
from tests.support.visitor import Outside, field


def test_a_browser_outside_logs_in_with_line_and_links(shop, phone):
    member(shop)
    browser = Outside(shop)
    assert browser.call("GET", "me").code == "not_logged_in"

    page = browser.log_in("hanako")
    assert (page.status, browser.url.split("?")[0]) == (200, f"{shop.url}/liff/link")
    session = browser.call("POST", "link/start", {"who": EMAIL}).json["session"]
    proof = {"session": session, "code": mailed_code(shop)}
    linked = browser.call("POST", "link/prove", proof)

    assert linked.status == 201
    shop.settle()
    assert said(phone("hanako"), "会員情報との連携が完了しました")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_refused_login_comes_back_without_one(shop):
    browser = Outside(shop)
    browser.open("/login/line?next=/liff/link")
    browser.press(step="person", person="hanako")
    page = browser.press(decision="cancel")

    assert page.status == 200
    assert browser.url == f"{shop.url}/liff/link?account=main&login=refused"
    assert browser.call("GET", "me").code == "not_logged_in"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "/liff/../x", "/\\evil", "/login/line"]
)
def test_a_login_leads_to_our_own_pages_alone(shop, place):
    browser = Outside(shop)
    browser.log_in("hanako", page=place)
    assert browser.url.startswith(f"{shop.url}/liff/?")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_login_that_we_did_not_begin_is_refused(shop):
    browser = Outside(shop)
    assert browser.open("/login/callback?code=x&state=y").status == 400
    browser.open("/login/line")
    assert browser.open(f"{shop.url}/login/callback?code=x&state=y").status == 400


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("endpoint", ["login.token", "login.verify_id"])
def test_a_login_that_line_cannot_end_comes_back_to_the_page(shop, endpoint):
    shop.control("POST", "faults", kind="500_before", endpoint=endpoint)
    browser = Outside(shop)
    browser.log_in("hanako")
    assert browser.url == f"{shop.url}/liff/link?account=main&login=failed"
    assert browser.call("GET", "me").code == "not_logged_in"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_site_cannot_write_with_our_cookie(shop, phone):
    member(shop)
    browser = Outside(shop)
    browser.log_in("hanako")
    foreign = browser.call("POST", "link/start", {"who": EMAIL}, **{"X-Requested-With": ""})
    assert (foreign.status, foreign.code) == (403, "foreign_write")


@pytest.fixture
def no_liff(shop: Shop) -> None:
    """The account has no LIFF app: its members have a login of their own."""
    with shop.app.app_context():
        find("main").liff_id = None
        db.session.commit()


def test_the_talk_leads_to_the_login_of_the_member_site(shop, phone, no_liff):
    member(shop, "correct horse")
    hanako = phone("hanako").adds()
    hanako.types("連携")
    url = hanako.links[-1]
    browser = Outside(shop)

    form = browser.open(url)
    assert form.status == 200
    csrf = field(form.text, "csrf")
    wrong = browser.press(csrf=csrf, who=EMAIL, password="wrong")
    assert wrong.status == 403
    assert browser.press(csrf="x", who=EMAIL, password="correct horse").status == 403
    browser.press(csrf=csrf, who=EMAIL, password="correct horse")
    browser.press(person="hanako")
    shop.settle()

    assert linked_members(shop) == [1]
    assert said(hanako, "会員情報との連携が完了しました")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_login_of_the_member_site_that_is_over_says_how_to_begin_again(shop, no_liff):
    member(shop, "correct horse")
    browser = Outside(shop)
    form = browser.open("/login/member?session=made-up")
    over = browser.press(csrf=field(form.text, "csrf"), who=EMAIL, password="correct horse")
    assert (over.status, "「連携」と送り" in over.text) == (410, True)


def test_a_login_sent_on_to_another_person_links_nobody(shop, phone, no_liff):
    member(shop, "correct horse")
    phone("hanako").adds()
    taro = phone("taro").adds()
    taro.types("連携")
    browser = Outside(shop)
    form = browser.open(taro.links[-1])
    browser.press(csrf=field(form.text, "csrf"), who=EMAIL, password="correct horse")
    browser.press(person="hanako")  # Whoever is sent a stranger's address.
    shop.settle()

    assert linked_members(shop) == [0]
    assert taro.screen[-1].startswith("連携できませんでした")
