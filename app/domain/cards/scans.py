"""Bad scans: ten within a minute for each device and each staff member, then a rest.

A scan is noted, and that is saved, before its code is looked at; a good one is taken away again. So
scans at the same moment all count, and no refusal that undoes its own transaction undoes the count.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import bindparam, delete, insert, select

from app import clock
from app.db import run, transaction
from app.domain.cards import limits, rules
from app.domain.cards.errors import Refused, TooManyScans
from app.domain.cards.models import CardScan
from app.prepared import Prepared


class Try:
    """A scan that is noted, and counts unless it proves good."""

    def __init__(self, noted: Sequence[int]) -> None:
        self._noted = noted
        self.good = False

    def prove(self) -> None:
        """Take the note back, in the open transaction or in one of its own."""
        with transaction():
            run(_TAKE_BACK, [{"which": each} for each in self._noted])
        self.good = True


@contextmanager
def counted(subjects: Sequence[str]) -> Iterator[Try]:
    """Do what is inside, outside of any transaction, and count it where it raises Refused.

    `subjects` are such as "staff/12" and "device/HASH". What is inside may `prove` the scan within
    its own transaction, which spares one. Raises TooManyScans before the work.
    """
    this = Try(_note(subjects))
    if wait := max(_wait(subject) for subject in subjects):
        this.prove()
        raise TooManyScans(wait)
    counts = done = False
    try:
        yield this
        done = True
    except Refused:
        counts = True
        raise
    finally:
        # Where the work failed its transaction was undone, and the proof with it.
        if not counts and not (done and this.good):
            this.prove()


def _note(subjects: Sequence[str]) -> list[int]:
    with transaction():
        notes = [{"subject": subject, "at": clock.now()} for subject in subjects]
        return [run(_NOTE, note).rows[0].id for note in notes]


def _wait(subject: str) -> int:
    seconds = limits.BAD_SCANS_SECONDS
    times = run(_RECENT, {"whose": subject, "since": clock.after(-seconds)}).rows
    # One more than the most, because this very scan is among them.
    most = limits.BAD_SCANS + 1
    return rules.wait([row.at for row in times], clock.now(), most=most, seconds=seconds)


_NOTE = Prepared(insert(CardScan).returning(CardScan.id))
_TAKE_BACK = Prepared(delete(CardScan).where(CardScan.id == bindparam("which")))
_RECENT = Prepared(
    select(CardScan.at).where(
        CardScan.subject == bindparam("whose"), CardScan.at > bindparam("since")
    )
)
