"""Finds the processes and threads that a test leaves running."""

import ctypes
import sys
import threading
import time
from collections.abc import Callable

import psutil

Running = set[psutil.Process | threading.Thread]

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def adopt_orphans() -> None:
    """Make orphans of our children our own, so that a process which outlives its parent is seen.

    Linux can do that; elsewhere only direct children are seen.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def running() -> Running:
    """Our child processes and those of our threads that keep a process from ending."""
    threads = {thread for thread in threading.enumerate() if not thread.daemon}
    return threads | {child for child in psutil.Process().children() if _counts(child)}


def left_behind(before: Running, *, patience: float = 5.0) -> list[str]:
    """What runs now and did not before, after `patience` seconds in which it may still end.

    Processes among it are killed, so that one test's leak is not also the next test's.
    """
    _wait(lambda: running() <= before, patience)
    left = running() - before
    names = sorted(_name(each) for each in left)
    for each in left:
        if isinstance(each, psutil.Process):
            each.kill()
    return names


def _counts(child: psutil.Process) -> bool:
    try:
        # The PostgreSQL of databases.py stays for the whole test run.
        return child.status() != psutil.STATUS_ZOMBIE and child.name() != "postgres"
    except psutil.NoSuchProcess:
        return False


def _wait(done: Callable[[], bool], patience: float) -> None:
    deadline = time.monotonic() + patience
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)


def _name(each: psutil.Process | threading.Thread) -> str:
    if isinstance(each, threading.Thread):
        return f"thread {each.name}"
    try:
        return f"process {each.pid}: {' '.join(each.cmdline())}"
    except psutil.NoSuchProcess:
        return f"process {each.pid}"
