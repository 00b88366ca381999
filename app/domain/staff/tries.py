"""Counting tries. A try is noted before its proof is looked at, and taken back if it was right.

The counter is one row a subject, raised by one statement: tries at the same moment all count.
"""

from collections.abc import Mapping

from sqlalchemy import case, delete, update

from app import clock
from app.db import db, insertion, transaction
from app.domain.staff import limits, rules
from app.domain.staff.errors import TooOften
from app.domain.staff.models import StaffTries
from app.faults import unsafe

Most = Mapping[str, int]


def of_login(email: str, network: str | None) -> Most:
    """Subject -> how many tries it has, for a password."""
    return {rules.subject("login", email): limits.TRIES, **_of_network(network)}


def of_code(staff_id: int, network: str | None) -> Most:
    """The same for a second factor."""
    return {rules.subject("code", str(staff_id)): limits.TRIES, **_of_network(network)}


def of_letter(email: str, network: str | None) -> Most:
    """The same for letters that are asked for."""
    return {rules.subject("letter", email): limits.LETTERS, **_of_network(network)}


def take(tries: Most) -> None:
    """Note a try for each subject, in a transaction of its own; raises TooOften."""
    if unsafe("uncounted_logins"):
        return
    with transaction():
        # In one order, so that two tries never wait for each other.
        waits = [_raised(subject, tries[subject]) for subject in sorted(tries)]
    if max(waits):
        raise TooOften(max(waits))


def give_back(tries: Most) -> None:
    """The proof was right: inside the caller's transaction, forget this try."""
    for subject in sorted(tries):
        lower = update(StaffTries).where(StaffTries.subject == subject, StaffTries.count > 0)
        db.session.execute(lower.values(count=StaffTries.count - 1))


def forget(tries: Most) -> None:
    """The account was proved in another way: inside the caller's transaction, start anew."""
    db.session.execute(delete(StaffTries).where(StaffTries.subject.in_(tries)))


def _of_network(network: str | None) -> Most:
    return {rules.subject("network", network): limits.NETWORK_TRIES} if network else {}


def _raised(subject: str, most: int) -> int:
    now = clock.now()
    over = StaffTries.since <= now - rules.WINDOW
    raising = insertion(StaffTries).values(subject=subject, count=1, since=now)
    raising = raising.on_conflict_do_update(
        index_elements=["subject"],
        set_={
            "count": case((over, 1), else_=StaffTries.count + 1),
            "since": case((over, now), else_=StaffTries.since),
        },
    ).returning(StaffTries.count, StaffTries.since)
    count, since = db.session.execute(raising).one()
    return rules.wait(count, most, since, now)
