"""Lanes: the kinds of work an engine wakes. An engine knows their names, not what they do."""

from collections.abc import Callable
from typing import Protocol


class Lane(Protocol):
    """Work that lies in a table. A lost wake-up costs latency until the next sweep, never work."""

    name: str

    def run(self) -> int:
        """Do some of what is due; answers how many rows that moved, 0 when there was nothing."""

    def drain(self) -> None:
        """Do all that is due."""

    def when_ready(self, wake: Callable[[], None]) -> None:
        """Call `wake` when something under way has ended and `run` should be called."""

    def close(self) -> None:
        """Begin nothing more and finish what is under way."""


class Engine(Protocol):
    """What wakes and spreads the work."""

    def wake(self, lane: str) -> None:
        """Tell whoever runs `lane` that it has work. Never fails, never waits."""
