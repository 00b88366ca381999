"""Bots of strangers: the SDKs' own examples run against the sandbox, only the address changed."""

import os
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
from tests.sandbox.test_process import free_port
from tests.support.services import require

ROOT = Path(__file__).resolve().parents[2]
NODE_BOT = Path(__file__).parent / "bots" / "echo.mjs"
NODE_SDK = "@line/bot-sdk@10"


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
        urllib3.request("GET", f"http://127.0.0.1:{port}/", retries=False)
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
