"""Takes the pictures of README.md and docs/sandbox.md from the running demo shop.

    python -m tests.support.pictures [folder]

Without a folder they go to docs/pictures. What they show is real: the product answers, nothing is
painted in.
"""

import argparse
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from app.cli.migrate import upgrade
from app.config import Settings
from app.db import db
from app.factory import create_app
from sandbox.world import Account
from tests.support import browser as browsers
from tests.support import databases, services
from tests.support.phone_page import FIELD, befriend, write
from tests.support.shop import Shop, open_shop
from tests.support.tree import ROOT

FOLDER = ROOT / "docs" / "pictures"

_ANIMATIONS_END = """
Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
  .map((one) => one.finished.catch(() => null)))
"""


@contextmanager
def open_demo() -> Iterator[Shop]:
    """The demo shop with an account for the picture of the talks, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = databases.sqlite_url(Path(folder) / "demo.sqlite")
        _migrate(url)
        with open_shop(url) as shop:
            roastery = Account("roastery", "こもれび焙煎所", f"{shop.url}/webhook/main")
            shop.line.world.add_account(roastery)
            yield shop


def _migrate(url: str) -> None:
    key = Fernet.generate_key().decode()
    given = {"database_url": url, "secret_key": "only-for-pictures", "encryption_keys": key}
    app = create_app(Settings.model_validate(given))
    upgrade(app)
    with app.app_context():
        db.engine.dispose()


@contextmanager
def phone(browser: Browser, shop: Shop, width: int, height: int, talk: str) -> Iterator[Page]:
    """The page of the sandbox in a window of this size (px), sharp enough for print."""
    with browsers.context(browser, width=width, height=height, device_scale_factor=2) as context:
        page = context.new_page()
        page.goto(f"{shop.line.url}/phone/#{talk}")
        yield page


def greeting_and_hours(page: Page) -> None:
    """Hanako adds the shop and asks when it is open."""
    befriend(page)
    expect(page.locator('.row[data-from="account"]')).not_to_have_count(0)
    write(page, "営業時間")
    expect(page.get_by_role("log")).to_contain_text("8:00")
    page.get_by_role("textbox", name=FIELD).blur()


def take(page: Page, name: str, folder: Path) -> None:
    """Save what is on the screen once nothing moves."""
    page.evaluate(_ANIMATIONS_END)
    picture = Image.open(io.BytesIO(page.screenshot()))
    # A page of few colours keeps its looks with 256 of them, at a third of the size.
    picture.convert("RGB").quantize(256).save(folder / f"{name}.png", optimize=True)


def narrow(browser: Browser, shop: Shop, folder: Path) -> None:
    """The phone alone, as on a real one."""
    with phone(browser, shop, 360, 1120, "taro/main") as page:
        greeting_and_hours(page)
        take(page, "phone", folder)


def whole(browser: Browser, shop: Shop, folder: Path) -> None:
    """The page with people and traffic, and what its tools look like."""
    with phone(browser, shop, 1280, 860, "hanako/main") as page:
        greeting_and_hours(page)
        expect(page.locator(".record")).not_to_have_count(0)
        take(page, "sandbox", folder)
        inspect(page, folder)
        tools(page, folder)


def inspect(page: Page, folder: Path) -> None:
    """A webhook with its body, and the exchange as a test."""
    page.locator(".record", has_text="message · text").first.locator("summary").click()
    take(page, "sandbox-inspector", folder)
    page.get_by_role("button", name="テストにする").click()
    page.get_by_role("button", name="書き出す").click()
    expect(page.get_by_role("dialog")).to_contain_text("def test_")
    take(page, "sandbox-story", folder)
    page.keyboard.press("Escape")


def tools(page: Page, folder: Path) -> None:
    """The clock and a fault."""
    page.get_by_role("button", name="道具").click()
    page.get_by_text("障害を加える").click()
    page.get_by_role("button", name="起こす").click()
    expect(page.locator(".tool-item", has_text="429")).to_be_visible()
    page.get_by_role("heading", name="道具").scroll_into_view_if_needed()
    page.get_by_text("時計を進め").scroll_into_view_if_needed()
    take(page, "sandbox-tools", folder)


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    chromium = services.chromium()
    assert chromium, "There is no Chromium on this machine."
    pictures: list[Callable[[Browser, Shop, Path], None]] = [narrow, whole]
    with open_demo() as shop, browsers.launcher() as launch:
        for take_them in pictures:
            take_them(launch(chromium), shop, folder)


if __name__ == "__main__":
    main()
