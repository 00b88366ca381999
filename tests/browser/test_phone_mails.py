"""The mailbox beside the phone: e-mails as they arrive, and their codes."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.server import Handle, run_in_thread
from sandbox.world import Account, Person, World
from tests.support import browser as browsers
from tests.support.phone_page import befriend, open_liff_page, push, text

pytestmark = pytest.mark.browser

TEXT = """こもれび珈琲です。
次の確認コードをご入力ください。

    204816

電話 0422-001-111222 まで。"""

# What is said for a moment only, for a slow machine may look when it is gone.
LISTEN = """() => {
  window.heard = [];
  const notes = () => [...document.querySelectorAll(".toast")].map((note) => note.textContent);
  const hear = () => heard.push(...notes());
  new MutationObserver(hear).observe(document.body, { childList: true, subtree: true });
}"""


@pytest.fixture
def sandbox() -> Iterator[Handle]:
    def seed(world: World) -> None:
        world.add_account(Account("main", "こもれび珈琲", "http://127.0.0.1:9/"))
        world.add_person(Person("hanako", "山田 花子"))

    handle = run_in_thread(World(seed), smtp_port=0)
    yield handle
    handle.stop()


def send(sandbox: Handle, subject: str = "確認コード", text: str = TEXT) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "こもれび珈琲 <shop@example.jp>", "hanako@example.jp"
    mail["Subject"] = subject
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port or 0) as talk:
        talk.send_message(mail)


def opened(page: Page):
    page.get_by_role("button", name="メール").click()
    return page.get_by_role("dialog", name="メール")


def test_a_mail_is_told_counted_and_read(page: Page, sandbox: Handle) -> None:
    expect(page.locator("#live")).to_have_text("接続中")
    page.evaluate(LISTEN)
    send(sandbox)
    page.wait_for_function("heard.includes('メールが届きました:確認コード')")
    expect(page.get_by_role("button", name="メール 1 通の新着")).to_be_visible()
    window = opened(page)
    expect(window.get_by_text("宛先 hanako@example.jp")).to_be_visible()
    expect(window.get_by_text("次の確認コードをご入力ください。")).to_be_visible()
    expect(window.get_by_text("差出人 こもれび珈琲 <shop@example.jp>")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="メール", exact=True)).to_be_focused()


def test_mails_come_in_while_somebody_looks(page: Page, sandbox: Handle) -> None:
    window = opened(page)
    expect(window.get_by_text("まだメールは届いていません。")).to_be_visible()
    send(sandbox, "一通目", "本文一")
    expect(window.get_by_text("本文一")).to_be_visible()
    send(sandbox, "二通目", "本文二")
    expect(window.get_by_text("本文二")).to_be_visible()
    expect(window.locator(".mail-subject")).to_have_text(["二通目", "一通目"])


def test_a_code_is_copied_with_one_press(page: Page, sandbox: Handle) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    send(sandbox)
    window = opened(page)
    window.get_by_role("button", name="コードをコピー 204816").click()
    expect(window.get_by_text("コピーしました:204816")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "204816"


def test_markup_in_a_mail_is_text(page: Page, sandbox: Handle) -> None:
    send(sandbox, "<b>件名</b>", "<img src=x onerror=alert(1)>")
    window = opened(page)
    expect(window.get_by_text("<b>件名</b>")).to_be_visible()
    expect(window.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()


def test_earlier_mails_are_there_after_a_reload_until_they_are_cleared(
    page: Page, sandbox: Handle
) -> None:
    send(sandbox)
    page.reload()
    window = opened(page)
    expect(window.locator(".mail")).to_have_count(1)
    window.get_by_role("button", name="すべて消す").click()
    expect(window.get_by_text("まだメールは届いていません。")).to_be_visible()
    assert sandbox.world.mails.listed() == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (375, "light")])
def test_everybody_can_read_it(chrome: Browser, sandbox: Handle, width: int, scheme: str) -> None:
    send(sandbox)
    send(sandbox, "【こもれび珈琲】" + "とても長い件名" * 10, "短い本文")
    with browsers.context(chrome, width=width, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        if width < 700:
            page.get_by_role("button", name="メニュー").click()
        window = opened(page)
        expect(window.locator(".mail")).to_have_count(2)
        window.locator(".mail").last.locator("summary").press("Enter")
        expect(window.get_by_role("button", name="コードをコピー 204816")).to_be_visible()
        assert browsers.accessibility_faults(page) == []
        assert browsers.layout_faults(page) == []


def test_a_page_on_a_small_phone_leaves_a_way_to_the_mail(chrome: Browser, sandbox: Handle) -> None:
    with (
        browsers.context(chrome, width=320) as context,
        open_liff_page(sandbox, view="full") as liff_id,
    ):
        page = context.new_page()
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend(page)
        link = {"type": "uri", "label": "連携する", "uri": f"https://liff.line.me/{liff_id}"}
        push(sandbox, text("会員証です", link))
        page.get_by_role("button", name="連携する").click()
        sheet = page.get_by_role("dialog", name="会員証")
        sheet.frame_locator("iframe").get_by_role("button", name="同意する").click()
        send(sandbox)
        sheet.get_by_role("button", name="メール").click()
        window = page.get_by_role("dialog", name="メール")
        expect(window.get_by_role("button", name="コードをコピー 204816")).to_be_visible()
        assert browsers.layout_faults(page) == []
        window.get_by_role("button", name="閉じる").click()
        inside = sheet.frame_locator("iframe")
        expect(inside.get_by_text("こんにちは 山田 花子")).to_be_visible()
