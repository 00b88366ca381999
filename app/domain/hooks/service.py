"""Verbs about endpoints: add, change, end one; repeat what was not taken."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Update, func, select, update
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.db import changed, db, transaction, wake_after_commit
from app.domain.audit import service as audit
from app.domain.hooks import limits, rules
from app.domain.hooks.errors import NoSuchDelivery, NoSuchEndpoint, TooManyEndpoints
from app.domain.hooks.models import HookDelivery, HookEndpoint
from app.domain.hooks.work import LANE
from app.domain.shops import service as shops
from app.egress.address import target
from app.facts import feed


@dataclass(frozen=True)
class NewEndpoint:
    """Where to tell what. Without an account: the facts of all. `local`: as the settings say."""

    url: str
    kinds: Collection[str]
    account_id: int | None = None
    local: bool = False


def add(new: NewEndpoint) -> int:
    """Tell these facts there from now on; answers the id.

    Raises BadAddress, BadKinds, TooManyEndpoints.
    """
    target(new.url, local=new.local)
    wanted, place = rules.kinds(new.kinds), feed.newest()
    with transaction():
        shops.lock()
        living = select(func.count()).select_from(HookEndpoint).filter_by(deleted_at=None)
        if (db.session.scalar(living) or 0) >= limits.ENDPOINTS:
            raise TooManyEndpoints(f"{limits.ENDPOINTS} endpoints")
        row = HookEndpoint(
            account_id=new.account_id,
            url=new.url,
            kinds=wanted,
            secret=rules.new_secret(),
            cursor=place,
            made_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
        _note("hooks.added", row)
        return row.id


def change(
    endpoint_id: int,
    *,
    url: str | None = None,
    kinds: Collection[str] | None = None,
    active: bool | None = None,
    local: bool = False,
) -> None:
    """Change what is given. What happened while an endpoint was off is told when it is on again.

    Raises NoSuchEndpoint, BadAddress, BadKinds.
    """
    with transaction():
        row = _locked(endpoint_id)
        if url is not None:
            target(url, local=local)
            row.url = url
        if kinds is not None:
            row.kinds = rules.kinds(kinds)
        if active is not None:
            row.off_at = None if active else row.off_at or clock.now()
            row.off_reason = None if active else row.off_reason or "switched off"
        row.failures, row.rests_until = 0, None
        db.session.flush()
        wake_after_commit(LANE)
        _note("hooks.changed", row)


def delete(endpoint_id: int) -> None:
    """Tell nothing there any more; what waits is cancelled. Raises NoSuchEndpoint."""
    with transaction():
        row = _locked(endpoint_id)
        row.deleted_at = clock.now()
        ending = _of(endpoint_id).where(HookDelivery.finished_at.is_(None))
        gone = {"fence": HookDelivery.fence + 1, "finished_at": clock.now()}
        db.session.execute(ending.values(state="cancelled", outcome="endpoint deleted", **gone))
        db.session.flush()
        _note("hooks.deleted", row)


def replay(delivery_id: int) -> None:
    """Send one once more, with all its tries, also if it was taken.

    Raises NoSuchDelivery, also where its endpoint is no more.
    """
    one = update(HookDelivery).where(HookDelivery.id == delivery_id)
    if _again(one.where(HookDelivery.state != "cancelled")) != 1:
        raise NoSuchDelivery(f"delivery {delivery_id}")


def replay_dead(endpoint_id: int) -> int:
    """Send once more all that an endpoint did not take; answers how many."""
    return _again(_of(endpoint_id).where(HookDelivery.state == "dead"))


def reseal() -> int:
    """Seal the secrets anew with the newest key; answers how many."""
    with transaction():
        rows = list(db.session.scalars(select(HookEndpoint)))
        for row in rows:
            flag_modified(row, "secret")
        return len(rows)


def _again(which: Update) -> int:
    living = select(HookEndpoint.id).where(HookEndpoint.deleted_at.is_(None))
    which = which.where(HookDelivery.endpoint_id.in_(living))
    # A higher fence: whoever is sending it at this moment may not end it.
    due = {"state": "pending", "attempts": 0, "due_at": clock.now(), "finished_at": None}
    with transaction():
        wake_after_commit(LANE)
        return changed(which.values(fence=HookDelivery.fence + 1, **due))


def _of(endpoint_id: int) -> Update:
    return update(HookDelivery).where(HookDelivery.endpoint_id == endpoint_id)


def _locked(endpoint_id: int) -> HookEndpoint:
    row = db.session.get(HookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
    if row is None or row.deleted_at is not None:
        raise NoSuchEndpoint(f"endpoint {endpoint_id}")
    return row


def _note(action: str, row: HookEndpoint) -> None:
    about = f"endpoint/{row.id}"
    audit.note(action, actor=None, about=about, account_id=row.account_id, kinds=row.kinds)
