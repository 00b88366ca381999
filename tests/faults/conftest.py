"""A rig for each test; what its processes wrote is shown when the test fails."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.faults import Rig
from tests.support.faults import rig as build


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Iterator[Rig]:
    """An installation with the demo shop's data, and a LINE that sees all."""
    with build(database_url, tmp_path) as rig:
        yield rig
        sys.stderr.write(rig.tail())


@pytest.fixture
def empty_rig(empty_database_url: str, tmp_path: Path) -> Iterator[Rig]:
    """An installation whose database has no table yet."""
    with build(empty_database_url, tmp_path, seeded=False) as rig:
        yield rig
