"""The counter in a real browser: a card on a phone, read by a camera, and points on the phone."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.domain.cards import rules
from app.domain.points import queries as points
from tests.support import browser as browsers
from tests.support import camera, databases
from tests.support.cards import Holder
from tests.support.counter_page import link_hanako, log_in, types
from tests.support.phone_page import befriend, push, text
from tests.support.shop import LIFF, Shop, open_shop

pytestmark = pytest.mark.browser

CAMERA = {"permissions": ["camera"]}
REFUSED = {
    "qr_expired": "コードの期限が切れています。",
    "qr_used": "このコードはすでに使われています。",
    "qr_unknown": "会員証のコードではありません。",
    "qr_other_account": "ほかの公式アカウントの会員証です。",
    "member_suspended": "この会員証は利用を停止しています。",
}
# What a browser would play, as pitches with their lengths; cleared when it is read.
TUNES = """window.tune = [];
window.AudioContext = class {
  currentTime = 0;
  resume() {}
  createGain() {
    const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect: () => undefined };
  }
  createOscillator() {
    return {
      frequency: {}, connect: (next) => next,
      start(at) { this.at = at; }, stop(end) { tune.push([this.frequency.value, end - this.at]); },
    };
  }
};
"""


@pytest.fixture(scope="module")
def shop(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    file = tmp_path_factory.mktemp("counter") / "shop.sqlite"
    databases.copy_sqlite(migrated_sqlite, file)
    with open_shop(databases.sqlite_url(file)) as shop:
        yield shop


@pytest.fixture(scope="module")
def hanako(shop: Shop) -> Holder:
    return link_hanako(shop)


def new_code(shop: Shop, hanako: Holder) -> str:
    with shop.app.app_context():
        return hanako.shows()


def balance(shop: Shop, hanako: Holder) -> int:
    with shop.app.app_context():
        return points.balance(hanako.member_id)


@pytest.fixture(scope="module")
def chrome(chrome_with_devices: Browser) -> Browser:
    """What a counter is told of its camera, a browser without one does not know."""
    return chrome_with_devices


@pytest.fixture
def counter(chrome: Browser, shop: Shop) -> Iterator[Page]:
    """The counter's tablet, before whose camera there is no card."""
    with browsers.context(chrome, width=820, height=1180, **CAMERA) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        log_in(page, shop)
        yield page
        # Refusals and lost answers are what these tests are about.
        assert [one for one in watch.complaints if "Failed to load resource" not in one] == []


def said(page: Page, words: str) -> None:
    expect(page.locator("#status")).to_have_text(words)


def card_on_phone(context: BrowserContext, shop: Shop) -> Page:
    """Hanako's phone, with her member card open."""
    page = context.new_page()
    page.goto(f"{shop.line.url}/phone/#hanako/main")
    befriend(page)
    shop.settle()
    link = {"type": "uri", "label": "開く", "uri": f"https://liff.line.me/{LIFF}/card"}
    push(shop.line, text("会員証", link))
    page.get_by_role("button", name="開く", exact=True).click()
    page.frame_locator("iframe").get_by_role("button", name="同意する").click()
    page.frame_locator("iframe").locator(".pass-qr path").wait_for()
    return page


def seen(page: Page) -> str:
    """What a camera reads on this screen."""
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(page.screenshot())))
    return str(found.text)


def test_a_card_on_a_phone_is_scanned_and_the_points_show_on_it(
    chrome: Browser, chromium: str, shop: Shop, hanako: Holder, tmp_path: Path
) -> None:
    film = tmp_path / "card.mjpeg"
    arguments = [*browsers.ARGUMENTS, camera.argument(film)]
    with (
        browsers.context(chrome, width=1280, height=860) as pocket,
        chrome.browser_type.launch(executable_path=chromium, args=arguments) as launched,
        browsers.context(launched, width=375, **CAMERA) as context,
    ):
        counter = context.new_page()
        watch = browsers.Watch(counter)
        log_in(counter, shop, "/staff/")
        phone = card_on_phone(pocket, shop)
        card = phone.frame_locator("iframe")
        before = card.locator(".pass-balance").inner_text()
        camera.film(film, seen(phone))

        counter.get_by_role("link", name="会員証を読み取る").first.click()
        expect(counter.locator(".member-name")).to_have_text("山田 花子 様")
        expect(card.locator(".pass-used")).to_contain_text("チェックインしました", timeout=3_000)

        counter.get_by_role("button", name="チェックイン").click()
        said(counter, "チェックインしました。")
        counter.get_by_label("お支払い金額").fill("１，２８０")
        counter.get_by_role("button", name="ポイントを付ける").click()
        expect(counter.locator("#status")).to_contain_text("ポイントを付けました")
        after = f"{balance(shop, hanako):,} pt"
        assert after != before
        expect(counter.locator(".pass-balance")).to_have_text(after)
        expect(card.locator(".pass-balance")).to_have_text(after)
        assert watch.complaints == []


