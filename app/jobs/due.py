"""Run the jobs that are due, each by one process, however many clocks there are."""

import logging

from app import schedule
from app.jobs.table import JOBS

log = logging.getLogger(__name__)


def run_due() -> None:
    """Run every job whose time has come. Jobs may be repeated without harm."""
    for name, every, job in JOBS:
        if schedule.take(name, every):
            log.info("job ran", extra={"action": "job.ran", "job": name, "rows": job()})
