"""When jobs of the clock are due: a row a job, so that of many clocks only one runs it."""

from datetime import datetime

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, UtcDateTime, changed, insert_once, transaction


class JobRun(Base):
    """The next time a job is due."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


def take(name: str, every: float) -> bool:
    """Whether the job is due and ours to run now; if so it is next due in `every` seconds."""
    with transaction():
        if insert_once(JobRun, name=name, due_at=clock.after(every)):
            return True
        due = update(JobRun).where(JobRun.name == name, JobRun.due_at <= clock.now())
        return changed(due.values(due_at=clock.after(every))) == 1
