"""Files of others are as they were published, and each has its licence beside it."""

import hashlib
import json

from tests.support import tree

VENDOR = tree.ROOT / "app" / "static" / "vendor"
OURS = {"MANIFEST.json", "README.md"}


def test_the_manifest_has_every_file_with_its_hash():
    kept = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tree.files("app/static/vendor")
        if path.relative_to(VENDOR).as_posix() not in OURS
    }

    assert json.loads((VENDOR / "MANIFEST.json").read_text())["files"] == kept


def test_every_package_has_a_licence():
    told = json.loads((VENDOR / "MANIFEST.json").read_text())["packages"]
    folders = {f"{name}-{package['version']}" for name, package in told.items()}

    assert {path.parent.name for path in VENDOR.glob("*/LICENSE")} == folders
    assert all(package["licence"] and package["integrity"] for package in told.values())
