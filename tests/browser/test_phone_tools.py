"""Clock, faults, accounts and stories, beside the phone and on the page of the tools."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.faults import KINDS
from tests.support import browser as browsers
from tests.support.phone_page import PICTURE, befriend, push, said, text, write

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


def test_every_kind_of_fault_can_be_chosen_by_its_name(tools):
    kinds = tools.locator("details[data-name=fault] select[name=kind] option")
    offered = {option.get_attribute("value"): option.text_content() for option in kinds.all()}
    assert offered.keys() == KINDS
    assert not [name for name in offered.values() if "fault." in name]


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


def test_an_account_gets_a_picture_and_redelivery(page, tools, sandbox):
    tools.get_by_text("鍵と設定").first.click()
    form = tools.locator("form", has=page.get_by_label("Webhook の再送")).first
    form.locator("input[type=file]").set_input_files(PICTURE)
    expect(form.get_by_label("画像の URL")).to_have_value(re.compile("/phone/api/content/"))
    form.get_by_role("switch", name="Webhook の再送").check()
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("switch", name="Webhook の再送")).to_be_checked()
    page.keyboard.press("Escape")
    account = sandbox.world.account("main")
    push(sandbox, text("新しい顔です"))

    assert account.redelivery is True
    expect(page.locator(".talk-head img")).to_have_attribute("src", account.picture)
    expect(page.locator(".row-account").first.locator("img")).to_have_js_property("naturalWidth", 8)


def test_a_new_picture_of_the_account_stands_beside_old_messages(page, sandbox):
    befriend(page)
    push(sandbox, text("こんにちは"))
    expect(said(page, "account")).to_have_count(1)
    expect(page.locator(".row-account img")).to_have_count(0)
    picture = f"{sandbox.url}/static/phone/icon.svg"
    sandbox.world.change_account("main", {"picture": picture, "name": "こもれび"})

    expect(page.locator(".row-account img")).to_have_attribute("src", picture)
    expect(page.locator(".row-account .speaker")).to_have_text("こもれび")


@pytest.fixture
def editor(tools):
    """The form that changes the person who holds the phone."""
    tools.get_by_text("人を編集").click()
    expect(tools.get_by_label("編集する人")).to_have_value("hanako")
    return tools.locator(".tool-editor", has=tools.page.get_by_label("編集する人"))


def test_a_person_is_edited(page, editor, sandbox):
    editor.get_by_label("名前").fill("山田 はな")
    editor.get_by_label("言語").select_option("en")
    editor.get_by_label("ステータスメッセージ").fill("読書中")
    editor.locator("input[type=file]").set_input_files(PICTURE)
    expect(editor.get_by_label("画像の URL")).to_have_value(re.compile("/phone/api/content/"))
    editor.get_by_role("button", name="保存").click()
    page.keyboard.press("Escape")

    expect(page.locator(".person-current")).to_contain_text("山田 はな")
    expect(page.locator(".person-current img")).to_have_js_property("naturalWidth", 8)
    person = sandbox.world.person("hanako")
    assert (person.language, person.status_message, person.consent) == ("en", "読書中", True)


def test_another_person_is_edited_and_loses_picture_and_consent(editor, sandbox):
    emma = sandbox.world.person("emma")
    emma.picture, emma.status_message = f"{sandbox.url}/static/phone/icon.svg", "Hi"
    sandbox.world.publish_state()
    editor.get_by_label("編集する人").select_option("emma")
    expect(editor.get_by_label("名前")).to_have_value("Emma Wilson")
    editor.get_by_label("画像の URL").fill("")
    editor.get_by_label("ステータスメッセージ").fill("")
    editor.get_by_role("switch", name="プロフィールの取得に同意").uncheck()
    editor.get_by_role("button", name="保存").click()

    expect(editor.get_by_role("button", name="保存")).to_be_hidden()
    assert (emma.name, emma.picture, emma.status_message) == ("Emma Wilson", None, None)
    assert emma.consent is False


EVENTS = [
    ("beacon", {"内容": "banner"}, {"beacon": {"hwid": "0123456789", "type": "banner"}}),
    (
        "membership",
        {"内容": "renewed", "メンバーシップ ID": "7"},
        {"membership": {"type": "renewed", "membershipId": 7}},
    ),
    ("join", {}, {"source": {"type": "group", "groupId": "C" + 2 * "0123456789abcdef"}}),
    (
        "leave",
        {"グループか複数人トークの ID": "R" + 32 * "1"},
        {"source": {"type": "room", "roomId": "R" + 32 * "1"}},
    ),
    ("memberJoined", {}, {"joined": {"members": [{"type": "user", "userId": "{user}"}]}}),
    ("memberLeft", {}, {"left": {"members": [{"type": "user", "userId": "{user}"}]}}),
    (
        "messageEdited",
        {"メッセージ ID": "5", "編集後のテキスト": "直し"},
        {"message": {"type": "text", "id": "5", "text": "直し"}},
    ),
    ("delivery", {"配信タグ": "0123456789abcdef"}, {"delivery": {"data": "0123456789abcdef"}}),
    (
        "module",
        {"内容": "detached", "ボットの ID": "U" + 32 * "0"},
        {"module": {"type": "detached", "botId": "U" + 32 * "0"}},
    ),
    ("activated", {"期限(ミリ秒)": "99"}, {"chatControl": {"expireAt": 99}}),
    ("deactivated", {}, {}),
    ("botSuspended", {}, {}),
    ("botResumed", {}, {}),
]


@pytest.mark.parametrize(("kind", "fields", "told"), EVENTS, ids=[case[0] for case in EVENTS])
def test_what_no_gesture_causes_can_happen(page, tools, sandbox, shop, kind, fields, told):
    tools.get_by_label("起きること").select_option(kind)
    for label, value in fields.items():
        field = tools.get_by_label(label, exact=True)
        if field.evaluate("(node) => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    tools.get_by_role("button", name="知らせる").click()
    expect(tools.get_by_text("知らせました")).to_be_visible()
    expect(page.locator(".record", has_text=kind)).to_have_count(1)

    user = sandbox.world.user_id(sandbox.world.account("main"), sandbox.world.person("hanako"))
    (event,) = shop.told(kind)
    assert_has(event, json.loads(json.dumps(told).replace("{user}", user)))


def assert_has(event: dict[str, Any], wanted: dict[str, Any]) -> None:
    """All that was chosen is told, beside what LINE adds."""
    for name, value in wanted.items():
        if isinstance(value, dict):
            assert_has(event[name], value)
        else:
            assert event[name] == value


def test_an_event_that_line_has_not_is_refused_in_the_form(tools, shop):
    tools.get_by_label("起きること").select_option("join")
    field = tools.get_by_label("グループか複数人トークの ID")
    field.fill("somewhere")
    tools.get_by_role("button", name="知らせる").click()

    expect(field).to_be_focused()
    assert [event["type"] for event in shop.events] == ["follow"]


def test_everything_can_be_reset(page, tools):
    tools.get_by_role("button", name="すべて元に戻す").click()
    tools.get_by_role("button", name="本当に元に戻す").click()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="友だち追加")).to_be_visible()


def test_the_inspector_sends_a_webhook_again(page, shop):
    befriend(page)
    write(page, "こんにちは")
    record = page.locator(".record", has_text="message · text").first
    record.locator("summary").click()
    record.get_by_role("button", name="再送する").click()

    expect(page.locator(".record", has_text="message · text")).to_have_count(2)
    again = [event["deliveryContext"]["isRedelivery"] for event in shop.told("message")]
    assert again == [False, True]


@pytest.mark.parametrize(("width", "scheme"), browsers.ALL_WIDTHS)
def test_everybody_can_use_the_page_of_the_tools(chrome, sandbox, width, scheme):
    with browsers.context(
        chrome, width=width, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/control/")
        for folded in ("障害を加える", "人を編集", "鍵と設定"):
            page.get_by_text(folded).first.click()
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
