"""Rich menu, LIFF sheets, notices and loading dots on the phone."""

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers
from tests.support.phone_page import (
    FIELD,
    befriend,
    call,
    give_menu,
    open_liff_page,
    postback,
    push,
    said,
    say,
    text,
)

pytestmark = pytest.mark.browser

TABS = {"type": "richmenuswitch", "richMenuAliasId": "second", "data": "tab=2", "label": "次へ"}


def befriend_with_menu(page):
    """LINE shows a new default menu when a talk is opened, so it must be there before."""
    page.get_by_role("button", name="友だち追加").click()
    expect(page.get_by_role("group", name="メニュー")).to_be_visible()


def test_a_tap_on_the_menu_is_said(page, sandbox, shop):
    give_menu(sandbox, [say("営業時間"), postback("予約", "reserve", "予約します")])
    befriend_with_menu(page)
    menu = page.get_by_role("group", name="メニュー")
    menu.get_by_role("button", name="営業時間").click()
    menu.get_by_role("button", name="予約").press("Enter")

    expect(said(page, "person")).to_have_text(["営業時間", "予約します"])
    expect(page.locator(".record", has_text="postback")).to_have_count(1)
    assert shop.told("postback")[0]["postback"]["data"] == "reserve"


def test_the_bar_opens_and_closes_the_menu_and_gives_way_to_the_keyboard(page, sandbox):
    give_menu(sandbox, [say("営業時間")])
    befriend_with_menu(page)
    bar = page.get_by_role("button", name="メニュー", exact=True, expanded=True)
    area = page.get_by_role("button", name="営業時間")
    expect(area).to_be_visible()
    bar.click()
    expect(area).to_be_hidden()
    page.get_by_role("button", name="キーボードを表示").click()
    expect(page.get_by_role("textbox", name=FIELD)).to_be_focused()
    page.get_by_role("button", name="メニューを表示").click()

    expect(area).to_be_visible()


def test_a_tab_shows_the_menu_behind_its_alias(page, sandbox, shop):
    give_menu(sandbox, [say("二枚目")], alias="second", default=False)
    give_menu(sandbox, [TABS])
    befriend_with_menu(page)
    page.get_by_role("button", name="次へ").click()

    expect(page.get_by_role("button", name="二枚目")).to_be_visible()
    expect(page.locator(".record", has_text="postback")).to_have_count(1)
    params = shop.told("postback")[0]["postback"]["params"]
    assert params == {"newRichMenuAliasId": "second", "status": "SUCCESS"}


def test_an_action_may_open_the_keyboard_with_words_in_it(page, sandbox):
    fill = {"inputOption": "openKeyboard", "fillInText": "名前：\n人数："}
    give_menu(sandbox, [{"type": "postback", "label": "予約", "data": "r", **fill}])
    befriend_with_menu(page)
    page.get_by_role("button", name="予約").click()

    expect(page.get_by_role("textbox", name=FIELD)).to_have_value("名前：\n人数：")


def test_a_message_in_another_talk_is_announced(page, sandbox):
    befriend(page)
    page.get_by_role("button", name="トーク一覧").click()
    talks = page.get_by_role("list", name="トーク一覧")
    talks.get_by_role("button", name="焙煎所").click()
    befriend(page)
    push(sandbox, text("焼きたてです"))
    notice = page.get_by_role("button", name="こもれび珈琲 焼きたてです")
    expect(page).to_have_title("(1) Tsunagu サンドボックス")
    notice.click()

    expect(said(page, "account")).to_have_text(["焼きたてです"])
    expect(page).to_have_title("Tsunagu サンドボックス")


def test_the_list_of_talks_knows_what_was_said_before(page, sandbox):
    befriend(page)
    push(sandbox, text("おはようございます"))
    expect(said(page, "account")).to_have_count(1)
    page.reload()
    page.get_by_role("button", name="トーク一覧").click()

    talk = page.get_by_role("list", name="トーク一覧").get_by_role("button", name="こもれび珈琲")
    expect(talk).to_contain_text("おはようございます")


def test_a_used_quick_reply_stays_away_after_a_reload(page, sandbox):
    befriend(page)
    quiet = {"type": "postback", "label": "はい", "data": "yes"}
    push(sandbox, text("よろしいですか", quiet))
    page.get_by_role("button", name="はい").click()
    expect(page.get_by_role("button", name="はい")).to_have_count(0)
    page.reload()

    expect(said(page, "account")).to_have_count(1)
    expect(page.get_by_role("button", name="はい")).to_have_count(0)


def test_the_account_may_let_the_dots_dance(page, sandbox):
    befriend(page)
    account, person = sandbox.world.account("main"), sandbox.world.person("hanako")
    chat = sandbox.world.user_id(account, person)
    call(sandbox, "chat/loading/start", {"chatId": chat, "loadingSeconds": 20})
    expect(page.get_by_text("入力しています")).to_be_visible()
    push(sandbox, text("お待たせしました"))

    expect(page.get_by_text("入力しています")).to_be_hidden()


