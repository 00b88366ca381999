"""The worker of the Celery engine: runs a lane when told so; beat runs the clock."""

from collections.abc import Sequence

from celery.signals import worker_process_init
from flask import Flask

from app.db import leave_to_child
from app.engine.celery import RUN, CeleryEngine
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
    worker_process_init.connect(lambda **_: leave_to_child(app), weak=False)
    sdk.warm_up()
    queues = ",".join(lanes)
    arguments = ["worker", f"--concurrency={_PROCESSES}", "--queues", queues, "--loglevel=WARNING"]
    quiet = ["--without-gossip", "--without-mingle"]
    engine.celery.worker_main(arguments + quiet + (["--beat"] if beat else []))


def _tasks(app: Flask, engine: CeleryEngine) -> None:
    @engine.celery.task(name=RUN)  # type: ignore[untyped-decorator]
    def work(lane: str) -> None:
        with app.app_context():
            app.extensions["lanes"][lane].drain()

    @engine.celery.task(name=_TICK)  # type: ignore[untyped-decorator]
    def tick() -> None:
        with app.app_context():
            run_due()


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
