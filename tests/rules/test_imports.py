"""Each import rule of .importlinter finds a planted violation, in a small copy of the layers."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import tree

PACKAGES = (
    *("app", "app/cli", "app/webhook", "app/handlers", "app/liff", "app/staff", "app/admin"),
    *("app/api", "app/richmenu", "app/jobs", "app/sender", "app/engine", "app/inbox"),
    *("app/dialogs", "app/messages", "app/domain", "app/domain/points", "app/domain/shops"),
    *("app/outbox", "app/facts", "app/line", "app/egress", "sandbox"),
)
MODULES = (
    *("app/factory.py", "app/db.py", "app/clock.py", "app/line/client.py", "app/line/sdk.py"),
    "app/line/richmenus.py",
    *("app/line/limits.py", "app/domain/points/models.py", "app/inbox/put.py", "app/outbox/put.py"),
    *("app/dialogs/machine.py", "app/messages/render.py"),
)

ALLOWED = {
    "app/factory.py": "import app.webhook.receive, app.cli",
    "app/webhook/receive.py": "import app.inbox.put, flask",
    "app/sender/send.py": "import app.line.client, app.messages.render",
    "app/messages/render.py": "import app.line.limits",
    "app/handlers/points.py": "import app.domain.points.service, app.dialogs.machine",
    "app/domain/points/service.py": "import app.domain.shops.service, app.outbox.put, sqlalchemy",
    "app/line/client.py": "import urllib3",
    "app/egress/call.py": "import urllib3",
    "app/line/sdk.py": "import linebot.v3.messaging, app.line.client",
    "app/db.py": "import flask, sqlalchemy",
    "sandbox/server.py": "import flask, linebot.v3.messaging",
}

VIOLATIONS = [
    (1, "app/domain/points/service.py", "import app.handlers"),
    (1, "app/clock.py", "import app.outbox.put"),
    (1, "app/egress/call.py", "import app.line.client"),
    (1, "app/handlers/points.py", "import app.liff"),
    (1, "app/facts/record.py", "import app.outbox.put"),
    (1, "app/surprise.py", ""),
    (2, "app/domain/points/service.py", "import requests"),
    (2, "app/sender/send.py", "from urllib3 import PoolManager"),
    (2, "app/webhook/receive.py", "from linebot.v3 import WebhookParser"),
    (2, "app/egress/call.py", "import requests"),
    (2, "app/domain/points/service.py", "import urllib3"),
    (3, "app/handlers/points.py", "from app.line import client"),
    (3, "app/messages/render.py", "from app.line.sdk import profile"),
    (4, "app/webhook/receive.py", "from app.domain.points import service"),
    (4, "app/webhook/receive.py", "import app.messages.render"),
    (4, "app/webhook/receive.py", "import app.dialogs.machine"),
    (4, "app/webhook/receive.py", "import app.outbox.put"),
    (5, "app/domain/points/service.py", "from flask import request"),
    (5, "app/inbox/put.py", "import flask"),
    (5, "app/outbox/put.py", "from app.line import limits"),
    (6, "app/handlers/points.py", "from app.domain.points.models import Entry"),
    (6, "app/jobs/tidy.py", "import sqlalchemy"),
    (7, "app/domain/shops/service.py", "import app.domain.points.service"),
    (8, "sandbox/server.py", "import app.clock"),
    (8, "app/cli/demo.py", "import sandbox.server"),
]


@pytest.fixture
def house(tmp_path):
    shutil.copy(tree.ROOT / ".importlinter", tmp_path)
    for package in PACKAGES:
        plant(tmp_path, f"{package}/__init__.py", "")
    for module in MODULES:
        plant(tmp_path, module, "")
    for module, line in ALLOWED.items():
        plant(tmp_path, module, line)
    return tmp_path


def plant(house: Path, module: str, line: str) -> None:
    file = house / module
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as writing:
        writing.write(f"{line}\n")


def broken_rules(house: Path) -> set[int]:
    linter = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    said = subprocess.run(linter, cwd=house, capture_output=True, text=True).stdout
    states = re.findall(r"^(\d+)\. .* (KEPT|BROKEN)\b", said, re.MULTILINE)
    assert {int(number) for number, _ in states} == set(range(1, 9)), said
    return {int(number) for number, state in states if state == "BROKEN"}


def test_imports_that_the_plan_allows_break_no_rule(house):
    assert broken_rules(house) == set()


@pytest.mark.parametrize(("rule", "module", "line"), VIOLATIONS)
def test_a_planted_violation_is_found(house, rule, module, line):
    plant(house, module, line)

    assert rule in broken_rules(house)
