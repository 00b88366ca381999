"""Clock, faults, accounts and stories, beside the phone and on the page of the tools."""

import ast
import re

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers
from tests.support.phone_page import befriend, postback, push, said, text, write

pytestmark = pytest.mark.browser


@pytest.fixture
def tools(page):
    """The window with the tools, open beside a talk."""
    befriend(page)
    page.get_by_role("button", name="道具").click()
    window = page.get_by_role("dialog", name="道具")
    expect(window.get_by_role("heading", name="時計")).to_be_visible()
    return window


def test_a_day_passes_on_the_phone_too(page, tools, sandbox):
    tools.get_by_role("button", name="+1日").click()
    expect(tools.get_by_text("実際の時刻より 1日 0時間 0分 進んでいます。")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator(".row-day")).to_have_text("昨日")
    assert sandbox.world.clock.offset_ms == 86_400_000


def test_a_fault_strikes_and_is_listed(tools, sandbox):
    tools.get_by_text("障害を加える").click()
    tools.get_by_label("種類").select_option("500_after")
    tools.get_by_label("API").select_option("push")
    tools.get_by_label("回数").fill("2")
    tools.get_by_role("button", name="起こす").click()
    expect(tools.get_by_text("push · すべて · あと 2 回 · 0 回発生")).to_be_visible()
    assert [fault["kind"] for fault in sandbox.world.faults.all()] == ["500_after"]
    tools.get_by_role("button", name="すべて消す").click()

    expect(tools.get_by_text("いまは、すべて正常に動いています。")).to_be_visible()


def test_an_account_is_added_and_can_be_talked_to(page, tools):
    tools.get_by_text("アカウントを追加").click()
    form = tools.locator("form", has=page.get_by_label("短い名前"))
    form = form.filter(has=page.get_by_label("Webhook URL"))
    form.get_by_label("短い名前").fill("bakery")
    form.get_by_label("表示名").fill("パン屋")
    form.get_by_label("Webhook URL").fill("http://127.0.0.1:9/hook")
    form.get_by_role("button", name="追加する").click()
    expect(tools.get_by_text("bakery · default")).to_be_visible()
    page.keyboard.press("Escape")

    friends = page.get_by_role("list", name="友だち")
    expect(friends.get_by_role("button", name="パン屋")).to_be_visible()


def test_everything_can_be_reset(page, tools):
    tools.get_by_role("button", name="すべて元に戻す").click()
    tools.get_by_role("button", name="本当に元に戻す").click()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="友だち追加")).to_be_visible()


def test_an_exchange_becomes_a_story(page, sandbox):
    befriend(page)
    push(sandbox, text("ご用件は?", postback("営業時間", "topic=hours", "営業時間は?")))
    page.get_by_role("button", name="営業時間").click()
    expect(page.locator(".record", has_text="postback")).to_have_count(1)
    push(sandbox, text('毎日"8時"から'))
    write(page, "ありがとう")
    expect(page.locator(".record", has_text="message · text")).to_have_count(1)
    page.get_by_role("button", name="テストにする").click()
    page.get_by_role("button", name="書き出す").click()
    window = page.get_by_role("dialog", name="pytest の物語")
    story = window.get_by_role("region").inner_text()
    with page.expect_download() as download:
        window.get_by_role("link", name="ファイルに保存").click()

    assert download.value.suggested_filename == "test_hanako_main.py"
    ast.parse(story)
    told = [line.strip() for line in story.splitlines() if "hanako." in line]
    assert told == [
        "hanako.adds()",
        'assert hanako.screen[-1:] == ["ご用件は?"]',
        'hanako.taps("営業時間")',
        'assert hanako.screen[-1:] == ["毎日\\"8時\\"から"]',
        'hanako.types("ありがとう")',
    ]


def test_only_what_is_chosen_is_written_down(page):
    befriend(page)
    write(page, "一つめ")
    write(page, "二つめ")
    expect(page.locator(".record", has_text="message · text")).to_have_count(2)
    page.get_by_role("button", name="テストにする").click()
    page.get_by_role("checkbox").first.check()
    expect(page.get_by_text("1 件")).to_be_visible()
    page.get_by_role("button", name="書き出す").click()

    story = page.get_by_role("dialog").get_by_role("region")
    expect(story).to_contain_text("二つめ")
    expect(story).not_to_contain_text("一つめ")


def test_the_inspector_sends_a_webhook_again(page, shop):
    befriend(page)
    write(page, "こんにちは")
    record = page.locator(".record", has_text="message · text").first
    record.locator("summary").click()
    record.get_by_role("button", name="再送する").click()

    expect(page.locator(".record", has_text="message · text")).to_have_count(2)
    again = [event["deliveryContext"]["isRedelivery"] for event in shop.told("message")]
    assert again == [False, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_everybody_can_use_the_page_of_the_tools(chrome, sandbox, width, scheme):
    with browsers.context(
        chrome, width=width, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/control/")
        page.get_by_text("障害を加える").click()
        page.get_by_text("鍵と Webhook").first.click()
        expect(page.get_by_role("heading", name="LIFF アプリ")).to_be_visible()
        faults = browsers.accessibility_faults(page) + browsers.layout_faults(page)

        assert faults == []
        assert watch.complaints == []


def test_the_tools_speak_english_too(chrome, sandbox):
    with browsers.context(chrome, width=375, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{sandbox.url}/control/")

        expect(page).to_have_title(re.compile("Tools"))
        expect(page.get_by_role("heading", name="Faults")).to_be_visible()


def test_a_talk_shows_what_the_account_said_with_a_name_of_its_own(page, sandbox):
    befriend(page)
    push(sandbox, {**text("焙煎しました"), "sender": {"name": "店長"}})

    expect(page.locator(".speaker")).to_have_text("こもれび珈琲 から 店長")
    expect(said(page, "account")).to_have_text("焙煎しました")
