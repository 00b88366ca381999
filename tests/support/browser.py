"""A real Chromium for browser tests, and a watch on what pages in it must not do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    expect,
    sync_playwright,
)

# The sandbox of Chromium needs rights that containers do not give; the rest keeps it from
# calling its maker, so that a request to another machine can only come from the page.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that beeps, for pages that may use one.
    "--use-fake-device-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
# The page needs milliseconds; a machine that runs other tests beside it may need seconds.
_PATIENCE_MS = 20_000
# Colours do not depend on the width: the widest window, which shows most, has both schemes.
WIDE = [(375, "light"), (1280, "light"), (1280, "dark")]
"""Widths (px) and colour schemes in which a page of the sandbox is looked at."""

ALL_WIDTHS = [(320, "dark"), *WIDE]
"""The same with the narrowest phones."""

_LOCAL = frozenset({"127.0.0.1", "localhost"})
_AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# WCAG 2.5.5 and the makers of phones ask for 44 px (tokens.css has it as --tap).
_SMALLEST_TARGET = 44

_SMALL_TARGETS = """
(smallest) => [...document.querySelectorAll("button, select, summary, input, textarea")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((node) => !node.closest("[inert], .visually-hidden, .fx-keyboard"))
  .map((node) => [node.getBoundingClientRect(), node])
  .filter(([box]) => Math.min(box.width, box.height) < smallest - 0.5)
  .map(([box, node]) => `${node.tagName} ${node.className} ${box.width}x${box.height}`)
"""


@contextmanager
def launcher() -> Iterator[Callable[[str], Browser]]:
    """Starts the browser at a path, headless; all that it started are closed at the end."""
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        started: dict[str, Browser] = {}

        def launch(path: str) -> Browser:
            if path not in started:
                started[path] = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            return started[path]

        yield launch
        for browser in started.values():
            browser.close()


@contextmanager
def context(
    browser: Browser, *, width: int, height: int = 812, **more: Any
) -> Iterator[BrowserContext]:
    """A fresh profile in Japanese with a window of this size (px); `more` as in Playwright."""
    viewport = {"width": width, "height": height}
    options = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo", "viewport": viewport, **more}
    made = browser.new_context(**options)
    yield made
    made.close()


class Watch:
    """Collects what a page must not do: log errors, break its CSP, call other machines."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        # A breach of the Content Security Policy is logged as an error too.
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _LOCAL:
            self.complaints.append(f"request: {url}")


def accessibility_faults(page: Page | Frame) -> list[str]:
    """What axe-core finds wrong on the page as it is, one line for each element.

    A frame in it is a page of its own, to be asked about by itself.
    """
    results = Axe().run(page, options={"runOnly": _AXE_RULES, "iframes": False})
    return [
        f"{fault['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for fault in results.response["violations"]
        for node in fault["nodes"]
    ]


def layout_faults(page: Page | Frame) -> list[str]:
    """Sideways scrolling and controls too small for a finger."""
    small: list[str] = page.evaluate(_SMALL_TARGETS, _SMALLEST_TARGET)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*small, *([f"{wide} px too wide"] if wide > 0 else [])]
