"""Which engine wakes the lanes: `embedded` or `celery`, by setting."""

from collections.abc import Sequence

from flask import Flask

from app.config import Settings
from app.engine.embedded import EmbeddedEngine
from app.engine.lanes import Engine, Lane


def install(app: Flask, settings: Settings, lanes: Sequence[Lane]) -> None:
    """Give the app its lanes, and the engine that hears of committed work."""
    app.extensions["lanes"] = {lane.name: lane for lane in lanes}
    app.extensions["engine"] = engine = _engine(app, settings)
    app.extensions["wake"] = engine.wake


def _engine(app: Flask, settings: Settings) -> Engine:
    if settings.engine == "embedded":
        return EmbeddedEngine(app)
    from app.engine.celery import CeleryEngine  # Only who uses Celery pays for importing it.

    return CeleryEngine(app, settings.broker_url)
