"""How soon the usual order can be placed after the tap in the talk: `python -m bench.reorder`.

    python -m bench.reorder [--database sqlite|postgres] [--taps 30]

The demo shop and the sandbox run in this process, the phone in a real Chromium. A tap on
「いつもの注文」 opens `/liff/reorder` as LINE does, with its login; the clock stops when the button
that places the order can be pressed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import click
from playwright.sync_api import Browser, Locator, Page

from app.domain.accounts import queries as accounts
from app.domain.links import service as links
from app.domain.members import queries as members
from app.domain.orders import service, slots
from app.domain.orders.service import Customer
from app.domain.shops import queries as shops
from tests.support import services
from tests.support.browser import launcher
from tests.support.databases import postgres_database, sqlite_url
from tests.support.hanako import hanakos_phone
from tests.support.members import asker
from tests.support.orders import open_tomorrow
from tests.support.phone_page import push
from tests.support.shop import LIFF, Shop, open_shop

_STORE = "kichijoji"
_TILE = "いつもの注文"
_TART = {"variant": "TART", "pieces": 2}
_AIM_MS = 1000


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--taps", default=30, show_default=True)
def main(database: str, taps: int) -> None:
    """Print the median, the 95th percentile and the slowest."""
    browser = services.shell() or services.chromium()
    if browser is None:
        raise click.ClickException("no Chromium is installed")
    with _empty(database) as url, open_shop(url) as shop, launcher() as launch:
        times = [1000 * each for each in _measured(shop, launch(browser), taps)]
    p95 = quantiles(times, n=20)[-1]
    click.echo(f"from the tap until the usual order can be placed, {database}, {taps} taps:")
    click.echo(f"p50 {median(times):.0f} ms, p95 {p95:.0f} ms, slowest {max(times):.0f} ms")
    click.echo(f"aim: p95 <= {_AIM_MS} ms: {'yes' if p95 <= _AIM_MS else 'no'}")


@contextmanager
def _empty(database: str) -> Iterator[str]:
    if database == "sqlite":
        with TemporaryDirectory() as folder:
            yield sqlite_url(Path(folder) / "reorder.sqlite")
        return
    with postgres_database("bench", "reorder", durable=True) as url:
        yield url


def _measured(shop: Shop, chrome: Browser, taps: int) -> list[float]:
    """Seconds of each tap but the first, in which LINE asks what the app may know."""
    with hanakos_phone(chrome, shop) as page:
        with shop.app.app_context():
            _has_ordered(shop)
        shop.settle()
        _show_link(page, shop)
        page.frame_locator("iframe").get_by_role("button", name="同意する").click()
        _placeable(page).wait_for()
        return [_tap(page) for _ in range(taps)]


def _has_ordered(shop: Shop) -> None:
    """Hanako is a member who has had something delivered."""
    open_tomorrow()
    hanako, member = asker(accounts.find("main").id, shop.user_id("hanako")), _her_number()
    links.link(hanako, member, proof="joined")
    at = slots.free(shops.store_ids()[_STORE], "delivery")[0]
    wanted = {"store": _STORE, "way": "delivery", "slot_at": at, "total": 1160}
    customer = Customer(hanako.person_id, hanako.account_id, member)
    service.place(wanted | {"lines": [_TART]}, customer, key="1")


def _her_number() -> int:
    found = members.by_number("KMB-0001")
    if found is None:
        raise SystemExit("the demo has no Hanako")
    return found.id


def _show_link(page: Page, shop: Shop) -> None:
    link = {"type": "uri", "label": _TILE, "uri": f"https://liff.line.me/{LIFF}/reorder"}
    card = {"type": "buttons", "text": "どうぞ", "actions": [link]}
    push(shop.line, {"type": "template", "altText": "どうぞ", "template": card})
    _tile(page).click()


def _tap(page: Page) -> float:
    page.reload()  # The talk without the page that was open in it.
    _tile(page).wait_for()
    page.wait_for_load_state("networkidle")
    begun = perf_counter()
    _tile(page).click()
    _placeable(page).wait_for()
    return perf_counter() - begun


def _tile(page: Page) -> Locator:
    return page.get_by_role("button", name=_TILE, exact=True).last


def _placeable(page: Page) -> Locator:
    return page.frame_locator("iframe").get_by_role("button", name="この内容で注文する")


if __name__ == "__main__":
    main()
