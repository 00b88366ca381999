"""Which tests share one worker process of pytest-xdist: those that slow each other down.

xdist has groups of its own (`--dist loadgroup`), which it knows by names that pytest 9.2 no longer
lets it give to tests.
"""

from typing import Final

from xdist.scheduler import LoadScopeScheduling

ALONE: Final = frozenset({"tests/browser", "tests/faults"})
"""Folders: two browsers want two processors each, and who kills processes wants time of its own."""


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Spreads the tests one by one, but for those of such a folder."""

    def _split_scope(self, nodeid: str) -> str:
        folder = "/".join(nodeid.split("/")[:2])
        return folder if folder in ALONE else nodeid
