"""A browser, a sandbox with two accounts and two people, and a shop that only says 200."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sandbox.server import Handle, run_in_thread
from sandbox.world import Account, Person, World
from tests.support import browser as browsers
from tests.support import databases
from tests.support.phone_page import Shop, open_shop, record_film
from tests.support.shop import Shop as KomorebiShop
from tests.support.shop import open_shop as open_komorebi


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as shop:
        yield shop


@pytest.fixture
def sandbox(shop: Shop) -> Iterator[Handle]:
    def seed(world: World) -> None:
        world.add_account(Account("main", "こもれび珈琲", shop.url))
        world.add_account(Account("roastery", "焙煎所", shop.url))
        world.add_person(Person("hanako", "山田 花子"))
        world.add_person(Person("emma", "Emma Wilson", "en"))

    handle = run_in_thread(World(seed))
    yield handle
    handle.stop()


@pytest.fixture
def page(chrome: Browser, sandbox: Handle) -> Iterator[Page]:
    """The phone in Hanako's hand on a wide screen; it must run without complaints."""
    with browsers.context(chrome, width=1280, height=860) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        yield page
        assert watch.complaints == []


@pytest.fixture(scope="module")
def film(chrome: Browser) -> bytes:
    """A film of one second."""
    return record_film(chrome, seconds=1)


@pytest.fixture(scope="module")
def liff_shop(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KomorebiShop]:
    """The demo shop, for tests that only look at its pages and change nothing."""
    file = tmp_path_factory.mktemp("liff") / "shop.sqlite"
    databases.copy_sqlite(migrated_sqlite, file)
    with open_komorebi(databases.sqlite_url(file)) as shop:
        yield shop
