"""Waiting in tests: for a condition, with a deadline, never for a length of time."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(condition: Callable[[], Found], *, timeout: float = 15.0) -> Found:
    """The first true value of `condition`; raises AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout} s still {found!r}")
        time.sleep(0.005)
    return found
