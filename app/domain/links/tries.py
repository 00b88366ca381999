"""Counting tries: five within fifteen minutes for each member and each LINE user.

A try is noted before its proof is looked at and given back if it was right. Whoever tries at the
same moment waits for the lock of the person and of the members, so that all tries are counted.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select

from app import clock
from app.db import db
from app.domain.links import limits, rules
from app.domain.links.errors import TooManyTries
from app.domain.links.models import LinkTry
from app.domain.members import service as members
from app.domain.people import service as people
from app.faults import unsafe

Kind = Literal["wrong", "sent"]


def subjects(person_id: int, member_ids: Sequence[int], who_hash: str) -> list[str]:
    """Whose tries these are. What nobody is known by is counted as if somebody were."""
    about = [f"member/{member_id}" for member_id in member_ids] or [f"who/{who_hash}"]
    return [f"person/{person_id}", *about]


def take(person_id: int, member_ids: Sequence[int], who_hash: str, kind: Kind) -> list[int]:
    """Note a try inside the open transaction, or raise TooManyTries; answers the rows' ids."""
    if not unsafe("uncounted_tries"):
        people.lock(person_id)
        members.lock(member_ids)
    whose = subjects(person_id, member_ids, who_hash)
    wait = max(rules.wait(_recent(subject, kind), clock.now()) for subject in whose)
    if wait:
        raise TooManyTries(wait)
    rows = [LinkTry(subject=subject, kind=kind, at=clock.now()) for subject in whose]
    db.session.add_all(rows)
    db.session.flush()  # The caller gives them back by their ids.
    return [row.id for row in rows]


def give_back(try_ids: Collection[int]) -> None:
    """The proof was right: these tries do not count."""
    db.session.execute(delete(LinkTry).where(LinkTry.id.in_(try_ids)))


def left(person_id: int, member_ids: Sequence[int], who_hash: str) -> int:
    """How many wrong tries remain for whoever has fewest."""
    whose = subjects(person_id, member_ids, who_hash)
    most = max(len(_recent(subject, "wrong")) for subject in whose)
    return max(0, limits.TRIES - most)


def used_up(member_id: int) -> bool:
    """Whether no try is left for this member."""
    return len(_recent(f"member/{member_id}", "wrong")) >= limits.TRIES


def _recent(subject: str, kind: Kind) -> list[datetime]:
    since = clock.now() - rules.WINDOW
    wanted = select(LinkTry.at).filter_by(subject=subject, kind=kind).where(LinkTry.at > since)
    return list(db.session.scalars(wanted))
