"""Starts and stops what is measured: E, our server and the stand-in for LINE."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psutil
from cryptography.fernet import Fernet
from flask import Flask
from pydantic import SecretStr

from app.config import Settings
from app.factory import create_app
from bench.load import Target
from tests.support.databases import postgres_database
from tests.support.ports import free_port

SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "bench" * 34  # a channel access token has about 170 characters
BOT = "U" + "0" * 31 + "1"
TEXT = "営業時間"  # the seeded shop has a keyword answer for it

_PATIENCE = 30.0
_SETTLE = 2.0  # seconds until the second worker of a --reuse-port server listens as well
_OURS = ("-m", "flask", "--app", "wsgi")


@dataclass(frozen=True)
class Place:
    """Where a run keeps its files, and the address of the stand-in for LINE."""

    folder: Path
    line: int

    def env(self, **settings: str) -> dict[str, str]:
        """The environment of a server: ours alone, no setting of the person who runs the bench."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "LINE_API_BASE": f"http://127.0.0.1:{self.line}",
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "LINE_BOT_USER_ID": BOT,
            **settings,
        }


@dataclass(frozen=True)
class Server:
    """A running server and how to post to it."""

    process: psutil.Popen
    target: Target

    def web_workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        return self._with("web") or self.process.children()

    def bulk_workers(self) -> list[psutil.Process]:
        """The processes beside the web server that do the slow work."""
        return [child for child in self.process.children() if "worker" in child.cmdline()]

    def _with(self, word: str) -> list[psutil.Process]:
        masters = [self.process, *self.process.children()]
        return [
            worker
            for master in masters
            if word in master.cmdline()
            for worker in master.children()
            if word in worker.cmdline()
        ]


@contextmanager
def durable(database: str, folder: Path, name: str) -> Iterator[str]:
    """The URL of an empty database, "sqlite" or "postgres", that waits for its disk."""
    if database == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite"
        return
    with postgres_database("bench", name, durable=True) as url:
        yield url


def app_of(place: Place, url: str) -> Flask:
    """The product in this process, with the keys of the servers at that place."""
    named = keys(place)
    secret, key = SecretStr(named["SECRET_KEY"]), SecretStr(named["ENCRYPTION_KEYS"])
    return create_app(Settings(database_url=url, secret_key=secret, encryption_keys=key))


def pss_mb(processes: Sequence[psutil.Process]) -> float:
    """The largest proportional set size among them, in MiB (/proc/PID/smaps_rollup)."""
    return max(float(process.memory_full_info().pss) / 2**20 for process in processes)


@contextmanager
def stand_in(folder: Path) -> Iterator[Place]:
    """Run the stand-in for LINE."""
    place = Place(folder, free_port())
    command = [sys.executable, "-m", "bench.stub_line", "--port", str(place.line)]
    with _running(command, place.env(), folder / "stub.log"):
        _wait_for(place.line, "/stats")
        yield place


@contextmanager
def echo(place: Place) -> Iterator[Server]:
    """Run E: 2 workers of 4 threads."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", "2"]
    command += ["--threads", "4", "--reuse-port", "--log-level", "warning", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "bench.echo.app:app"]
    with _running(command, place.env(), place.folder / "echo.log") as process:
        _wait_for(port, "/")
        yield Server(process, Target(port, "/callback", SECRET, BOT, TEXT))


@contextmanager
def ours(place: Place, shape: str, database: str, **settings: str) -> Iterator[Server]:
    """Run our server: shape `web` stores only, `serve` also handles and answers."""
    port = free_port()
    command = [sys.executable, *_OURS, shape, "--port", str(port)]
    command += ["--web-workers", "2", "--web-threads", "4"]
    env = {**keys(place), **place.env(DATABASE_URL=database, **settings)}
    with _running(command, env, place.folder / "ours.log") as process:
        _wait_for(port, "/readyz")
        yield Server(process, Target(port, "/webhook/main", SECRET, BOT, TEXT))


def seed(place: Place, database: str) -> None:
    """Make the schema, the account and the demo shop's keyword answers in a fresh database."""
    env = {**keys(place), **place.env(DATABASE_URL=database)}
    subprocess.run([sys.executable, *_OURS, "seed"], env=env, check=True, stdout=subprocess.DEVNULL)


def import_seconds(place: Place, database: str) -> tuple[float, bool]:
    """Import the web process afresh: its seconds, and whether the SDK's models came along."""
    code = (
        "from time import perf_counter as now; import sys; a = now(); import wsgi; b = now();"
        "print(b - a, 'linebot.v3.messaging' in sys.modules)"
    )
    env = {**keys(place), **place.env(DATABASE_URL=database)}
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, models = said.split()
    return float(seconds), models == "True"


def ask(port: int, path: str, method: str = "GET") -> Any:
    """A JSON answer of the stand-in for LINE."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def keys(place: Place) -> Mapping[str, str]:
    kept = place.folder / "key"
    if not kept.exists():
        kept.write_bytes(Fernet.generate_key())
    key = kept.read_text()
    return {"SECRET_KEY": key, "ENCRYPTION_KEYS": key}


@contextmanager
def _running(command: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[psutil.Popen]:
    with log.open("ab") as output:
        process = psutil.Popen(
            command, env=dict(env), stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        family = [process, *process.children(recursive=True)]
        process.send_signal(signal.SIGTERM)
        _gone, left = psutil.wait_procs(family, timeout=20)
        for survivor in left:
            survivor.kill()


def _wait_for(port: int, path: str) -> None:
    deadline = monotonic() + _PATIENCE
    while _status(port, path) in (None, 503):
        if monotonic() > deadline:
            raise TimeoutError(f"no server at port {port} after {_PATIENCE:.0f} s (build/bench)")
        sleep(0.05)
    sleep(_SETTLE)


def _status(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()
