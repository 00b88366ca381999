"""No file names this machine, a package registry or a private key."""

import re

import pytest

from tests.support import tree

# Each pattern is written so that it does not find itself.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(?:work|root|home/\w+)/(?=\w|\.)",
    "a host of a package registry": r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com"
    r"|(?:deb|security)\.debian\.org",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a Fernet key": r"(?<![\w/+-])[A-Za-z0-9_-]{43}=(?![\w=])",
}
# A lock file's hashes and a picture's bytes look like anything.
SKIPPED = (".png", ".jpg", ".ico", ".woff2", "requirements.txt", "requirements-dev.txt")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what):
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{tree.shown(path)}:{number}"
        for path in tree.files()
        if not path.name.endswith(SKIPPED)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]

    assert found == []


def test_the_lock_files_name_no_host():
    for path in tree.files("requirements.txt", "requirements-dev.txt"):
        assert "://" not in path.read_text()


def test_nothing_of_an_installation_is_kept():
    kept = [tree.shown(path) for path in tree.files() if path.suffix in {".sqlite", ".env", ".pem"}]

    assert kept == []
