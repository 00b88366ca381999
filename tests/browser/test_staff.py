"""The staff pages in a real browser: in by invitation, out at once, usable by everybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.points.adjustments import ask_adjustment
from app.domain.points.ledger import Key
from tests.support import browser as browsers
from tests.support import databases
from tests.support.shop import Shop, open_shop
from tests.support.staff import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWNER = "second-owner@komorebi.example"
NEW = "new@komorebi.example"


@pytest.fixture
def shop(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Shop]:
    file = tmp_path / "shop.sqlite"
    databases.copy_sqlite(migrated_sqlite, file)
    with open_shop(databases.sqlite_url(file)) as shop:
        yield shop


@pytest.fixture
def desk(chrome: Browser) -> Iterator[Page]:
    with browsers.context(chrome, width=1280) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        yield page
        assert watch.complaints == []


def log_in(page: Page, shop: Shop, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{shop.url}/staff/")
    page.get_by_label("メールアドレス").fill(email)
    page.get_by_label("パスワード").fill(password)
    page.get_by_role("button", name="ログイン").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("おつかれさまです")


def invited(page: Page, shop: Shop) -> str:
    """The owner invites somebody; answers the link of the mail."""
    page.get_by_role("link", name="スタッフ").first.click()
    page.get_by_label("お名前").fill("新井 さくら")
    page.get_by_label("メールアドレス").fill(NEW)
    page.get_by_label("役割").select_option("clerk")
    page.get_by_label("吉祥寺店").check()
    page.get_by_role("button", name="招待を送る").click()
    expect(page.get_by_role("status")).to_contain_text("招待を送りました")
    mail = shop.mail_to(NEW)
    return next(word for word in mail.split() if "/staff/invited?token=" in word)


def test_from_the_first_owner_to_the_last_day_of_a_clerk(
    shop: Shop, chrome: Browser, desk: Page
) -> None:
    made = shop.app.test_cli_runner().invoke(
        args=["staff", "create-owner", "--email", OWNER, "--name", "店主"],
        input=f"{PASSWORD}\n{PASSWORD}\n",
    )
    assert made.exit_code == 0, made.output
    log_in(desk, shop, OWNER)
    link = invited(desk, shop)

    with browsers.context(chrome, width=375) as phone:
        clerk = phone.new_page()
        clerk.goto(link)
        clerk.get_by_label("パスワード").fill(PASSWORD)
        clerk.get_by_role("button", name="はじめる").click()
        expect(clerk.get_by_role("link", name="会員証を読み取る").first).to_be_visible()
        expect(clerk.get_by_role("link", name="操作の記録")).to_have_count(0)
        (cookie,) = [each for each in phone.cookies() if each["name"] == "__Host-tsunagu-staff"]
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
        clerk.goto(f"{shop.url}/staff/audit")
        expect(clerk.get_by_role("heading")).to_contain_text("ご利用いただけません")

        desk.goto(f"{shop.url}/staff/team")
        desk.get_by_role("link", name="新井 さくら").click()
        desk.get_by_label("理由").fill("退職")
        desk.get_by_role("button", name="利用を停止する").click()
        expect(desk.locator(".mark-bad")).to_have_text("利用停止")

        clerk.goto(f"{shop.url}/staff/me")
        expect(clerk).to_have_url(f"{shop.url}/staff/login?next=%2Fstaff%2Fme")

    desk.goto(f"{shop.url}/staff/audit")
    expect(desk.locator(".log li").first).to_contain_text("利用を停止")
    assert "退職" in desk.locator(".log li").first.inner_text()


@pytest.fixture
def looked_at_shop(liff_shop: Shop) -> Shop:
    """The demo shop, where the clerk's request for points waits."""
    with liff_shop.app.app_context():
        asker = {"staff_id": 2, "own_member_id": None, "limit": 0, "key": Key("looks", "1")}
        ask_adjustment(1, 1500, reason="お会計の付け忘れ", **asker)
    return liff_shop


LOOKS = [(375, "dark", "ja"), (1280, "light", "en"), (320, "light", "en"), (1280, "dark", "ja")]


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_everybody_can_use_every_page(
    chrome: Browser, looked_at_shop: Shop, width: int, scheme: str, language: str
) -> None:
    faults: list[str] = []
    tag = {"ja": "ja-JP", "en": "en-US"}[language]
    look = {"color_scheme": scheme, "reduced_motion": "reduce", "locale": tag}

    def looked_at(page: Page, name: str) -> None:
        found = browsers.accessibility_faults(page) + browsers.layout_faults(page)
        faults.extend(f"{name}: {fault}" for fault in found)

    with browsers.context(chrome, width=width, **look) as context:
        page = context.new_page()
        for path in ("login", "totp", "reset", "invited?token=x", "reset?token=x"):
            page.goto(f"{looked_at_shop.url}/staff/{path}")
            looked_at(page, path)
        page.goto(f"{looked_at_shop.url}/staff/login")
        page.locator("#email").fill("owner@komorebi.example")
        page.locator("#password").fill("komorebi")
        page.locator("form button").click()
        page.wait_for_url("**/staff/")
        pages = (
            "",
            "me",
            "team",
            "team/2",
            "members",
            "members/1",
            "adjustments",
        )
        for path in (*pages, "audit"):
            page.goto(f"{looked_at_shop.url}/staff/{path}")
            looked_at(page, path)
        page.goto(f"{looked_at_shop.url}/staff/members")
        page.locator("#q").fill("山田")
        page.locator("main form button").click()
        page.locator(".people").wait_for()
        looked_at(page, "found")
        page.goto(f"{looked_at_shop.url}/staff/members/1")
        page.locator("#points").fill("0")
        page.locator("#adjust-reason").fill("x")
        page.locator("form[action$='/points'] button").click()
        page.get_by_role("alert").wait_for()
        looked_at(page, "refused")
        page.goto(f"{looked_at_shop.url}/staff/me")
        page.locator("form[action='/staff/me/totp'] button").click()
        page.locator(".qr").wait_for()
        looked_at(page, "setup")

    assert faults == []
