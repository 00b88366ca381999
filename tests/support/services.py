"""What tests need on the machine besides databases: Redis and a browser, found or asked for."""

import os
import shutil
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest
from redis import Redis
from redis.exceptions import RedisError

Found = TypeVar("Found")

LOCAL_REDIS = "redis://127.0.0.1:6379"
_DATABASES = 16  # Redis numbers its databases 0 to 15 unless it is configured otherwise.
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SHELL = "chromium-headless-shell"
_MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def require(found: Found | None, what: str) -> Found:
    """What was found; where nothing was, the test is skipped, or fails with CI=true."""
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {what}", pytrace=False)
    pytest.skip(f"needs {what}")


def chromium() -> str | None:
    """The path of an installed Chromium or Chrome, or None."""
    paths = (shutil.which(name) for name in (*_BROWSERS, _MAC_CHROME))
    return next((path for path in paths if path), None)


def shell() -> str | None:
    """The path of Chromium without its windows, or None.

    It draws pages as Chromium does in two thirds of the time, but has no camera or microphone.
    """
    return shutil.which(_SHELL)


def empty_redis(worker: int, workers: int) -> str | None:
    """The URL of a Redis database that holds nothing, or None.

    BROKER_URL names the server, else it is the one on localhost. Each worker process of a run has
    its own numbers, highest first, so that two of them never choose the same database.
    """
    named = os.environ.get("BROKER_URL", "")
    server = urlsplit(named if named.startswith("redis") else LOCAL_REDIS)
    for number in reversed(range(worker, _DATABASES, workers)):
        url = urlunsplit(server._replace(path=f"/{number}"))
        if _holds_nothing(url):
            return url
    return None


def wipe_redis(url: str) -> None:
    """Remove every key from the Redis database at `url`, which must be one of `empty_redis`."""
    with Redis.from_url(url) as redis:
        redis.flushdb()


def _holds_nothing(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as redis:
            return bool(redis.dbsize() == 0)
    except RedisError:
        return False
