"""What a person sends beside words: replies that quote, films, voices and files."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import browser as browsers
from tests.support.phone_page import (
    FIELD,
    befriend,
    give_menu,
    note_playing,
    push,
    said,
    text,
    write,
)

pytestmark = pytest.mark.browser

MORE = "写真・位置情報など"


@pytest.fixture(scope="module")
def chrome(chrome_with_devices: Browser) -> Browser:
    """A voice needs a microphone."""
    return chrome_with_devices


def choose(page: Page, kind: str) -> Locator:
    """Open the sheet behind "+" for this kind of message."""
    page.get_by_role("button", name=MORE).click()
    page.get_by_role("dialog").get_by_role("button", name=kind).click()
    return page.get_by_role("dialog")


def content_of(sandbox, message_id: str) -> tuple[str, bytes]:
    kept = sandbox.world.content[message_id]
    return kept.kind, kept.data


def sent_message(page: Page, shop, kind: str):
    """The webhook's message of this kind, once the shop has it."""
    expect(page.locator(".record", has_text=f"message · {kind}")).to_have_count(1)
    return next(e["message"] for e in shop.told("message") if e["message"]["type"] == kind)


def reply_to(page: Page, bubble: Locator) -> None:
    bubble.click(button="right")
    page.get_by_role("dialog").get_by_role("button", name="リプライ").click()


def test_a_message_of_the_account_is_answered_with_a_quote(page, sandbox, shop):
    befriend(page)
    push(sandbox, text("何名様ですか"))
    reply_to(page, said(page, "account"))
    bar = page.get_by_role("group", name="リプライするメッセージ")
    expect(bar).to_contain_text("こもれび珈琲何名様ですか")
    expect(page.get_by_role("textbox", name=FIELD)).to_be_focused()
    write(page, "2名です")

    expect(said(page, "person")).to_contain_text("2名です")
    expect(said(page, "person").locator(".quote")).to_have_text("何名様ですか")
    expect(bar).to_be_hidden()
    asked = sandbox.world.talk("hanako", "main").messages[-2].id
    assert sent_message(page, shop, "text")["quotedMessageId"] == asked


def test_an_own_message_is_quoted_with_the_keyboard_and_a_sticker(page, shop):
    befriend(page)
    write(page, "予約したいです")
    menu = page.get_by_role("button", name="このメッセージのメニュー")
    menu.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="リプライ").press("Enter")
    page.get_by_role("button", name="スタンプ", exact=True).click()
    page.get_by_role("button", name="スタンプ 446/1989").click()

    expect(said(page, "person").locator(".quote")).to_have_text("予約したいです")
    first = sent_message(page, shop, "text")
    assert sent_message(page, shop, "sticker")["quotedMessageId"] == first["id"]


def test_a_reply_can_be_thought_better_of(page, sandbox, shop):
    befriend(page)
    push(sandbox, text("何名様ですか"))
    reply_to(page, said(page, "account"))
    page.get_by_role("button", name="リプライをやめる").click()
    write(page, "こんにちは")

    expect(said(page, "person")).to_have_text("こんにちは")
    assert "quotedMessageId" not in sent_message(page, shop, "text")


def test_a_quote_of_a_message_far_up_is_known_after_a_reload(page, sandbox):
    befriend(page)
    push(sandbox, text("何名様ですか"))
    reply_to(page, said(page, "account"))
    world = sandbox.world
    with world.lock:
        for n in range(150):
            world.say(world.talk("hanako", "main"), "account", text(f"{n} 番目"))
    expect(page.get_by_text("149 番目")).to_be_visible()
    write(page, "2名です")
    expect(page.locator(".quote")).to_have_text("何名様ですか")
    page.reload()

    expect(page.locator(".quote")).to_have_text("何名様ですか")


def test_what_was_taken_back_cannot_be_quoted(page):
    befriend(page)
    write(page, "まちがえました")
    said(page, "person").click(button="right")
    menu = page.get_by_role("dialog")
    expect(menu.get_by_role("button", name="リプライ")).to_be_visible()
    menu.get_by_role("button", name="送信を取り消す").click()

    expect(page.get_by_text("メッセージの送信を取り消しました")).to_be_visible()
    expect(page.get_by_role("button", name="このメッセージのメニュー")).to_have_count(0)


