"""A member's LIFF pages from end to end: in the sandbox's phone and in a browser outside of LINE.

Nothing is played: the pages, their API, LINE's SDK (the stand-in) and LINE's answers are all there.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from app.domain.accounts import queries as accounts
from app.domain.links import proofs
from tests.support import browser as browsers
from tests.support.hanako import hanakos_phone
from tests.support.members import a_member, asker
from tests.support.phone_page import push, text, write
from tests.support.shop import LIFF, Shop, open_shop

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

EMAIL = "hanako.yamada@example.jp"  # Nobody of the demo shop has it.


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    with open_shop(database_url) as shop:
        yield shop


@pytest.fixture
def page(chrome: Browser, shop: Shop) -> Iterator[Page]:
    """The phone in Hanako's hand; nothing in it may break a policy or call another machine."""
    with hanakos_phone(chrome, shop) as page:
        yield page


def open_from_talk(page: Page) -> FrameLocator:
    """Ask for the link in the talk, open what the shop answers, and agree to what LINE asks."""
    write(page, "連携")
    page.get_by_role("button", name="会員連携をはじめる").last.click()
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="同意する").click()
    return inside


def fill_code(shop: Shop, page: Page | FrameLocator) -> None:
    """Type in the code of the next mail, once the page asks for it."""
    field = page.get_by_label("確認コード（6桁）")
    expect(field).to_be_visible()
    found = re.search(r"\b[0-9]{6}\b", shop.mail_to(EMAIL))
    assert found, "no code in the mail"
    field.fill(found[0])


def member(shop: Shop) -> None:
    with shop.app.app_context():
        a_member(EMAIL)


def prove(shop: Shop, inside: FrameLocator) -> None:
    inside.get_by_role("button", name="すでに会員の方").click()
    inside.get_by_label("会員番号またはメールアドレス").fill(EMAIL)
    inside.get_by_role("button", name="コードを送る").click()
    fill_code(shop, inside)
    inside.get_by_role("button", name="確認して連携する").click()


def test_a_member_links_sees_their_data_and_unlinks_in_the_phone(page: Page, shop: Shop) -> None:
    member(shop)
    inside = open_from_talk(page)
    prove(shop, inside)
    expect(inside.get_by_role("heading", name="連携が完了しました")).to_be_visible()
    frame = page.frames[1]
    assert browsers.accessibility_faults(frame) + browsers.layout_faults(frame) == []

    inside.get_by_role("link", name="会員情報を見る").click()
    expect(inside.locator(".member-name")).to_have_text("山田 花子 様")
    inside.get_by_role("button", name="変更する").click()
    inside.get_by_label("電話番号").fill("０９０-1234-5678")
    inside.get_by_role("button", name="保存する").click()
    expect(inside.get_by_text("09012345678")).to_be_visible()

    inside.get_by_role("button", name="連携を解除する").click()
    inside.get_by_role("dialog").get_by_role("button", name="解除する", exact=True).click()
    expect(inside.get_by_role("heading", name="連携を解除しました")).to_be_visible()
    inside.get_by_role("button", name="閉じる").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("会員情報との連携を解除しました").first).to_be_visible()


def test_somebody_new_joins_in_the_phone(page: Page, shop: Shop) -> None:
    inside = open_from_talk(page)
    inside.get_by_role("button", name="はじめての方").click()
    expect(inside.get_by_label("お名前")).to_have_value("山田 花子")
    inside.get_by_label("フリガナ").fill("X")
    inside.get_by_label("メールアドレス").fill(EMAIL)
    inside.get_by_label("郵便番号").press_sequentially("150-0001")
    expect(inside.get_by_label("都道府県")).to_have_value("東京都")
    expect(inside.get_by_label("市区町村")).to_have_value("渋谷区")
    inside.get_by_role("checkbox", name=re.compile("会員規約")).check()
    inside.get_by_role("button", name="同意して会員になる").click()
    expect(inside.get_by_label("フリガナ")).to_be_focused()
    inside.get_by_label("フリガナ").fill("やまだ はなこ")
    inside.get_by_role("button", name="同意して会員になる").click()
    fill_code(shop, inside)
    inside.get_by_role("button", name="確認する", exact=True).click()

    expect(inside.get_by_role("heading", name="連携が完了しました")).to_be_visible()
    inside.get_by_role("link", name="会員情報を見る").click()
    expect(inside.get_by_text("ヤマダ ハナコ")).to_be_visible()
    expect(inside.get_by_text("〒150-0001 東京都渋谷区神宮前")).to_be_visible()
    expect(inside.get_by_text(EMAIL)).to_be_visible()


def test_a_liff_address_with_a_path_leads_to_that_page(page: Page, shop: Shop) -> None:
    show(page, shop, "/profile?from=menu")

    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", name="まだ連携されていません")).to_be_visible()
    assert page.frames[1].url.startswith(f"{shop.url}/liff/profile?from=menu")
    assert "access_token" not in page.frames[1].url


