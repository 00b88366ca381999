"""The rig of the fault tests: our real processes, killed at will, beside a LINE that sees all."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import urllib3
from cryptography.fernet import Fernet
from flask import Flask

from app.config import Settings
from app.db import db
from app.domain.accounts import queries as accounts
from app.factory import create_app
from app.inbox import look as inbox
from app.inbox import put
from app.outbox import look as outbox
from tests.support import http
from tests.support.line_truth import Event, Line, line
from tests.support.ports import free_port
from tests.support.tree import ROOT
from tests.support.waiting import wait_for

LEASE = 2.0
"""Seconds of a lease in these tests (LEASE_SECONDS); 20 in real life."""

START = 60.0  # Seconds that a start may take on a busy machine.
_FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
_ALONE = {"connection": "close"}
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


class Rig:
    """One installation. `app` is a view of its database from the test's own process."""

    def __init__(self, app: Flask, env: dict[str, str], line: Line, log: Path) -> None:
        self.app = app
        self.line = line
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/webhook/main"
        self.kills: dict[str, int] = {}
        self.env = env
        self._log = log
        self._started: list[psutil.Popen] = []

    def start(self, *command: str, **switches: str) -> psutil.Popen:
        """Run `flask <command>` in a process of its own; switches as in app/faults.py."""
        with self._log.open("ab") as output:
            process = psutil.Popen(
                [*_FLASK, *command],
                cwd=ROOT,
                env=self.env | switches,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def run(self, *command: str, **switches: str) -> subprocess.CompletedProcess[str]:
        """Run `flask <command>` to its end."""
        env = self.env | switches
        return subprocess.run(
            [*_FLASK, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=START
        )

    def serve(self, **switches: str) -> psutil.Popen:
        """Start web and worker together, and wait until events can be taken."""
        process = self.start("serve", "--port", str(self.port), **switches)
        self.wait_until_ready()
        return process

    def web(self, *options: str, **switches: str) -> psutil.Popen:
        """Start the web server with one worker, and wait until events can be taken."""
        one = ("--port", str(self.port), "--web-workers", "1")
        process = self.start("web", *one, *options, **switches)
        self.wait_until_ready()
        return process

    def worker(self, **switches: str) -> psutil.Popen:
        """Start the worker alone, for every lane."""
        return self.start("worker", **switches)

    def wait_until_ready(self) -> None:
        """Wait for a 200 at /readyz."""
        wait_for(lambda: self.ready() == 200, timeout=START)

    def ready(self) -> int | None:
        """The status of /readyz on a connection of its own, None without an answer."""
        url = f"http://127.0.0.1:{self.port}/readyz"
        try:
            answer = http.request("GET", url, headers=_ALONE, retries=False, timeout=5.0)
            return answer.status
        except urllib3.exceptions.HTTPError:
            return None

    def members(self) -> dict[str, list[psutil.Process]]:
        """The living processes by what they are: supervisor, master, web, bulk."""
        found: dict[str, list[psutil.Process]] = {}
        for process in self._started:
            for role, member in _roles(process):
                found.setdefault(role, []).append(member)
        return found

    def kill(self, role: str, rng: random.Random) -> None:
        """`kill -9` one of them."""
        victim = rng.choice(self.members()[role])
        victim.kill()
        self.kills[role] = self.kills.get(role, 0) + 1

    def put(self, *batch: Event) -> None:
        """Save events as the webhook would, without a web server; they count as acknowledged."""
        self.line.deliver(batch)
        with self.app.app_context():
            put.put(accounts.find("main").id, batch)
        self.line.acknowledged(batch)

    def handle(self) -> None:
        """Handle what is in the inbox, here and now."""
        with self.app.app_context():
            self.app.extensions["lanes"]["inbox"].drain()

    def send(self) -> None:
        """Make the calls that are due, here and now."""
        with self.app.app_context():
            self.app.extensions["lanes"]["outbox"].drain()

    def states(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many rows of the inbox and of the outbox are in which state."""
        with self.app.app_context():
            return inbox.counts(), outbox.counts()

    def drain(self, *, timeout: float = 60.0) -> bool:
        """Wait until no row is open; answers False if that did not happen in time."""
        deadline = time.monotonic() + timeout
        while self.open_rows():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def open_rows(self) -> int:
        """How many rows are not finished."""
        events, calls = self.states()
        waiting = sum(events.get(name, 0) for name in ("pending", "running"))
        return waiting + sum(calls.get(name, 0) for name in ("pending", "sending"))

    def end(self) -> None:
        """Kill whatever is left of what was started here."""
        groups = {group for started in self._started for group in _groups(started)}
        for group in groups:
            _ignoring_gone(lambda: os.killpg(group, signal.SIGKILL))  # noqa: B023
        wait_for(lambda: not _alive(groups))
        for started in self._started:
            started.wait(10)
        self._started = []

    def tail(self) -> str:
        """The end of what the processes wrote."""
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""


@contextmanager
def rig(database_url: str, folder: Path, *, seeded: bool = True) -> Iterator[Rig]:
    """An installation on a database, with the demo shop's data if `seeded`; nothing runs yet."""
    with line() as platform:
        env = _environment(database_url, platform)
        given = {name.lower(): value for name, value in env.items()}
        fields = {name: value for name, value in given.items() if name in Settings.model_fields}
        app = create_app(Settings.model_validate(fields))
        if seeded:
            done = app.test_cli_runner().invoke(args=["seed"], catch_exceptions=False)
            assert done.exit_code == 0, done.output
        built = Rig(app, env, platform, folder / "processes.log")
        try:
            yield built
        finally:
            built.end()
            app.extensions["lanes"]["outbox"].close()
            with app.app_context():
                app.extensions["lanes"]["menus"].close()
                db.engine.dispose()


def seed() -> int:
    """The seed of this run's dice: FAULT_SEED, else a new one; tests print it."""
    given = os.environ.get("FAULT_SEED")
    return int(given) if given else random.SystemRandom().randrange(2**32)


def died(process: psutil.Popen) -> bool:
    """Whether the process has ended by SIGKILL."""
    return bool(process.poll() == -signal.SIGKILL)


def _environment(database_url: str, platform: Line) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "DATABASE_URL": database_url,
        "SECRET_KEY": "only-for-tests-only-for-tests",
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "LINE_API_BASE": platform.url,
        "LINE_CHANNEL_SECRET": platform.account.channel_secret,
        "LINE_CHANNEL_ACCESS_TOKEN": platform.account.access_token,
        "LINE_BOT_USER_ID": platform.account.bot_user_id,
        "LOG_LEVEL": "WARNING",
        "LEASE_SECONDS": str(LEASE),
    }


def _roles(process: psutil.Popen) -> Iterator[tuple[str, psutil.Process]]:
    """The process and its family, each with its role."""
    try:
        for member in _with_children(process):
            if member.status() != psutil.STATUS_ZOMBIE and (role := _role(member)):
                yield role, member
    except psutil.NoSuchProcess:
        return


def _role(member: psutil.Process) -> str | None:
    words: Sequence[str] = member.cmdline()
    if "serve" in words:
        return "supervisor"
    if "worker" in words:
        return "bulk"
    if "web" not in words:
        return None
    parent = member.parent()
    return "web" if parent and "web" in parent.cmdline() else "master"


def _with_children(process: Any) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _groups(process: Any) -> Iterator[int]:
    """The process groups of the process and its family.

    Only a whole group can be killed without missing a member that is just being forked.
    """
    for member in _with_children(process):
        try:
            yield os.getpgid(member.pid)
        except ProcessLookupError:
            continue


def _alive(groups: set[int]) -> bool:
    """Whether a process of these groups still runs; orphans are ours (processes.adopt_orphans)."""
    ours = psutil.Process().children(recursive=True)
    return any(group in groups for group in map(_living_group, ours))


def _living_group(process: psutil.Process) -> int | None:
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return os.getpgid(process.pid) if alive else None
    except (psutil.NoSuchProcess, ProcessLookupError):
        return None


def _ignoring_gone(action: Any) -> None:
    try:
        action()
    except ProcessLookupError:
        return