def test_a_long_press_opens_the_menu_of_a_message(chrome, sandbox):
    with browsers.context(chrome, width=375, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend(page)
        push(sandbox, text("何名様ですか"))
        said(page, "account").dispatch_event("pointerdown", {"pointerType": "touch"})
        page.get_by_role("dialog").get_by_role("button", name="リプライ").tap()

        expect(page.get_by_role("group", name="リプライするメッセージ")).to_be_visible()


def test_a_film_is_sent_and_plays(page, sandbox, shop):
    befriend(page)
    choose(page, "動画").get_by_role("button", name="見本の動画").click()
    message = sent_message(page, shop, "video")
    page.get_by_role("button", name="動画を再生").click()

    expect(page.locator("video")).to_have_js_property("ended", True)
    assert message["duration"] > 1000
    assert message["contentProvider"] == {"type": "line"}
    kind, data = content_of(sandbox, message["id"])
    assert kind == "video/mp4"
    assert data[4:8] == b"ftyp"


def test_a_film_of_this_device_is_sent(page, shop, film):
    befriend(page)
    sheet = choose(page, "動画")
    file = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": film}
    sheet.locator("input[type=file]").set_input_files(file)

    assert sent_message(page, shop, "video")["duration"] > 500
    expect(page.get_by_role("button", name="動画を再生")).to_be_visible()


def test_a_file_is_sent_and_can_be_saved(page, sandbox, shop):
    befriend(page)
    choose(page, "ファイル").get_by_role("button", name="注文メモ.txt").click()
    message = sent_message(page, shop, "file")
    link = said(page, "person").get_by_role("link", name="注文メモ.txt")
    with page.expect_download() as download:
        link.click()

    _, data = content_of(sandbox, message["id"])
    assert (message["fileName"], message["fileSize"]) == ("注文メモ.txt", len(data))
    assert download.value.suggested_filename == "注文メモ.txt"
    assert download.value.path().read_bytes() == data


def test_a_file_that_is_too_large_stays_here(page, shop, tmp_path):
    befriend(page)
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    choose(page, "ファイル").locator("input[type=file]").set_input_files(large)

    expect(page.get_by_text("20 MB までのファイルを送れます。")).to_be_visible()
    assert shop.told("message") == []


def test_the_sample_sound_is_heard_and_sent(page, sandbox, shop):
    befriend(page)
    sheet = choose(page, "音声")
    sheet.get_by_role("button", name="見本の音").click()
    note_playing(sheet.locator("audio"))
    sheet.get_by_role("button", name="再生").click()
    expect(sheet.locator("audio")).to_have_attribute("data-playing", "yes")
    sheet.get_by_role("button", name="送信").click()

    message = sent_message(page, shop, "audio")
    assert message["duration"] == 1600
    assert content_of(sandbox, message["id"])[1].startswith(b"RIFF")
    expect(said(page, "person").locator(".sound-time")).to_have_text("0:02")


def test_without_a_microphone_the_sheet_says_so(page):
    befriend(page)
    choose(page, "音声").get_by_role("button", name="録音する").click()

    expect(page.get_by_text("マイクを使えません。")).to_be_visible()


@pytest.fixture
def talker(chrome, sandbox) -> Iterator[Page]:
    """The phone in Hanako's hand, with a microphone."""
    with browsers.context(chrome, width=375, permissions=["microphone"]) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        yield page
        assert watch.complaints == []


def record(page: Page, sheet: Locator) -> None:
    """Record until the clock of the sheet has moved, and stop."""
    sheet.get_by_role("button", name="録音する").click()
    stop = sheet.get_by_role("button", name="録音を終える")
    expect(stop).to_have_attribute("aria-pressed", "true")
    expect(sheet.get_by_role("timer")).not_to_have_text("0:00")
    stop.click()


def test_openvoice_records_a_voice_and_sends_it(talker, sandbox, shop):
    speak = {"type": "postback", "label": "話す", "data": "v", "inputOption": "openVoice"}
    give_menu(sandbox, [speak])
    talker.get_by_role("button", name="友だち追加").click()
    talker.get_by_role("button", name="話す").click()
    sheet = talker.get_by_role("dialog", name="音声を送る")
    record(talker, sheet)
    note_playing(sheet.locator("audio"))
    sheet.get_by_role("button", name="再生").click()
    expect(sheet.locator("audio")).to_have_attribute("data-playing", "yes")
    sheet.get_by_role("button", name="送信").click()

    voice = said(talker, "person")
    note_playing(voice.locator("audio"))
    voice.get_by_role("button", name="再生").click()
    expect(voice.locator("audio")).to_have_attribute("data-ended", "yes")
    expect(talker.get_by_role("button", name="メニュー", expanded=True)).to_be_visible()
    heard = [event["message"] for event in shop.told("message")]
    assert [message["type"] for message in heard] == ["audio"]
    assert heard[0]["duration"] >= 500
    assert content_of(sandbox, heard[0]["id"])[0] == "audio/mp4"
    assert shop.told("postback")[0]["postback"] == {"data": "v"}


def test_a_closed_sheet_lets_go_of_the_microphone(talker):
    befriend(talker)
    talker.evaluate(
        """() => {
          const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (wish) => (window.heard = await real(wish));
        }"""
    )
    choose(talker, "音声").get_by_role("button", name="録音する").click()
    expect(talker.get_by_role("button", name="録音を終える")).to_be_visible()
    talker.keyboard.press("Escape")

    expect(talker.get_by_role("dialog")).to_have_count(0)
    assert talker.evaluate("heard.getTracks()[0].readyState") == "ended"


@pytest.mark.parametrize(("width", "scheme"), browsers.WIDE)
def test_everybody_can_send_everything(chrome, sandbox, width, scheme):
    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with browsers.context(chrome, width=width, permissions=["microphone"], **look) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend(page)
        push(sandbox, text("何名様ですか"))
        reply_to(page, said(page, "account"))
        write(page, "2名です")
        expect(page.locator(".quote")).to_be_visible()
        reply_to(page, said(page, "account"))
        faults = browsers.accessibility_faults(page) + browsers.layout_faults(page)
        choose(page, "ファイル").get_by_role("button", name="注文メモ.txt").click()
        sheet = choose(page, "動画")
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)
        sheet.get_by_role("button", name="見本の動画").click()
        expect(page.get_by_role("button", name="動画を再生")).to_be_visible()
        sheet = choose(page, "音声")
        sheet.get_by_role("button", name="録音する").click()
        expect(sheet.get_by_role("button", name="録音を終える")).to_be_visible()
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)
        sheet.get_by_role("button", name="見本の音").click()
        sheet.get_by_role("button", name="送信").click()
        expect(said(page, "person")).to_have_count(4)
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)

        assert faults == []
        assert watch.complaints == []
