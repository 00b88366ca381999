"""Switches for the fault tests: die at a named place, leave out one guarantee, wait less.

All are off unless the environment says otherwise (CRASH_AT, CRASH_BY, UNSAFE, LEASE_SECONDS), which
only tests do. A test that still passes with its guarantee left out proves nothing; docs/faults.md
lists the names.
"""

import os
import signal
from collections import Counter
from datetime import timedelta

from app import config

_CRASH_AT, _, _NUMBER = config.switch("CRASH_AT").partition(":")
_SIGNAL = signal.SIGSTOP if config.switch("CRASH_BY") == "STOP" else signal.SIGKILL
_UNSAFE = config.switch("UNSAFE")
_LEASE_SECONDS = config.switch("LEASE_SECONDS")
_passages: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Die here by SIGKILL if CRASH_AT is `name`, or at the n-th passage if it is `name:n`.

    With CRASH_BY=STOP the process only stands still, once, as on a machine that was put to sleep.
    """
    if name != _CRASH_AT:
        return
    _passages[name] += 1
    number = int(_NUMBER or 1)
    if _passages[name] == number or (_passages[name] > number and _SIGNAL == signal.SIGKILL):
        os.kill(os.getpid(), _SIGNAL)


def unsafe(guarantee: str) -> bool:
    """Whether the test wants this guarantee left out."""
    return guarantee == _UNSAFE


def lease(length: timedelta) -> timedelta:
    """How long a claim holds: `length`, unless a test wants to see dead processes' work sooner."""
    if unsafe("no_lease"):
        return timedelta(days=400)
    return timedelta(seconds=float(_LEASE_SECONDS)) if _LEASE_SECONDS else length
