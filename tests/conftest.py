"""What all tests share: databases, settings, the app, and a check that nothing stays running."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from hypothesis import settings as hypothesis_settings

from app.config import Settings
from tests.support import databases, processes, services

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NOBODY = "http://127.0.0.1:9"  # The discard port: a call to LINE that no test expects is refused.


# A disk in memory, where Linux has one: SQLite's databases wait for no disk there.
_MEMORY = Path("/dev/shm")


def pytest_configure() -> None:
    if os.access(_MEMORY, os.W_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    hypothesis_settings.register_profile("here", deadline=None)
    hypothesis_settings.register_profile(
        "ci", deadline=None, derandomize=False, print_blob=True, max_examples=200
    )
    hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")
    processes.adopt_orphans()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI, run a test that has failed once more; the summary names it as RERUN.

    See docs/decisions/0012. Tests that look for what happens by chance get no second try.
    """
    if os.environ.get("CI") == "true":
        for item in items:
            if not {"faults", "chance"} & {mark.name for mark in item.iter_markers()}:
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How xdist spreads the tests over its worker processes."""
    from tests.support.together import Together

    return Together(config, log)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fails a test that leaves child processes or non-daemon threads behind."""
    before = processes.running()
    yield
    left = processes.left_behind(before)
    if left:
        pytest.fail("left running: " + ", ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def lines_keys_forgotten() -> Iterator[None]:
    """Forgets LINE's keys: a later sandbox may have the port of this one, and has other keys."""
    yield
    identity = sys.modules.get("app.line.identity")
    if identity is not None:
        identity.close()


@pytest.fixture(scope="session")
def run_id(testrun_uid: str) -> str:
    """Eight characters that name this test run, the same in all its worker processes."""
    return testrun_uid[:8]


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest schema and no rows, to be copied."""
    file = tmp_path_factory.mktemp("schema") / "empty.sqlite"
    _migrate(databases.sqlite_url(file))
    return file


@pytest.fixture(scope="session")
def migrated_postgres(run_id: str, worker_id: str) -> Iterator[str]:
    """A PostgreSQL database of this worker process with the newest schema."""
    with databases.postgres_database(run_id, worker_id) as url:
        _migrate(url)
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database in turn, with the newest schema and no rows.

    A test for one kind says `@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
    """
    if request.param == "sqlite":
        file = tmp_path / "tsunagu.sqlite"
        databases.copy_sqlite(request.getfixturevalue("migrated_sqlite"), file)
        return databases.sqlite_url(file)
    url: str = request.getfixturevalue("migrated_postgres")
    databases.truncate_all(url)
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(
    request: pytest.FixtureRequest, tmp_path: Path, run_id: str, worker_id: str
) -> Iterator[str]:
    """Each kind of database in turn, without any table: for migrations and first starts."""
    if request.param == "sqlite":
        yield databases.sqlite_url(tmp_path / "empty.sqlite")
        return
    with databases.postgres_database(run_id, f"{worker_id}_empty") as url:
        yield url


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings for a test, whatever this machine's environment says."""
    return _settings(database_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The product on a fresh database; nothing of it runs yet."""
    app = _create(settings)
    yield app
    _close(app)


@pytest.fixture
def redis_url(worker_id: str) -> Iterator[str]:
    """A Redis database that holds nothing, for use as a broker; emptied again afterwards."""
    worker = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    url = services.require(services.empty_redis(worker, workers), "Redis on localhost:6379")
    yield url
    services.wipe_redis(url)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome."""
    how = "Chromium or Chrome (on Debian: apt-get install chromium)"
    return services.require(services.chromium(), how)


@pytest.fixture(scope="session")
def launch() -> "Iterator[Callable[[str], Browser]]":
    """Starts a browser; one Playwright for all tests of this worker, for it allows no second."""
    from tests.support import browser as browsers

    with browsers.launcher() as launch:
        yield launch


@pytest.fixture(scope="session")
def chrome(launch: "Callable[[str], Browser]", chromium: str) -> "Browser":
    """A running browser, one for all tests of this worker; it may be one without devices."""
    return launch(services.shell() or chromium)


@pytest.fixture(scope="session")
def chrome_with_devices(launch: "Callable[[str], Browser]", chromium: str) -> "Browser":
    """A running browser with a camera and a microphone."""
    return launch(chromium)


def _settings(database_url: str) -> Settings:
    given = {
        "database_url": database_url,
        "secret_key": "only-for-tests-only-for-tests",
        "encryption_keys": Fernet.generate_key().decode(),
        "line_api_base": NOBODY,
    }
    with pytest.MonkeyPatch.context() as environment:
        for name in Settings.model_fields:
            environment.delenv(name.upper(), raising=False)
        return Settings.model_validate(given)


def _create(settings: Settings) -> Flask:
    # Imported late: tests of pure rules start at once without it.
    from app.factory import create_app

    return create_app(settings)


def _migrate(url: str) -> None:
    from app.cli.migrate import upgrade

    app = _create(_settings(url))
    upgrade(app)
    _close(app)


def _close(app: Flask) -> None:
    from app.db import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()
