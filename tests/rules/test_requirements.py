"""The two lock files agree, and pin every package with its hashes."""

import re

import pytest

from tests.support import tree

FILES = ("requirements.txt", "requirements-dev.txt")
# name==version ; marker \  followed by its hashes
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[\w,]+\])?==([^ \\]+)( ; [^\\]+)?", re.MULTILINE)


def pins(name):
    return {match.group(0).strip() for match in PINNED.finditer((tree.ROOT / name).read_text())}


def test_tools_are_added_to_the_very_packages_that_the_server_runs_with():
    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()


@pytest.mark.parametrize("name", FILES)
def test_every_pin_has_hashes(name):
    entries = re.split(r"\n(?=[a-z0-9])", (tree.ROOT / name).read_text())[1:]

    assert len(entries) == len(pins(name))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
