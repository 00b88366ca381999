"""The phone page in a real browser, with a shop behind it that only says 200."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers
from tests.support.phone_page import (
    FIELD,
    befriend,
    buttons,
    flex,
    postback,
    push,
    rich_messages,
    said,
    say,
    text,
    write,
)

pytestmark = pytest.mark.browser


def test_adding_a_friend_opens_the_talk_and_tells_the_shop(page, shop):
    befriend(page)

    expect(page.locator(".row-system")).to_have_text("友だちになりました")
    expect(page.locator(".row-day")).to_have_text("今日")
    expect(page.locator(".record", has_text="follow")).to_contain_text("200")
    assert len(shop.told("follow")) == 1


def test_what_is_typed_is_sent_with_enter_and_read_by_the_shop(page, shop):
    befriend(page)
    field = page.get_by_role("textbox", name=FIELD)
    field.fill("こんにちは")
    field.press("Shift+Enter")
    page.keyboard.type("2名です")
    field.press("Enter")

    expect(said(page, "person")).to_have_text("こんにちは\n2名です")
    expect(page.locator(".read-mark")).to_have_text("既読")
    expect(field).to_have_value("")
    expect(page.locator(".record", has_text="message · text")).to_have_count(1)
    assert shop.told("message")[0]["message"]["text"] == "こんにちは\n2名です"


def test_enter_that_ends_a_japanese_conversion_sends_nothing(page):
    befriend(page)
    field = page.get_by_role("textbox", name=FIELD)
    field.fill("よやく")
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})

    expect(field).to_have_value("よやく")
    expect(said(page, "person")).to_have_count(0)


def test_an_answer_appears_without_reload_and_is_never_markup(page, sandbox):
    befriend(page)
    push(sandbox, text("<b>ようこそ</b> https://komorebi.example/menu。"))

    bubble = said(page, "account")
    expect(bubble).to_have_text("<b>ようこそ</b> https://komorebi.example/menu。")
    expect(bubble.get_by_role("link")).to_have_attribute("href", "https://komorebi.example/menu")
    expect(bubble.get_by_role("link")).to_have_attribute("rel", re.compile("noopener"))


def test_a_quick_reply_is_said_and_the_row_is_gone(page, sandbox, shop):
    befriend(page)
    push(sandbox, text("ご用件は?", say("営業時間"), say("予約")))
    choices = page.get_by_role("group", name="返信の候補")
    choices.get_by_role("button", name="営業時間").click()

    expect(said(page, "person")).to_have_text("営業時間")
    expect(choices).to_be_hidden()
    expect(page.locator(".record", has_text="message · text")).to_have_count(1)
    assert shop.told("message")[0]["message"]["text"] == "営業時間"


def test_only_the_newest_message_offers_quick_replies(page, sandbox):
    befriend(page)
    push(sandbox, text("ご用件は?", say("営業時間")))
    expect(page.get_by_role("button", name="営業時間")).to_be_visible()
    push(sandbox, text("お待ちしています。"))

    expect(page.get_by_role("button", name="営業時間")).to_have_count(0)


def test_a_flex_button_and_a_tappable_box_send_postbacks(page, sandbox, shop):
    befriend(page)
    box = {"type": "box", "layout": "vertical", "action": postback("詳細", "d=1", "詳しく")}
    box["contents"] = [{"type": "text", "text": "11月24日(火)", "weight": "bold"}]
    button = {"type": "button", "style": "primary", "action": postback("変更", "c=1", "変更します")}
    push(sandbox, flex(box, button))
    page.get_by_role("button", name="変更").click()
    expect(said(page, "person")).to_have_text(["変更します"])
    page.get_by_role("button", name="詳細").press("Enter")
    expect(said(page, "person")).to_have_text(["変更します", "詳しく"])

    expect(page.locator(".record", has_text="postback")).to_have_count(2)
    assert [event["postback"]["data"] for event in shop.told("postback")] == ["c=1", "d=1"]


def test_a_date_is_chosen_in_a_sheet(page, sandbox, shop):
    befriend(page)
    action = {"type": "datetimepicker", "label": "日付", "data": "day", "mode": "date"}
    push(sandbox, buttons({**action, "initial": "2026-11-24", "max": "2026-12-31"}))
    page.get_by_role("button", name="日付").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_label("日付を選ぶ")).to_have_attribute("max", "2026-12-31")
    sheet.get_by_role("button", name="OK").click()

    expect(sheet).to_be_hidden()
    expect(page.locator(".record", has_text="postback")).to_have_count(1)
    assert shop.told("postback")[0]["postback"]["params"] == {"date": "2026-11-24"}


def test_escape_closes_a_sheet_and_gives_the_focus_back(page):
    befriend(page)
    opener = page.get_by_role("button", name="スタンプ")
    opener.press("Enter")
    expect(page.get_by_role("dialog", name="スタンプを選ぶ")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_sticker_a_place_and_a_picture_are_sent(page, shop):
    befriend(page)
    page.get_by_role("button", name="スタンプ").click()
    page.get_by_role("button", name="スタンプ 446/1989").click()
    for kind, choice in [("位置情報", "東京駅"), ("写真", "カフェラテ")]:
        page.get_by_role("button", name="写真・位置情報など").click()
        page.get_by_role("dialog").get_by_role("button", name=kind).click()
        page.get_by_role("dialog").get_by_role("button", name=choice).click()

    expect(page.locator(".read-mark")).to_have_text(["既読"] * 3)
    expect(page.locator(".record", has_text="message ·")).to_have_count(3)
    kinds = [event["message"]["type"] for event in shop.told("message")]
    assert kinds == ["sticker", "location", "image"]
    page.get_by_role("button", name="写真を大きく表示").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()


def test_an_own_message_can_be_taken_back(page, shop):
    befriend(page)
    write(page, "まちがえました")
    said(page, "person").click(button="right")
    page.get_by_role("button", name="送信を取り消す").click()

    expect(page.get_by_role("log")).to_contain_text("メッセージの送信を取り消しました")
    expect(page.get_by_role("log")).not_to_contain_text("まちがえました")
    expect(page.locator(".record", has_text="unsend")).to_have_count(1)
    assert len(shop.told("unsend")) == 1


def test_a_blocked_account_is_silent_until_it_is_unblocked(page, sandbox, shop):
    befriend(page)
    page.get_by_role("button", name="メニュー", exact=True).click()
    page.get_by_role("button", name="ブロックする").click()
    unblock = page.get_by_role("button", name="ブロック解除")
    expect(unblock).to_be_visible()
    push(sandbox, text("届きません"))
    unblock.click()

    expect(page.get_by_role("textbox", name=FIELD)).to_be_visible()
    expect(page.locator(".record", has_text="follow")).to_have_count(3)
    assert shop.told("follow")[-1]["follow"]["isUnblocked"] is True
    expect(page.get_by_role("log")).not_to_contain_text("届きません")


def test_another_person_has_another_talk(page, sandbox):
    befriend(page)
    write(page, "花子です")
    expect(said(page, "person")).to_have_text("花子です")
    page.get_by_role("button", name="Emma Wilson").click()
    expect(page.get_by_role("button", name="友だち追加")).to_be_visible()
    befriend(page)
    push(sandbox, text("Hello Emma"), person="emma")

    expect(said(page, "account")).to_have_text("Hello Emma")
    expect(page.get_by_role("log")).not_to_contain_text("花子です")


def test_a_new_person_takes_the_phone(page):
    page.get_by_text("人を追加").click()
    page.get_by_label("名前").fill("鈴木 美咲")
    page.get_by_role("button", name="追加する").click()

    expect(page.locator(".person-current")).to_contain_text("鈴木 美咲")
    befriend(page)


def test_unread_messages_are_counted_in_the_list_of_talks(page, sandbox):
    befriend(page)
    page.get_by_role("button", name="トーク一覧").click()
    push(sandbox, text("一つめ"), text("二つめ"))
    talk = page.get_by_role("list", name="トーク一覧").get_by_role("button", name="こもれび珈琲")
    expect(talk.get_by_role("img", name="未読 2 件")).to_be_visible()
    talk.click()

    expect(said(page, "account")).to_have_text(["一つめ", "二つめ"])


def test_whoever_reads_older_messages_is_told_of_new_ones(page, sandbox):
    befriend(page)
    push(sandbox, *[text(f"お知らせ {n}\n\n\n") for n in range(5)])
    push(sandbox, *[text(f"続き {n}\n\n\n") for n in range(5)])
    expect(said(page, "account")).to_have_count(10)
    page.get_by_role("log").hover()
    page.mouse.wheel(0, -2000)
    expect(page.get_by_text("友だちになりました")).to_be_in_viewport()
    push(sandbox, text("新しいお知らせ"))
    page.get_by_role("button", name="新着メッセージ").click()

    expect(page.get_by_text("新しいお知らせ")).to_be_in_viewport()


def test_what_was_missed_between_two_streams_is_caught_up(page, sandbox):
    befriend(page)
    expect(page.get_by_text("接続中")).to_be_visible()
    sandbox.world.hub.close()
    push(sandbox, text("おかえりなさい"))

    expect(said(page, "account")).to_have_text("おかえりなさい")


def test_a_reset_empties_the_talk(page, sandbox):
    befriend(page)
    write(page, "こんにちは")
    expect(said(page, "person")).to_have_text("こんにちは")
    sandbox.world.reset()

    expect(page.get_by_role("button", name="友だち追加")).to_be_visible()
    expect(said(page, "person")).to_have_count(0)


def test_the_inspector_shows_what_was_refused(page, sandbox):
    befriend(page)
    with pytest.raises(AssertionError, match="May not be empty"):
        push(sandbox, {"type": "text", "text": ""})
    page.get_by_role("button", name="問題あり").click()
    record = page.locator(".record:visible")
    expect(record).to_contain_text("400")
    record.locator("summary").click()

    expect(record).to_contain_text("messages[0].text: May not be empty")


def test_the_page_can_speak_english(page):
    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("button", name="Add friend")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(("width", "scheme"), browsers.ALL_WIDTHS)
def test_everybody_can_use_it(chrome, sandbox, width, scheme):
    with browsers.context(
        chrome, width=width, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        expect(page.get_by_role("button", name="友だち追加")).to_be_visible()
        faults = browsers.accessibility_faults(page) + browsers.layout_faults(page)
        befriend(page)
        push(sandbox, *rich_messages())
        expect(page.get_by_role("button", name="営業時間")).to_be_visible()
        write(page, "ありがとう")
        expect(page.locator(".read-mark")).to_have_text("既読")
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)
        page.get_by_role("button", name="メニュー", exact=True).click()
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)

        assert faults == []
        assert watch.complaints == []


def test_on_a_small_screen_people_and_traffic_are_drawers(chrome, sandbox):
    with browsers.context(chrome, width=375, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend(page)
        page.get_by_role("button", name="使う人を切り替える").tap()
        faults = browsers.accessibility_faults(page) + browsers.layout_faults(page)
        page.get_by_role("button", name="Emma Wilson").tap()
        expect(page.get_by_role("button", name="友だち追加")).to_be_visible()
        page.get_by_role("button", name="メニュー", exact=True).tap()
        page.get_by_role("button", name="通信").tap()
        expect(page.locator(".record")).to_have_count(1)
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("complementary", name="通信")).to_be_hidden()

        assert faults == []
