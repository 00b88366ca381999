"""The worker of the Celery engine: runs a lane when told so; beat runs the clock."""

import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from billiard import active_children
from celery.signals import beat_embedded_init, worker_process_init, worker_shutting_down
from flask import Flask

from app.cli.family import GRACE, end_with_parent
from app.db import leave_to_child
from app.engine.celery import RUN, CeleryEngine
from app.engine.lanes import Lane
from app.jobs.due import run_due
from app.line import sdk

_TICK = "tsunagu.tick"
_SWEEP = 2.0  # Seconds between looks at every lane, for wake-ups that were lost.
_CLOCK = 1.0
_PROCESSES = 2


def run(app: Flask, lanes: Sequence[str], *, beat: bool) -> None:
    """Run a Celery worker for these lanes until SIGTERM; with `beat` the clock as well."""
    engine: CeleryEngine = app.extensions["engine"]
    _tasks(app, engine)
    _schedule(engine, app.extensions["lanes"])
    _look_after_children(app)
    sdk.warm_up()
    queues = ",".join(lanes)
    arguments = ["worker", f"--concurrency={_PROCESSES}", "--queues", queues, "--loglevel=WARNING"]
    quiet = ["--without-gossip", "--without-mingle"]
    engine.celery.worker_main(arguments + quiet + (["--beat"] if beat else []))


def _look_after_children(app: Flask) -> None:
    parent = os.getpid()
    worker_process_init.connect(lambda **_: leave_to_child(app), weak=False)
    # A SIGTERM that comes while a child still has its parent's handlers is lost on the child.
    for born in (worker_process_init, beat_embedded_init):
        born.connect(lambda **_: end_with_parent(parent), weak=False)
    worker_shutting_down.connect(lambda **_: _end_in_time(), weak=False)


def _end_in_time() -> None:
    """Whatever the shutdown waits for, it ends in time (P19): rows in hand are due again.

    A child of billiard whose last result nobody reads any more waits for that half a minute.
    """
    threading.Thread(target=_give_up, name="give-up", daemon=True).start()


def _give_up() -> None:
    time.sleep(GRACE)
    for child in active_children():
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    os._exit(0)


def _tasks(app: Flask, engine: CeleryEngine) -> None:
    lanes: Mapping[str, Lane] = app.extensions["lanes"]
    lanes["outbox"].when_ready(_awaited)  # Thus the inbox takes answers along, without a broker.

    @engine.celery.task(name=RUN)  # type: ignore[untyped-decorator]
    def work(lane: str) -> None:
        with app.app_context():
            if lane == "inbox":
                with engine.at_hand("outbox"):
                    _answer(lanes["inbox"], lanes["outbox"])
            else:
                lanes[lane].drain()

    @engine.celery.task(name=_TICK)  # type: ignore[untyped-decorator]
    def tick() -> None:
        with app.app_context():
            run_due()


def _answer(inbox: Lane, outbox: Lane) -> None:
    """Handle all that is due; calls to LINE that were taken along end before this does."""
    while inbox.run():
        outbox.run()
    outbox.drain()


def _awaited() -> None:
    """A call has ended; whoever began it waits for it."""


def _schedule(engine: CeleryEngine, lanes: Sequence[str]) -> None:
    sweeps = {
        f"sweep {lane}": {
            "task": RUN,
            "args": (lane,),
            "schedule": _SWEEP,
            "options": {"queue": lane, "expires": _SWEEP},
        }
        for lane in lanes
    }
    clock = {"task": _TICK, "schedule": _CLOCK, "options": {"queue": "bulk", "expires": _CLOCK}}
    engine.celery.conf.beat_schedule = sweeps | {"clock": clock}