def test_a_reader_types_and_everything_is_done_and_undone(
    counter: Page, shop: Shop, hanako: Holder
) -> None:
    had = balance(shop, hanako)
    code = new_code(shop, hanako)
    types(counter, code)
    said(counter, "山田 花子 様です。")
    counter.get_by_label("お支払い金額").fill("500")
    counter.get_by_role("button", name="春のタルト 100円引き を使う").click()
    said(counter, "クーポンを使いました。")
    expect(counter.get_by_label("お支払い金額")).to_have_value("500")
    counter.get_by_label("使うポイント").fill("0")
    counter.get_by_role("button", name="ポイントを使う").click()
    expect(counter.locator("#redeem-error")).to_have_text(
        "ポイントを1以上の数字で入力してください。"
    )
    counter.get_by_label("使うポイント").fill("100")
    counter.get_by_role("button", name="ポイントを使う").dblclick()
    said(counter, "100ポイントを使いました。")
    assert balance(shop, hanako) == had - 100
    for left in (1, 0):
        counter.get_by_role("button", name="直前の操作を取り消す").click()
        expect(counter.locator(".act:not(.act-undone)")).to_have_count(left)
    said(counter, "直前の操作を取り消しました。")
    assert balance(shop, hanako) == had

    counter.get_by_role("button", name="次のお客様へ").click()
    types(counter, code)
    said(counter, "このコードはすでに使われています。新しいコードを表示してもらってください。")
    counter.evaluate("document.activeElement.blur()")  # As on a tablet that has only touch.
    counter.keyboard.type(rules.new_code())
    counter.keyboard.press("Enter")
    said(counter, "会員証のコードではありません。")


def test_each_refusal_has_its_words_and_its_tune(counter: Page) -> None:
    counter.add_init_script(TUNES)
    counter.reload()
    tunes = []
    for code, words in REFUSED.items():
        body = {"type": f"urn:tsunagu:{code}", "title": code, "status": 403}
        answer = {"status": 403, "content_type": "application/problem+json", "json": body}
        counter.route("**/counter/scans", partial(fulfil, answer))
        types(counter, "T1")
        expect(counter.locator("#status")).to_contain_text(words)
        tunes.append(str(counter.evaluate("tune.splice(0)")))
        counter.unroute("**/counter/scans")
    assert len({*tunes, "[]"}) == len(REFUSED) + 1


def fulfil(answer: dict[str, Any], route: Route) -> None:
    route.fulfill(**answer)


def test_an_answer_that_is_lost_again_and_again_gives_the_points_once(
    counter: Page, shop: Shop, hanako: Holder
) -> None:
    types(counter, new_code(shop, hanako))
    counter.get_by_label("お支払い金額").fill("1000")
    had = balance(shop, hanako)
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    counter.route("**/earn", lose)
    give = counter.get_by_role("button", name="ポイントを付ける")
    give.click()
    said(counter, "つながりません。電波を確認して、もう一度お試しください。")
    given = balance(shop, hanako) - had
    assert (given > 0, len(keys), len(set(keys))) == (True, 3, 1)
    counter.unroute("**/earn")
    give.click()
    said(counter, f"{given}ポイントを付けました。")
    assert balance(shop, hanako) == had + given


def test_a_photo_is_read_where_the_camera_is_not_allowed(
    chrome: Browser, shop: Shop, hanako: Holder, tmp_path: Path
) -> None:
    with browsers.context(chrome, width=375) as context:
        page = context.new_page()
        log_in(page, shop)
        expect(page.locator(".viewfinder")).to_contain_text("カメラの使用が許可されていません")
        expect(page.locator("#status")).to_be_hidden()
        page.set_input_files("#photo", {"name": "x", "mimeType": "image/png", "buffer": b"x"})
        expect(page.locator(".viewfinder")).to_contain_text("コードを読み取れませんでした")
        photo = camera.photo(tmp_path / "photo.png", new_code(shop, hanako))
        page.set_input_files("#photo", photo)
        expect(page.locator(".member-name")).to_have_text("山田 花子 様")


def look_up(page: Page, factor: str, reason: str) -> None:
    page.get_by_label("ご本人の確認").fill(factor)
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="この会員を開く").click()


def test_without_a_card_a_member_is_found_and_opened_for_a_reason(
    counter: Page, shop: Shop, hanako: Holder
) -> None:
    types(counter, "KMB-0001")  # The bar code of a member number, read at the till.
    counter.get_by_text("山田 花子").click()
    look_up(counter, "0401", "電池が切れた")
    said(counter, "ご本人の確認が合いません。もう一度うかがってください。")
    look_up(counter, "0514", "")
    said(counter, "理由を入力してください。")
    look_up(counter, "0514", "電池が切れた")
    expect(counter.locator(".badge")).to_contain_text(["会員証なしで開いています"])
    expect(counter.get_by_text("500 pt まで使えます")).to_be_visible()
    counter.get_by_label("使うポイント").fill("501")
    counter.get_by_role("button", name="ポイントを使う").click()
    said(counter, "会員証なしで使えるのは、24時間で 500 ポイントまでです。")


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (375, "light"), (1280, "light")])
def test_everybody_can_use_the_counter(
    chrome: Browser, shop: Shop, hanako: Holder, width: int, scheme: str
) -> None:
    faults: list[str] = []
    look = {"color_scheme": scheme, "reduced_motion": "reduce", **CAMERA}
    with browsers.context(chrome, width=width, **look) as context:
        page = context.new_page()

        def looked_at(name: str) -> None:
            found = browsers.accessibility_faults(page) + browsers.layout_faults(page)
            faults.extend(f"{name}: {fault}" for fault in found)

        log_in(page, shop)
        page.locator("#code").wait_for()
        looked_at("ready")
        types(page, "T1")
        expect(page.locator("#status.notice-bad")).to_be_visible()
        looked_at("refused")
        types(page, new_code(shop, hanako))
        page.get_by_role("button", name="チェックイン").click()
        said(page, "チェックインしました。")
        page.get_by_label("お支払い金額").fill("-")
        page.get_by_role("button", name="ポイントを付ける").click()
        page.locator("#earn-error:not([hidden])").wait_for()
        looked_at("member")
        page.get_by_role("button", name="次のお客様へ").click()
        page.get_by_role("button", name="会員証なしでさがす").click()
        page.get_by_label("お名前、会員番号").fill("山田")
        page.keyboard.press("Enter")
        page.get_by_text("会員番号の末尾").click()
        page.get_by_label("理由").wait_for()
        looked_at("look-up")
    assert faults == []
