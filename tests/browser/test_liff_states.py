"""The LIFF pages in states that are hard to cause: what they say, where focus goes, ways on.

The API is played by the test (tests/support/liff_states.py); test_liff_link.py has the real one,
test_liff_looks.py looks at every view.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import browser as browsers
from tests.support.liff_states import FAMILY, Api, me, problem
from tests.support.shop import Shop

pytestmark = pytest.mark.browser

Visit = tuple[Page, Api, str]


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    with browsers.context(chrome, width=375) as context:
        yield context


@pytest.fixture
def visit(context: BrowserContext, liff_shop: Shop) -> Visit:
    """A page, its API, and where the pages are."""
    page = context.new_page()
    return page, Api(page), f"{liff_shop.url}/liff/"


def opened(page: Page) -> None:
    expect(page.locator("main[aria-busy]")).to_have_count(0)


def to_link(visit: Visit) -> Page:
    page, api, liff = visit
    api.says("GET", "/me", 200, me())
    page.goto(f"{liff}link")
    opened(page)
    return page


def to_code(visit: Visit) -> Page:
    page = to_link(visit)
    visit[1].says("POST", "/link/start", 202, {"session": "s1", "expires_in": 600})
    page.get_by_role("button", name="すでに会員の方").click()
    page.get_by_label("会員番号またはメールアドレス").fill("hanako@example.jp")
    page.get_by_role("button", name="コードを送る").click()
    expect(page.get_by_role("heading", name="確認コードの入力")).to_be_visible()
    return page


def prove(page: Page, code: str = "123456") -> None:
    page.get_by_label("確認コード（6桁）").fill(code)
    page.get_by_role("button", name="確認して連携する").click()


def test_a_code_can_be_pasted_with_anything_around_it(visit: Visit) -> None:
    page = to_code(visit)
    visit[1].says("POST", "/link/prove", 201, {"linked": True})
    field = page.get_by_label("確認コード（6桁）")
    field.fill(" １２３-456。")
    expect(field).to_have_value("123456")
    assert field.get_attribute("autocomplete") == "one-time-code"
    assert field.get_attribute("inputmode") == "numeric"
    field.press("Enter")

    expect(page.get_by_role("heading", name="連携が完了しました")).to_be_focused()
    assert ("POST", "/link/prove", {"session": "s1", "code": "123456"}) in visit[1].calls


def test_a_wrong_code_is_told_beside_its_field(visit: Visit) -> None:
    page = to_code(visit)
    visit[1].says("POST", "/link/prove", *problem("wrong_proof", 403, tries_left=2))
    prove(page)

    field = page.get_by_label("確認コード（6桁）")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("コードが違います。あと2回お試しいただけます。")
    prove(page, "12")
    expect(field).to_have_accessible_description("6桁の数字を入力してください")


def test_a_used_up_session_begins_again(visit: Visit) -> None:
    page = to_code(visit)
    visit[1].says("POST", "/link/prove", *problem("session_over", 410))
    prove(page)

    expect(page.locator(".notice")).to_contain_text("確認の有効期限が切れました")
    expect(page.get_by_label("会員番号またはメールアドレス")).to_have_value("hanako@example.jp")


def test_too_many_tries_count_down(visit: Visit) -> None:
    page = visit[0]
    page.clock.install()
    to_code(visit)
    visit[1].says("POST", "/link/prove", *problem("too_many_tries", 429, retry_after=90))
    prove(page)
    expect(page.locator(".left")).to_have_text("あと 1:30 でお試しいただけます")
    page.clock.run_for(31_000)
    expect(page.locator(".left")).to_have_text("あと 0:59 でお試しいただけます")
    expect(page.get_by_role("button", name="もう一度試す")).to_be_hidden()
    page.clock.run_for(60_000)
    expect(page.get_by_role("status")).to_have_text("もう一度お試しいただけます。")
    page.get_by_role("button", name="もう一度試す").click()

    expect(page.get_by_label("確認コード（6桁）")).to_be_visible()


def test_one_of_a_family_is_chosen_and_moved_here(visit: Visit) -> None:
    page, api, _ = visit
    to_code(visit)
    api.says("POST", "/link/prove", *problem("choose_member", 409, members=FAMILY))
    api.says("POST", "/link/choose", *problem("linked_elsewhere", 409, relink=True))
    api.says("POST", "/link/relink", 201, {"linked": True})
    prove(page)
    page.get_by_role("button", name="山**** ************0019").click()
    page.get_by_role("button", name="このLINEに切り替える").click()

    expect(page.get_by_role("heading", name="連携が完了しました")).to_be_visible()
    assert ("POST", "/link/choose", {"session": "s1", "key": "2"}) in api.calls
    assert ("POST", "/link/relink", {"session": "s1", "key": "2"}) in api.calls


def test_the_phones_back_button_leads_back_through_the_views(visit: Visit) -> None:
    page = to_code(visit)
    page.go_back()
    expect(page.get_by_label("会員番号またはメールアドレス")).to_have_value("hanako@example.jp")
    page.go_back()
    expect(page.get_by_role("heading", name="会員証を、LINEで。")).to_be_focused()


def test_what_is_wrong_with_a_new_member_is_told_beside_the_fields(visit: Visit) -> None:
    page, api, _ = visit
    to_link(visit)
    page.get_by_role("button", name="はじめての方").click()
    expect(page.get_by_label("お名前")).to_have_value("山田 花子")
    expect(page.get_by_label("メールアドレス")).to_have_value("hanako@example.jp")
    page.get_by_role("button", name="同意して会員になる").click()
    terms = page.get_by_role("checkbox", name=re.compile("会員規約"))
    expect(terms).to_be_focused()
    expect(terms).to_have_accessible_description("会員になるには、こちらへの同意が必要です")
    terms.check()
    wrong = [
        {"field": "kana", "ja": "フリガナはカタカナで書いてください", "en": "must be kana"},
        {"field": "phone", "ja": "日本の電話番号の桁数ではありません", "en": "is no phone number"},
    ]
    api.says("POST", "/join", *problem("bad_member", 422, problems=wrong))
    page.get_by_role("button", name="同意して会員になる").click()

    expect(page.get_by_label("フリガナ")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("入力内容をご確認ください（2件）")
    page.get_by_role("link", name="電話番号: 日本の電話番号の桁数ではありません").click()
    expect(page.get_by_label("電話番号")).to_be_focused()


def test_a_postcode_fills_in_the_address(visit: Visit) -> None:
    page, api, _ = visit
    to_link(visit)
    place = {"prefecture": "東京都", "city": "渋谷区", "street": "神宮前"}
    api.says("GET", "/address", 200, place)
    page.get_by_role("button", name="はじめての方").click()
    page.get_by_label("郵便番号").press_sequentially("150-0001")

    expect(page.get_by_label("都道府県")).to_have_value("東京都")
    expect(page.get_by_label("市区町村")).to_have_value("渋谷区")
    expect(page.get_by_label("町名・番地・建物名")).to_have_value("神宮前")
    expect(page.get_by_role("status")).to_have_text("住所を入力しました")
    assert [path for _, path, _ in api.calls].count("/address") == 1


def test_a_new_member_is_sent_exactly_what_they_said(visit: Visit) -> None:
    page, api, _ = visit
    to_link(visit)
    sent = {"session": "s2", "expires_in": 600}
    api.says("POST", "/join", 201, {"linked": True, "number": "9123456789012347",
                                    "confirm_email": sent})  # fmt: skip
    api.says("POST", "/email/prove", 200, {"email": "hanako@example.jp"})
    page.get_by_role("button", name="はじめての方").click()
    page.get_by_label("性別").select_option(label="女性")
    page.get_by_role("checkbox", name=re.compile("会員規約")).check()
    page.get_by_role("button", name="同意して会員になる").click()
    expect(page.get_by_text("hanako@example.jp に確認コードをお送りしました")).to_be_visible()
    page.get_by_label("確認コード（6桁）").fill("654321")
    page.get_by_role("button", name="確認する", exact=True).click()

    expect(page.get_by_text("9123 4567 8901 2347")).to_be_visible()
    said = {"name": "山田 花子", "email": "hanako@example.jp", "gender": "female"}
    said |= {"consents": {"terms": True, "news": False}}
    assert ("POST", "/join", said) in api.calls
    assert ("POST", "/email/prove", {"session": "s2", "code": "654321"}) in api.calls


def test_a_new_member_whose_address_could_not_be_confirmed_is_told(visit: Visit) -> None:
    page, api, _ = visit
    to_link(visit)
    joined = {"linked": True, "number": "9123456789012347", "confirm_email": None}
    api.says("POST", "/join", 201, {**joined, "email_unsaved": True})
    page.get_by_role("button", name="はじめての方").click()
    page.get_by_role("checkbox", name=re.compile("会員規約")).check()
    page.get_by_role("button", name="同意して会員になる").click()

    expect(page.get_by_role("heading", name="連携が完了しました")).to_be_visible()
    expect(page.get_by_text("メールアドレスは、まだ登録されていません")).to_be_visible()
    assert browsers.accessibility_faults(page) + browsers.layout_faults(page) == []


def test_only_what_was_changed_is_saved(visit: Visit) -> None:
    page, api, liff = visit
    api.says("GET", "/me", 200, me(linked=True))
    page.goto(f"{liff}profile")
    page.get_by_role("button", name="変更する").click()
    page.get_by_label("町名・番地・建物名").fill("御殿山1-1")
    changed = me(linked=True)
    changed["member"] = {**changed["member"], "street": "御殿山1-1"}
    api.says("PUT", "/profile", 200, {**changed, "confirm_email": None})
    page.get_by_role("button", name="保存する").click()

    expect(page.get_by_text("東京都武蔵野市御殿山1-1")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("会員情報を保存しました")
    assert ("PUT", "/profile", {"street": "御殿山1-1"}) in api.calls


def test_a_consent_stays_as_it_was_until_the_server_has_it(visit: Visit) -> None:
    page, api, liff = visit
    api.says("GET", "/me", 200, me(linked=True))
    page.goto(f"{liff}profile")
    news = page.get_by_role("switch", name=re.compile("お得なお知らせ"))
    api.says("PUT", "/consents", *problem("unavailable", 503))
    news.click()
    expect(page.get_by_role("alert")).to_contain_text("ただいまLINEにつながりません")
    expect(news).to_be_checked()
    api.says("PUT", "/consents", 200, me(linked=True))
    news.click()

    expect(page.get_by_role("status")).to_have_text("設定を保存しました")
    expect(news).not_to_be_checked()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert api.calls[-1] == ("PUT", "/consents", {"news": False})


def test_unlinking_is_asked_once_more_and_can_be_left(visit: Visit) -> None:
    page, api, liff = visit
    api.says("GET", "/me", 200, me(linked=True))
    page.goto(f"{liff}profile")
    unlink = page.get_by_role("button", name="連携を解除する")
    expect(page.get_by_text("LINEヤフー株式会社に通知され")).to_be_visible()
    unlink.click()
    page.keyboard.press("Escape")
    expect(unlink).to_be_focused()
    unlink.click()
    api.says("POST", "/unlink", 200, {"linked": False, "line_told": True})
    page.get_by_role("dialog").get_by_role("button", name="解除する", exact=True).click()

    expect(page.get_by_role("heading", name="連携を解除しました")).to_be_focused()


def test_the_page_changes_its_language_and_the_person_keeps_it(visit: Visit) -> None:
    page, api, liff = visit
    api.says("GET", "/me", 200, me(language="en"))
    api.says("PUT", "/language", 200, me())
    page.goto(f"{liff}link")
    expect(page.get_by_role("heading", name="Your member card, in LINE.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    api.says("GET", "/me", 200, me())
    page.get_by_role("button", name="日本語").click()

    expect(page.get_by_role("heading", name="会員証を、LINEで。")).to_be_visible()
    expect(page.get_by_role("button", name="English")).to_be_focused()
    expect(page).to_have_title("会員証を、LINEで。 | こもれび珈琲")
    assert ("PUT", "/language", {"language": "ja"}) in api.calls


def test_what_is_typed_survives_a_change_of_language(visit: Visit) -> None:
    page, api, _ = visit
    to_link(visit)
    api.says("PUT", "/language", 200, me(language="en"))
    page.get_by_role("button", name="はじめての方").click()
    page.get_by_label("フリガナ").fill("ヤマダ ハナコ")
    page.get_by_role("checkbox", name=re.compile("会員規約")).check()
    page.get_by_role("button", name="English").click()

    expect(page.get_by_label("Name in kana")).to_have_value("ヤマダ ハナコ")
    expect(page.get_by_role("checkbox", name=re.compile("会員規約"))).to_be_checked()


def test_without_a_connection_the_page_waits_and_goes_on_by_itself(
    visit: Visit, context: BrowserContext
) -> None:
    page = to_code(visit)
    page.unroute_all()
    context.set_offline(True)
    prove(page)
    expect(page.get_by_role("alert")).to_contain_text("インターネットにつながっていません")
    expect(page.get_by_label("確認コード（6桁）")).to_have_value("123456")
    context.set_offline(False)
    api = Api(page)
    api.says("POST", "/link/prove", 201, {"linked": True})
    api.says("GET", "/me", 200, me(linked=True))
    page.get_by_role("button", name="確認して連携する").click()

    expect(page.get_by_role("heading", name="連携が完了しました")).to_be_visible()


def test_a_page_that_opens_offline_opens_once_there_is_a_connection(
    visit: Visit, context: BrowserContext
) -> None:
    page, api, liff = visit
    page.route("**/liff/api/me?*", lambda route: (context.set_offline(True), route.abort()))
    page.goto(liff)
    expect(page.get_by_role("heading", name="インターネットにつながっていません")).to_be_visible()
    page.unroute("**/liff/api/me?*")
    api.says("GET", "/me", 200, me())
    context.set_offline(False)

    expect(page.get_by_role("link", name="連携をはじめる")).to_be_visible()


def test_while_line_is_away_the_page_is_calm_and_can_try_again(visit: Visit) -> None:
    page, api, liff = visit
    api.says("GET", "/me", *problem("line_unavailable", 503))
    page.goto(liff)
    expect(page.get_by_role("heading", name="ただいまLINEにつながりません")).to_be_visible()
    api.says("GET", "/me", 200, me(linked=True))
    page.get_by_role("button", name="もう一度試す").click()

    expect(page.get_by_text("9123 4567 8901 2347")).to_be_visible()


def test_a_login_that_did_not_work_is_told_and_offered_again(visit: Visit) -> None:
    page, api, liff = visit
    api.says("GET", "/me", *problem("not_logged_in", 401))
    page.goto(f"{liff}link?account=main&login=failed")

    expect(page.get_by_text("ログインできませんでした")).to_be_visible()
    expect(page.get_by_role("link", name="LINEでログイン")).to_be_visible()


def test_a_page_without_lines_sdk_says_so(visit: Visit, context: BrowserContext) -> None:
    page, _, liff = visit
    context.route("**/liff/edge/2/sdk.js", lambda route: None)
    page.goto(liff, wait_until="commit")

    # The page waits five seconds for the SDK; a busy machine may need some more.
    expect(page.get_by_role("heading", name="ただいまLINEにつながりません")).to_be_visible(
        timeout=20_000
    )


def test_a_mistake_of_ours_leaves_nobody_before_a_page_that_stands_still(visit: Visit) -> None:
    page, api, liff = visit
    api.says("GET", "/me", 200, {"linked": True, "language": "ja"})
    with page.expect_event("pageerror"):  # The browser's log has it.
        page.goto(liff)

    expect(page.get_by_role("heading", name="うまくいきませんでした")).to_be_visible()
