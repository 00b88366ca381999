"""The exchange on the screen, written down as a test that ruff has nothing to say about."""

import ast
import itertools
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.world import Account, Person
from tests.support import browser as browsers
from tests.support import http
from tests.support.phone import Phone
from tests.support.phone_page import (
    befriend,
    buttons,
    flex,
    postback,
    push,
    said,
    say,
    text,
    write,
)
from tests.support.tree import ROOT
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser

ADDRESS = "https://komorebi.example/" + "menu/" * 50
DIFFICULT = [
    "毎日\"8時\"から'21時'まで、\\(定休日なし)/ 営業しています。ご来店をお待ちしております。" * 2,
    "一行目\n二行目\n\n" + "とても長い三行目です。" * 9,
    f"{ADDRESS} をご覧ください",
    "絵文字👨\u200d👩\u200d👧と☀\ufe0f、半角ｶﾞ、𠮷野家、①℃…\u2028と\t終わり" + "😀" * 40,
    "a" * 300,
    '"' * 120,
]


def ruff(*arguments: str) -> str:
    """What ruff has to say; nothing when all is well."""
    command = [sys.executable, "-m", "ruff", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def complaints(story: str, folder: Path) -> str:
    """What ruff would change in a story or finds wrong with it, under this project's rules."""
    file = folder / "test_story.py"
    file.write_text(story)
    rules = ("--config", str(ROOT / "pyproject.toml"), "--no-cache", str(file))
    return ruff("format", "--diff", *rules) + ruff("check", *rules)


def export(page: Page) -> str:
    page.get_by_role("button", name="テストにする").click()
    page.get_by_role("button", name="書き出す").click()
    return page.get_by_role("dialog", name="pytest の物語").get_by_role("region").inner_text()


# What the page does for its window, without the window.
STORY = """async (records) => {
  const { storyOf } = await import("/static/phone/story.js");
  return storyOf(records, { person: "hanako", account: "main", userId: "U1" });
}"""


def told(page: Page, times: int) -> None:
    """Wait until so many of the person's texts have reached the shop."""
    expect(page.locator(".record", has_text="message · text")).to_have_count(times)


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
        "assert hanako.screen[-1:] == ['毎日\"8時\"から']",
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


def test_difficult_words_are_good_python(page, sandbox, tmp_path):
    befriend(page)
    for number, words in enumerate(DIFFICULT):
        write(page, words)
        told(page, number + 1)
        push(sandbox, text(words), text("はい"), flex({"type": "text", "text": words}))
    label = "ひとことで言えないほど長い名前の飲みもの"
    push(sandbox, text(DIFFICULT[0], postback(label, "data=" + "x" * 290, label)))
    page.get_by_role("button", name=label).click()
    expect(page.locator(".record", has_text="postback")).to_have_count(1)
    story = export(page)

    assert complaints(story, tmp_path) == ""
    assert max(map(len, story.splitlines())) <= 100
    typed = [
        node.args[0].value
        for node in ast.walk(ast.parse(story))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "hanako.types"
    ]
    assert typed == [words.strip() for words in DIFFICULT]


@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize(
    ("person", "account"), [("class", "l"), ("1st", "phone"), ("x" * 40, "y-" * 20)]
)
def test_difficult_names_are_good_python(page, sandbox, tmp_path, person, account, steps):
    sandbox.world.add_person(Person(person, "誰か"))
    shop_url = sandbox.world.account("main").webhook_url
    sandbox.world.add_account(Account(account, "別の店", shop_url))
    page.goto("about:blank")
    page.goto(f"{sandbox.url}/phone/#{person}/{account}")
    befriend(page)
    expect(page.locator(".record", has_text="follow")).to_have_count(1)
    if not steps:
        page.get_by_role("button", name="消去").click()
    story = export(page)

    assert complaints(story, tmp_path) == ""
    called = [
        ast.unparse(node) for node in ast.walk(ast.parse(story)) if isinstance(node, ast.Call)
    ]
    assert f"phone('{person}', '{account}')" in called


def some_texts() -> Iterator[str]:
    """Texts around the width of a line, of letters that are narrow, wide, escaped or nothing."""
    dice = random.Random(7)
    alphabets = [
        "abc xyz",
        "漢字とカナ、。",
        "\"'\\\n\t",
        "é×…—“”①★♪",
        "😀🏽👨\u200d🇯☀\ufe0f",
        "ｶﾞ゛\u3099\u0301\u200b\u00ad\x7f",
        "𠮷㈱ⅷ℃〜{}#%",
    ]
    lengths = [1, 30, *range(36, 48), *range(80, 100), 130, 300]
    for length, own in itertools.product(lengths, alphabets):
        both = own + dice.choice(alphabets)
        yield "".join(dice.choices(both, k=length))


def record(number: int, event: dict[str, Any]) -> dict[str, Any]:
    own = {"timestamp": number, "webhookEventId": str(number), "source": {"userId": "U1"}}
    request = {"events": [{**event, **own}]}
    return {"id": f"{number}", "kind": "webhook", "account": "main", "request": request}


def test_any_text_is_good_python(page, tmp_path):
    texts = list(some_texts())
    events = [{"type": "message", "message": {"type": "text", "text": words}} for words in texts]
    events += [{"type": "postback", "postback": {"data": words}} for words in texts]
    params = {"params": {"date": "2026-11-24"}}
    events += [{"type": "postback", "postback": {"data": words, **params}} for words in texts]
    records = [record(number, event) for number, event in enumerate(events)]
    story = page.evaluate(STORY, records)

    assert complaints(story, tmp_path) == ""
    calls = [node for node in ast.walk(ast.parse(story)) if isinstance(node, ast.Call)]
    typed = [node.args[0].value for node in calls if ast.unparse(node.func) == "hanako.types"]
    assert typed == texts


def test_a_story_does_again_what_was_done(page, sandbox, shop, tmp_path):
    befriend(page)
    page.get_by_role("button", name="スタンプ", exact=True).click()
    page.get_by_role("button", name="スタンプ 446/1989").click()
    for kind, choice in [("位置情報", "東京駅"), ("写真", "カフェラテ")]:
        page.get_by_role("button", name="写真・位置情報など").click()
        page.get_by_role("dialog").get_by_role("button", name=kind).click()
        page.get_by_role("dialog").get_by_role("button", name=choice).click()
    expect(page.locator(".read-mark")).to_have_text(["既読"] * 3)
    picker = {"type": "datetimepicker", "label": "日付", "data": "day", "mode": "date"}
    push(sandbox, buttons({**picker, "initial": "2026-11-24"}))
    page.get_by_role("button", name="日付").click()
    page.get_by_role("dialog").get_by_role("button", name="OK").click()
    write(page, "取り消します")
    told(page, 1)
    said(page, "person").last.click(button="right")
    page.get_by_role("button", name="送信を取り消す").click()
    page.get_by_role("button", name="道具").click()
    page.get_by_role("dialog").get_by_role("button", name="知らせる").click()
    expect(page.locator(".record", has_text="beacon")).to_have_count(1)
    page.keyboard.press("Escape")
    story = export(page)
    before = [bare(event) for event in shop.events]
    sandbox.world.reset()
    shop.events.clear()
    run(without_answers(story), sandbox.url, lambda: idle(sandbox))

    assert complaints(story, tmp_path) == ""
    assert [bare(event) for event in shop.events] == before


def bare(event: dict[str, Any]) -> dict[str, Any]:
    """An event without what is another at every time."""
    new = {"timestamp", "webhookEventId", "replyToken", "unsend", "deliveryContext"}
    kept = {name: value for name, value in event.items() if name not in new}
    if "message" in kept:
        own = {"id", "quoteToken", "markAsReadToken"}
        kept["message"] = {k: v for k, v in kept["message"].items() if k not in own}
    return kept


def without_answers(story: str) -> str:
    """The story's deeds; the shop behind this test says nothing by itself."""
    tree = ast.parse(story)
    test = tree.body[-1]
    assert isinstance(test, ast.FunctionDef)
    test.body = [node for node in test.body if not isinstance(node, ast.Assert)]
    return ast.unparse(tree)


def run(story: str, url: str, settle: Callable[[], None]) -> None:
    names: dict[str, Any] = {}
    exec(compile(story, "story", "exec"), names)
    names["test_hanako_and_main"](
        lambda person, account="main": Phone(url, person, account, settle)
    )


def idle(sandbox) -> None:
    wait_for(lambda: http.request("GET", f"{sandbox.url}/control/idle").json()["idle"])


@pytest.mark.parametrize(("width", "scheme"), browsers.WIDE)
def test_everybody_can_read_a_story(chrome, sandbox, width, scheme):
    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with browsers.context(chrome, width=width, **look) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend(page)
        write(page, DIFFICULT[0])
        told(page, 1)
        push(sandbox, text("はい", say("営業時間")))
        expect(page.get_by_role("button", name="営業時間")).to_be_visible()
        if width == 375:
            page.get_by_role("button", name="メニュー", exact=True).click()
            page.get_by_role("dialog").get_by_role("button", name="通信").click()
        page.get_by_role("button", name="テストにする").click()
        faults = browsers.accessibility_faults(page) + browsers.layout_faults(page)
        page.get_by_role("button", name="書き出す").click()
        expect(page.get_by_role("dialog", name="pytest の物語")).to_be_visible()
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)

        assert faults == []
        assert watch.complaints == []
