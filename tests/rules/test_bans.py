"""Ruff refuses what the house plan bans, where it bans it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import tree

CLOCK = "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n"
NAIVE = "from datetime import datetime\n\nDAY = datetime(2026, 11, 21)\n"
ENVIRONMENT = "import os\n\nHOME = os.environ\n"
HTTP = "import urllib.request\n\nopen_url = urllib.request.urlopen\n"
SMTP = "import smtplib\n\nTALK = smtplib.SMTP\n"
PRINT = 'print("hello")\n'
SWALLOW = "try:\n    import app\nexcept Exception:\n    app = None\n"


def complaints(file: str, code: str) -> str:
    checking = [Path(sys.executable).with_name("ruff"), "check", "--stdin-filename", file, "-"]
    options = {"cwd": tree.ROOT, "input": code, "capture_output": True, "text": True}
    return subprocess.run(checking, **options).stdout


@pytest.mark.parametrize(
    ("file", "code", "rule"),
    [
        ("app/inbox/put.py", CLOCK, "TID251"),
        ("app/inbox/put.py", NAIVE, "DTZ001"),
        ("app/inbox/put.py", ENVIRONMENT, "TID251"),
        ("app/sender/send.py", HTTP, "TID251"),
        ("app/sender/mail.py", SMTP, "TID251"),
        ("app/cli/demo.py", PRINT, "T201"),
        ("app/handlers/points.py", SWALLOW, "BLE001"),
        ("sandbox/world.py", CLOCK, "TID251"),
        ("sandbox/world.py", ENVIRONMENT, "TID251"),
    ],
)
def test_what_is_banned_is_found(file, code, rule):
    assert rule in complaints(file, code)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("app/clock.py", CLOCK),
        ("app/config.py", ENVIRONMENT),
        ("app/sender/smtp.py", SMTP),
        ("sandbox/clock.py", CLOCK),
        ("sandbox/__main__.py", ENVIRONMENT),
    ],
)
def test_the_one_place_for_it_may_use_it(file, code):
    assert "TID251" not in complaints(file, code)
