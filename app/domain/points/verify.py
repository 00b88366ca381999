"""Is the ledger whole? Every entry's hash again, from its figures and the hash before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import select, tuple_

from app.db import db
from app.domain.points import rules
from app.domain.points.models import PointAccount, PointEntry

_AT_ONCE = 5000

_E = PointEntry
_COLUMNS = (_E.id, _E.account_id, _E.seq, _E.transfer_id, _E.amount, _E.balance_after, _E.hash)


@dataclass
class Verified:
    """How many entries there are; ids of those that were changed, put in, or stand after a gap; and
    ids of the accounts whose newest entries are not there."""

    entries: int = 0
    wrong: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)


def verify() -> Verified:
    """Go through the chains of all accounts, some thousand entries at a time."""
    found = Verified()
    heads = select(PointAccount.id, PointAccount.head_hash).where(PointAccount.seq > 0)
    newest = {row.id: row.head_hash for row in db.session.execute(heads)}
    for account_id, chain in groupby(_entries(), key=lambda entry: entry.account_id):
        if _walk(chain, found) != newest.pop(account_id, None):
            found.cut.append(account_id)
    found.cut += newest
    return found


def _walk(chain: Iterable[Any], found: Verified) -> str:
    """Note what is wrong in the chain of one account; answers its last hash."""
    seq, before = 0, ""
    for entry in chain:
        figures = (entry.account_id, entry.seq, entry.transfer_id, entry.amount)
        told = rules.chained(before, *figures, entry.balance_after)
        if (entry.seq, entry.hash) != (seq + 1, told):
            found.wrong.append(entry.id)
        seq, before = entry.seq, entry.hash
        found.entries += 1
    return before


def _entries() -> Iterator[Any]:
    """All entries, account by account, oldest first."""
    place = tuple_(PointEntry.account_id, PointEntry.seq)
    wanted = select(*_COLUMNS).order_by(PointEntry.account_id, PointEntry.seq).limit(_AT_ONCE)
    after = (0, 0)
    while rows := db.session.execute(wanted.where(place > after)).all():
        yield from rows
        after = (rows[-1].account_id, rows[-1].seq)