def test_a_liff_app_opens_in_a_sheet_and_closes_itself(page, sandbox):
    befriend(page)
    with open_liff_page(sandbox, view="tall") as liff_id:
        link = {"type": "uri", "label": "会員証", "uri": f"https://liff.line.me/{liff_id}/card?a=1"}
        push(sandbox, text("会員証です", link))
        page.get_by_role("button", name="会員証").click()
        sheet = page.get_by_role("dialog", name="会員証")
        inside = sheet.frame_locator("iframe")
        inside.get_by_role("button", name="同意する").click()
        expect(inside.get_by_text("こんにちは 山田 花子 /card?a=1")).to_be_visible()
        faults = browsers.layout_faults(page)
        inside.get_by_role("button", name="送って閉じる").click()

        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(said(page, "person")).to_have_text("ページから")
        assert faults == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_login_pages_in_a_sheet_know_whose_phone_it_is(page, sandbox, shop, host):
    befriend(page)
    page.get_by_role("button", name="Emma Wilson").click()
    befriend(page)
    emma = sandbox.world.user_id(sandbox.world.account("main"), sandbox.world.person("emma"))
    token = call(sandbox, f"user/{emma}/linkToken", {})["linkToken"]
    dialog = f"{sandbox.url}/dialog/bot/accountLink?linkToken={token}&nonce={'n' * 20}"
    content = f'<!doctype html><title>会員証</title><a href="{dialog}">会員番号と連携</a>'
    with open_liff_page(sandbox, view="full", content=content, host=host) as liff_id:
        link = {"type": "uri", "label": "連携する", "uri": f"https://liff.line.me/{liff_id}"}
        push(sandbox, text("会員証です", link), person="emma")
        page.get_by_role("button", name="連携する").click()
        inside = page.frame_locator("iframe")
        inside.locator("[name=decision][value=allow]").click()
        inside.get_by_role("link", name="会員番号と連携").click()

        expect(page.locator(".record", has_text="accountLink")).to_have_count(1)
    assert shop.told("accountLink")[0]["link"]["result"] == "ok"
    assert shop.told("accountLink")[0]["source"]["userId"] == emma


def test_whoever_takes_the_phone_is_known_to_its_frames(page):
    page.get_by_role("button", name="Emma Wilson").click()
    expect(page.locator(".person-current")).to_contain_text("Emma Wilson")

    kept = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert kept["sandbox_phone"] == "emma"


@pytest.mark.parametrize(("width", "scheme"), browsers.WIDE)
@pytest.mark.parametrize("view", ["compact", "full"])
def test_everybody_can_use_a_liff_app(chrome, sandbox, view, width, scheme):
    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with (
        browsers.context(chrome, width=width, **look) as context,
        open_liff_page(sandbox, view=view) as liff_id,
    ):
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend(page)
        link = {"type": "uri", "label": "会員証", "uri": f"https://liff.line.me/{liff_id}"}
        push(sandbox, text("会員証です", link))
        page.get_by_role("button", name="会員証").click()
        inside = page.frame_locator("iframe")
        agree = inside.get_by_role("button", name="同意する")
        expect(agree).to_be_visible()
        faults = faults_with_frame(page)
        agree.click()
        expect(inside.get_by_role("heading", name="こんにちは")).to_be_visible()
        faults += faults_with_frame(page)

        assert faults == []
        assert watch.complaints == []


def faults_with_frame(page):
    """What is wrong in the phone and in the page its sheet shows."""
    (frame,) = [frame for frame in page.frames if frame.parent_frame]
    faults = browsers.accessibility_faults(page) + browsers.accessibility_faults(frame)
    return faults + browsers.layout_faults(page) + browsers.layout_faults(frame)


@pytest.mark.parametrize(("width", "scheme"), browsers.ALL_WIDTHS)
def test_everybody_can_use_menu_notices_and_tools(chrome, sandbox, width, scheme):
    give_menu(sandbox, [say("営業時間"), say("予約")])
    with browsers.context(
        chrome, width=width, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend_with_menu(page)
        faults = browsers.accessibility_faults(page) + browsers.layout_faults(page)
        page.get_by_role("button", name="トーク一覧").click()
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)
        page.get_by_role("button", name="焙煎所").last.click()
        push(sandbox, text("焼きたてです"))
        expect(page.get_by_role("button", name="こもれび珈琲 焼きたてです")).to_be_visible()
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)
        if width == 1280:
            page.get_by_role("button", name="道具").click()
        else:
            page.get_by_role("button", name="メニュー", exact=True).click()
            page.get_by_role("dialog").get_by_role("button", name="道具").click()
        expect(page.get_by_role("heading", name="時計")).to_be_visible()
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)

        assert faults == []
        assert watch.complaints == []
