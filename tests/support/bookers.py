"""Several processes full of people who want the same thing at the same moment.

Processes are started once and are given orders, one a line: `begin` on the machine's monotonic
clock and the asks. Each answers how many came out how. Whoever gets no turn in time asks again with
the same cause, as a customer's phone would.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, NoReturn

from flask import Flask

from app.config import Settings
from app.db import db
from app.domain.reservations import offers, queries, service
from app.domain.reservations.asker import Customer
from app.domain.reservations.errors import SlotTaken
from app.domain.reservations.offer import Wanted
from app.errors import TsunaguError, Unavailable
from app.factory import create_app
from tests.support.tree import ROOT

PROCESSES, THREADS = 4, 12  # So many at once; PostgreSQL has 100 connections for all of them.
_LEAD = 0.05  # Seconds until all processes begin together.

Ask = dict[str, Any]


class Bookers:
    """Running processes: into each go orders, out of each come answers."""

    def __init__(self, pipes: Sequence[tuple[IO[str], IO[str]]]) -> None:
        self._pipes = pipes

    def rush(self, asks: Sequence[Ask]) -> Counter[str]:
        """Let all ask at once; answers outcome -> how many, refusals by their class."""
        begin = time.monotonic() + _LEAD
        for number, (orders, _) in enumerate(self._pipes):
            its = asks[number :: len(self._pipes)]
            orders.write(json.dumps({"begin": begin, "asks": its}) + "\n")
            orders.flush()
        answers = [json.loads(answers.readline()) for _, answers in self._pipes]
        return sum(map(Counter, answers), Counter())


@contextmanager
def bookers(settings: Settings, *, unsafe: str = "") -> Iterator[Bookers]:
    """Start the processes, and end them: one loads the product and becomes several."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = kept | {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "LINE_API_BASE": settings.line_api_base,
        "LOG_LEVEL": "ERROR",
        "UNSAFE": unsafe,
    }
    orders, answers = ([os.pipe() for _ in range(PROCESSES)] for _ in range(2))
    theirs = [
        end for (read, _), (_, write) in zip(orders, answers, strict=True) for end in (read, write)
    ]
    command = [sys.executable, "-m", "tests.support.bookers", *map(str, theirs)]
    process = subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=theirs)
    for end in theirs:
        os.close(end)
    ours = [
        (os.fdopen(write, "w"), os.fdopen(read))
        for (_, write), (read, _) in zip(orders, answers, strict=True)
    ]
    try:
        yield Bookers(ours)
    finally:
        for pair in ours:
            pair[0].close()
        process.wait(60)
        for pair in ours:
            pair[1].close()


def main() -> None:
    """Become several processes, each with its pair of pipes, and wait for their ends."""
    ends = list(map(int, sys.argv[1:]))
    children = [os.fork() or _work(*pair) for pair in zip(ends[::2], ends[1::2], strict=True)]
    for child in children:
        os.waitpid(child, 0)


def _work(orders: int, answers: int) -> NoReturn:
    """Take orders until there are no more."""
    app = create_app()
    work: queue.SimpleQueue[tuple[float, Ask]] = queue.SimpleQueue()
    done: queue.SimpleQueue[str] = queue.SimpleQueue()
    for _ in range(THREADS):
        threading.Thread(target=_clerk, args=(app, work, done), daemon=True).start()
    with os.fdopen(orders) as lines, os.fdopen(answers, "w") as out:
        for line in lines:
            order = json.loads(line)
            for ask in order["asks"]:
                work.put((order["begin"], ask))
            out.write(json.dumps(Counter(done.get() for _ in order["asks"])) + "\n")
            out.flush()
    os._exit(0)


def _clerk(app: Flask, work: Any, done: Any) -> None:
    with app.app_context():
        while True:
            begin, ask = work.get()
            time.sleep(max(0.0, begin - time.monotonic()))
            done.put(_outcome(ask))
            db.session.remove()


def _outcome(ask: Ask) -> str:
    while True:
        try:
            return str(_DOES[ask["do"]](ask))
        except Unavailable:
            db.session.rollback()  # No turn in time; the same cause again.
        except TsunaguError as refusal:
            return type(refusal).__name__
        except Exception as error:  # noqa: BLE001 - All count.
            return f"{type(error).__name__}: {error}"[:300]


def _customer(ask: Ask) -> Customer:
    return Customer(*ask["customer"])


def _book(ask: Ask) -> str:
    start = datetime.fromisoformat(ask["start"])
    service.book(_customer(ask), Wanted(**ask["wanted"]), start, cause=ask["cause"], origin="liff")
    return "booked"


def _hold(ask: Ask) -> str:
    start = datetime.fromisoformat(ask["start"])
    service.hold(_customer(ask), Wanted(**ask["wanted"]), start, cause=ask["cause"], origin="liff")
    return "held"


def _cancel(ask: Ask) -> str:
    service.cancel(_customer(ask), ask["code"], cause=ask["cause"], tell=False)
    return "cancelled"


def _confirm(ask: Ask) -> str:
    service.confirm(_customer(ask), ask["code"], cause=ask["cause"], tell=False)
    return "confirmed"


def _move(ask: Ask) -> str:
    start = datetime.fromisoformat(ask["start"])
    customer = _customer(ask)
    version = queries.booking(customer, ask["code"]).version
    service.move(customer, ask["code"], start, version=version, cause=ask["cause"], tell=False)
    return "moved"


def _rebook(ask: Ask) -> str:
    """Give one's own time back and take it again at once, if nobody else was quicker."""
    _cancel(ask)
    try:
        return _book(ask | {"cause": f"{ask['cause']}/again"})
    except SlotTaken:
        return "lost"


def _accept(ask: Ask) -> str:
    offers.accept(_customer(ask), ask["code"], cause=ask["cause"], tell=False)
    return "accepted"


def _decline(ask: Ask) -> str:
    offers.decline(_customer(ask), ask["code"], cause=ask["cause"])
    return "declined"


_DOES = {
    "book": _book,
    "hold": _hold,
    "cancel": _cancel,
    "confirm": _confirm,
    "move": _move,
    "rebook": _rebook,
    "accept": _accept,
    "decline": _decline,
}

if __name__ == "__main__":
    main()
