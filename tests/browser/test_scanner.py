"""The scanner reads the card from a camera and from a photo, under a strict policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.domain.cards import rules
from tests.support import browser as browsers
from tests.support import camera
from tests.support.shop import Shop

pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
WASM = "/static/vendor/zxing-wasm-3.1.3/zxing_reader.wasm"
PAGE = """<!doctype html><html lang="ja"><meta charset="utf-8"><title>scan</title>
<link rel="icon" href="data:,">
<video id="video"></video><input type="file" id="photo"><ol id="found"></ol><p id="said"></p>
<script src="/static/vendor/barcode-detector-3.2.2/ponyfill.js"></script>
<script type="module" src="/scan-test.js"></script></html>"""
SCRIPT = f"""
import {{ Scanner }} from "/static/staff/scanner.js";
const say = (text) => {{ document.getElementById("said").textContent = text; }};
const found = (code) => {{
  const item = document.createElement("li");
  item.textContent = code;
  document.getElementById("found").append(item);
}};
const video = document.getElementById("video");
const scanner = new Scanner(video, {{ wasm: "{WASM}", found, cooldown: 60_000 }});
scanner.start().then(() => say("started"), (error) => say(error.reason));
document.getElementById("photo").addEventListener("change", async (event) => {{
  scanner.stop();
  say(await scanner.read(event.target.files[0]).catch((error) => error.reason) ?? "none");
}});
"""
CODE = rules.new_code()


@pytest.fixture(scope="module")
def chrome(chrome_with_devices: Browser) -> Browser:
    """A camera that is refused is another thing than none."""
    return chrome_with_devices


@pytest.fixture(scope="module")
def at_the_counter(
    chrome: Browser, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser whose camera sees a phone with a card."""
    film = camera.film(tmp_path_factory.mktemp("film") / "card.mjpeg", CODE)
    arguments = [*browsers.ARGUMENTS, camera.argument(film)]
    kind = chrome.browser_type
    with kind.launch(executable_path=chromium, args=arguments) as browser:
        yield browser


def opened(context: BrowserContext, shop: Shop) -> Page:
    page = context.new_page()

    def answer(route: Route) -> None:
        script = route.request.url.endswith(".js")
        kind = "text/javascript" if script else "text/html"
        headers = {"Content-Type": kind, "Content-Security-Policy": POLICY}
        route.fulfill(body=SCRIPT if script else PAGE, headers=headers)

    page.route("**/scan-test*", answer)
    page.goto(f"{shop.url.replace('127.0.0.1', 'localhost')}/scan-test")
    return page


def test_the_camera_reads_the_card_once(
    at_the_counter: Browser, liff_shop: Shop, tmp_path: Path
) -> None:
    with browsers.context(at_the_counter, width=375, permissions=["camera"]) as context:
        page = opened(context, liff_shop)
        expect(page.locator("#found li")).to_have_text([CODE], timeout=15_000)
        expect(page.locator("#said")).to_have_text("started")

        other = rules.new_code()
        page.set_input_files("#photo", camera.photo(tmp_path / "photo.png", other))
        expect(page.locator("#said")).to_have_text(other)
        page.set_input_files("#photo", {"name": "x", "mimeType": "image/png", "buffer": b"x"})
        expect(page.locator("#said")).to_have_text("other")
        expect(page.locator("#found li")).to_have_count(1)


def test_a_camera_that_is_refused_is_told(at_the_counter: Browser, liff_shop: Shop) -> None:
    with browsers.context(at_the_counter, width=375) as context:
        expect(opened(context, liff_shop).locator("#said")).to_have_text("denied")