def show(page: Page, shop: Shop, rest: str) -> None:
    """Open the LIFF app at an address, as a link in the talk does."""
    link = {"type": "uri", "label": "開く", "uri": f"https://liff.line.me/{LIFF}{rest}"}
    push(shop.line, text("どうぞ", link))
    page.get_by_role("button", name="開く", exact=True).click()
    page.frame_locator("iframe").get_by_role("button", name="同意する").click()


def expired(route: Route) -> None:
    kind = "application/problem+json"
    route.fulfill(status=401, json={"type": "urn:tsunagu:token_expired"}, content_type=kind)


def test_an_expired_token_is_renewed_by_itself(page: Page, shop: Shop) -> None:
    page.route("**/liff/api/me?*", expired, times=1)
    show(page, shop, "/profile?from=menu")

    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", name="まだ連携されていません")).to_be_visible()
    assert page.frames[1].url.startswith(f"{shop.url}/liff/profile?from=menu")


def test_a_token_that_stays_expired_is_told_and_does_not_go_round(page: Page, shop: Shop) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/liff/api/me?*", expired)
    show(page, shop, "")

    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", name="お時間がたちました")).to_be_visible()
    assert len([url for url in asked if "/liff/api/me" in url]) == 2
    page.unroute_all()
    inside.get_by_role("button", name="ページを開き直す").click()
    expect(inside.get_by_text("LINEと会員証をつなぎませんか")).to_be_visible()


@pytest.mark.parametrize("kind", ["500_before", "timeout_before"])
def test_while_line_cannot_say_who_it_is_nobody_is_let_in(
    page: Page, shop: Shop, kind: str
) -> None:
    fault = {"endpoint": "login.certs", "kind": kind, "times": 50, "seconds": 30}
    shop.control("POST", "faults", **fault)
    show(page, shop, "")
    inside = page.frame_locator("iframe")
    with page.expect_response("**/liff/api/me?*", timeout=7000) as answered:
        pass
    assert answered.value.status == 503
    expect(inside.get_by_role("heading", name="ただいまLINEにつながりません")).to_be_visible()
    shop.control("DELETE", "faults")
    inside.get_by_role("button", name="もう一度試す").click()

    expect(inside.get_by_text("LINEと会員証をつなぎませんか")).to_be_visible()


def test_outside_of_line_one_logs_in_and_comes_back(chrome: Browser, shop: Shop) -> None:
    member(shop)
    with browsers.context(chrome, width=375) as context:
        page = context.new_page()
        page.goto(f"{shop.url}/liff/link")
        page.get_by_role("link", name="LINEでログイン").click()
        page.get_by_role("button", name="山田 花子").click()
        page.get_by_role("button", name="同意する").click()
        page.get_by_role("button", name="今はしない").click()
        expect(page).to_have_url(re.compile(r"/liff/link\?account=main$"))
        page.get_by_role("button", name="すでに会員の方").click()
        page.get_by_label("会員番号またはメールアドレス").fill(EMAIL)
        page.get_by_role("button", name="コードを送る").click()
        fill_code(shop, page)
        page.get_by_role("button", name="確認して連携する").click()
        expect(page.get_by_role("heading", name="連携が完了しました")).to_be_visible()
        page.goto(f"{shop.url}/liff/")
        page.get_by_role("button", name="ログアウト").click()

        expect(page.get_by_role("link", name="LINEでログイン")).to_be_visible()


def test_whoever_cancels_the_login_is_told_and_may_begin_again(chrome: Browser, shop: Shop) -> None:
    with browsers.context(chrome, width=375) as context:
        page = context.new_page()
        page.goto(f"{shop.url}/liff/link")
        page.get_by_role("link", name="LINEでログイン").click()
        page.get_by_role("button", name="山田 花子").click()
        page.get_by_role("button", name="キャンセル").click()
        expect(page.get_by_text("ログインはキャンセルされました")).to_be_visible()

        page.get_by_role("link", name="LINEでログイン").click()
        expect(page.get_by_role("button", name="同意する")).to_be_visible()


def test_a_liff_address_outside_of_line_leads_to_its_page(chrome: Browser, shop: Shop) -> None:
    with browsers.context(chrome, width=375) as context:
        page = context.new_page()
        page.goto(f"{shop.line.url}/liff.line.me/{LIFF}/profile")

        expect(page).to_have_url(re.compile(r"/liff/profile$"))
        expect(page.get_by_role("link", name="LINEでログイン")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_member_login_needs_no_script(chrome: Browser, shop: Shop, scripts: bool) -> None:
    member(shop)
    with shop.app.app_context():
        account_id = accounts.front("main").account_id
        session = proofs.begin_login(asker(account_id), "a-link-token")
    with browsers.context(chrome, width=320, java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(f"{shop.url}/login/member?session={session}")
        faults = scripts and browsers.accessibility_faults(page) + browsers.layout_faults(page)
        page.get_by_label("会員番号またはメールアドレス").fill(EMAIL)
        page.get_by_label("パスワード").fill("not the password")
        page.get_by_role("button", name="ログインして連携する").click()

        expect(page.get_by_role("alert")).to_contain_text("パスワードが違います")
        expect(page.get_by_label("会員番号またはメールアドレス")).to_have_value(EMAIL)
        assert not faults
