"""The one verb of the audit log: note what was done."""

from typing import Any, Protocol

from sqlalchemy import insert, select, update

from app import clock
from app.db import db, insert_once, run, run_together, transaction
from app.domain.audit import rules
from app.domain.audit.models import AuditEntry, AuditHead
from app.prepared import Prepared

_HEAD = 1
_REASON = 300


class Doer(Protocol):
    """Who did it: domain/staff's Actor."""

    @property
    def staff_id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def session_id(self) -> int: ...


def note(
    action: str,
    *,
    actor: Doer | None,
    about: str | None = None,
    store_id: int | None = None,
    account_id: int | None = None,
    reason: str | None = None,
    network: str | None = None,
    **data: Any,
) -> None:
    """Note in the caller's transaction, as its last statement, that `actor` did `action`.

    There is one chain, and who adds to it holds its end until the commit: a statement after this
    one lets others wait. `about` names what it was done to ("member/12"); `data` holds ids and
    figures as JSON, no names, no secrets, no floats. `actor` is None for commands and for people
    who have not logged in. `reason` is cut after 300 characters.
    """
    with transaction():
        db.session.flush()  # What the caller still holds back shall not wait behind the lock.
        head = _head()
        entry = {
            "id": head.entry_id + 1,
            "at": clock.now(),
            "action": action,
            "staff_id": actor.staff_id if actor else None,
            "role": actor.role if actor else None,
            "session_id": actor.session_id if actor else None,
            "about": about,
            "store_id": store_id,
            "account_id": account_id,
            "reason": reason[:_REASON] if reason else None,
            "network": network,
            "data": data,
        }
        told = rules.link(head.hash, entry)
        run_together(
            (_ADD, {**entry, "prev_hash": head.hash, "hash": told}),
            (_MOVE, {"entry_id": entry["id"], "hash": told}),
        )


def _head() -> Any:
    found = run(_END, {})
    if not found.rows:
        insert_once(AuditHead, id=_HEAD, entry_id=0, hash=rules.BEGINNING)
        found = run(_END, {})
    return found.rows[0]


_END = Prepared(select(AuditHead.entry_id, AuditHead.hash).with_for_update())
_ADD = Prepared(insert(AuditEntry).inline())
_MOVE = Prepared(update(AuditHead).where(AuditHead.id == _HEAD))
