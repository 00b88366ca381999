"""python -m sandbox: starts, serves the demo world, breaks connections and stops at once."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.sandbox.helpers import Client, until
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


def start(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox", *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], Client]]:
    port = free_port()
    process = start("--port", str(port))
    client = Client(f"http://127.0.0.1:{port}", None)
    until(lambda: answers(client), seconds=90)
    yield process, client
    client.close()
    process.kill()
    process.communicate()


def answers(client: Client) -> bool:
    try:
        return client.call("GET", "/control/idle").status == 200
    except urllib3.exceptions.HTTPError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_soon_with_open_streams(
    process: tuple[subprocess.Popen[str], Client], number: signal.Signals
) -> None:
    running, client = process
    pool = urllib3.PoolManager(retries=False)
    url = f"{client.url}/phone/api/events?person=hanako"
    streams = [pool.request("GET", url, preload_content=False) for _ in range(3)]
    started = time.monotonic()
    running.send_signal(number)
    running.wait(timeout=30)
    # It takes half a second; the rest is for a machine that is busy with other tests.
    assert time.monotonic() - started < 5
    for stream in streams:
        stream.close()
    pool.clear()


def test_it_serves_the_demo_world_and_breaks_connections(
    process: tuple[subprocess.Popen[str], Client],
) -> None:
    _, client = process
    state = client.get("/control/state")
    assert [person["key"] for person in state["people"]] == ["hanako", "taro", "emma"]
    client.token = state["accounts"][0]["access_token"]
    client.act("add")
    user_id = state["people"][0]["user_ids"]["main"]
    client.post("/control/faults", {"endpoint": "push", "kind": "drop_after"})
    with pytest.raises(urllib3.exceptions.ProtocolError):
        client.push(user_id)
    assert client.push(user_id).status == 200
    assert len(client.accepted()) == 2


@pytest.mark.parametrize("words", ["[", "accounts: [{slug: x}]", "colour: red"])
def test_a_broken_world_stops_the_start(tmp_path: Path, words: str) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(words)
    process = start("--world", str(world))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "world.yaml cannot be read" in output
