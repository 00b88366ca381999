"""Bots of strangers run against the sandbox, only the address changed: the SDKs' own examples, and
the lines of docs/sandbox.md as they stand there.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from tests.sandbox.helpers import Client, until
from tests.sandbox.test_process import answers
from tests.support import http
from tests.support.ports import free_port
from tests.support.services import require

ROOT = Path(__file__).resolve().parents[2]
NODE_BOT = Path(__file__).parent / "bots" / "echo.mjs"
NODE_SDK = "@line/bot-sdk@10"
DOCUMENT = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
PORT_IN_DOCUMENT = "8100"


@contextmanager
def running(command: list[str], folder: Path, sandbox: Client, port: int) -> Iterator[None]:
    """Run a bot as the account "main" whose webhook listens on this port."""
    account = sandbox.get("/control/state")["accounts"][0]
    own = {
        "PORT": str(port),
        "LINE_API_BASE": sandbox.url,
        "LINE_CHANNEL_SECRET": account["channel_secret"],
        "LINE_CHANNEL_ACCESS_TOKEN": account["access_token"],
    }
    url = {"webhook_url": f"http://127.0.0.1:{port}/callback"}
    sandbox.call("PATCH", "/control/accounts/main", url)
    process = subprocess.Popen(command, cwd=folder, env=dict(os.environ) | own)
    try:
        until(lambda: listens(port), seconds=60)
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def listens(port: int) -> bool:
    try:
        http.request("GET", f"http://127.0.0.1:{port}/", retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return True


def echoes(sandbox: Client) -> None:
    """The person's words come back, and nothing was wrong with the calls that brought them."""
    sandbox.act("add")
    sandbox.act("text", {"text": "こんにちは"})
    until(lambda: sandbox.screen()[-1] == "account: こんにちは", seconds=30)
    calls = sandbox.get("/control/calls")["items"]
    assert {call["status"] for call in calls if call["endpoint"] == "reply"} == {200}


def test_the_python_sdks_example(sandbox: Client) -> None:
    port = free_port()
    serve = ["-m", "flask", "--app", "bench.echo.app", "run", "--port", str(port)]
    with running([sys.executable, *serve], ROOT, sandbox, port):
        echoes(sandbox)


@pytest.fixture(scope="module")
def node_bot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bot in a folder of its own with the SDK from npm; nothing of it is committed."""
    found = shutil.which("node") and shutil.which("npm")
    npm = require(found, "node and npm, for the Node SDK's example")
    folder = tmp_path_factory.mktemp("node_bot")
    install = [npm, "install", "--no-audit", "--no-fund", "--loglevel=error", NODE_SDK]
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=110)
    require(installed.returncode == 0 or None, f"{NODE_SDK} from npm ({installed.stderr[-200:]})")
    shutil.copy(NODE_BOT, folder)
    return folder


def test_the_node_sdks_example(sandbox: Client, node_bot: Path) -> None:
    port = free_port()
    node = require(shutil.which("node"), "node")
    with running([node, "echo.mjs"], node_bot, sandbox, port):
        echoes(sandbox)


def written(language: str, number: int = 0) -> str:
    """A fenced block of the document, letter for letter."""
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.M | re.S)
    return blocks[number]


class Stranger:
    """Somebody who follows the document in an empty folder; only the port may be another."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        (folder / "my-world.yaml").write_text(written("yaml"), encoding="utf-8")

    def own(self, text: str) -> str:
        """The text with the stranger's port; it must name the document's."""
        assert PORT_IN_DOCUMENT in text
        return text.replace(PORT_IN_DOCUMENT, str(self.port))

    def start(self) -> subprocess.Popen[bytes]:
        python, *options = shlex.split(self.own(written("")))
        assert python == "python"
        path = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen([sys.executable, *options], cwd=self.folder, env=path)

    def run(self, *command: str, folder: Path | None = None) -> str:
        done = subprocess.run(
            command, cwd=folder or self.folder, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    stranger = Stranger(tmp_path_factory.mktemp("stranger"))
    process = stranger.start()
    client = Client(f"http://127.0.0.1:{stranger.port}", None)
    try:
        until(lambda: answers(client), seconds=90)
        yield stranger
    finally:
        client.close()
        process.terminate()
        process.wait()


def test_the_python_lines_of_the_document(stranger: Stranger) -> None:
    (stranger.folder / "bot.py").write_text(stranger.own(written("python")), encoding="utf-8")
    assert stranger.run(sys.executable, "-X", "utf8", "bot.py") == "わたしのお店\n"


def test_the_node_lines_of_the_document(stranger: Stranger, node_bot: Path) -> None:
    node = require(shutil.which("node"), "node")
    (node_bot / "bot.mjs").write_text(stranger.own(written("js")), encoding="utf-8")
    assert stranger.run(node, "bot.mjs", folder=node_bot) == "わたしのお店\n"


def test_the_shell_lines_of_the_document(stranger: Stranger) -> None:
    shell = require(shutil.which("curl") and shutil.which("sh"), "sh and curl")
    info = json.loads(stranger.run(shell, "-c", stranger.own(written("sh"))))
    assert info["displayName"] == "わたしのお店"
    told = stranger.run(shell, "-c", stranger.own(written("sh", 1)))
    assert len(json.loads(told)["event_ids"]) == 1
    told = stranger.run(shell, "-c", stranger.own(written("sh", 2)))
    assert '"kind":"500_after"' in told
    assert '"ahead_seconds":120.0' in told
