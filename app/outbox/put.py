"""Note what we intend to say or do at LINE. The sender does it after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app import clock
from app.db import changed, insert_once, transaction, wake_after_commit
from app.outbox.models import OutboxItem

MOST_RECIPIENTS = 500  # LINE: one multicast reaches at most 500 people.


@dataclass(frozen=True)
class Notice:
    """Something to say, by name; app/messages has the words."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipient:
    """Where it goes: a userId, group or room at one account, and the person if we know them."""

    account_id: int
    line_id: str | None
    person_id: int | None = None


@dataclass(frozen=True)
class ReplyToken:
    """LINE's permission to answer one event, once, until a moment."""

    token: str
    until: datetime


def say(
    notices: Sequence[Notice],
    to: Recipient,
    *,
    dedupe: str,
    cause: str | None = None,
    reply: ReplyToken | None = None,
    until: datetime | None = None,
) -> bool:
    """Queue notices as one message, a reply where there is a token, else a push.

    `dedupe` names the intention: the same one queued again does nothing and answers False. From
    `until` on it is not sent any more.
    """
    return _add(
        to,
        notices,
        lane="outbox",
        route="reply" if reply else "push",
        dedupe=dedupe,
        cause=cause,
        reply_token=reply.token if reply else None,
        reply_until=reply.until if reply else None,
        expires_at=until,
    )


def withdraw(cause: str, notice: str) -> None:
    """What this cause made us mean to say is not true any more: where it waits, it is not sent."""
    ours = update(OutboxItem).where(OutboxItem.cause == cause, OutboxItem.notice == notice)
    with transaction():
        changed(ours.where(OutboxItem.state == "pending").values(expires_at=clock.now()))


def say_to_many(notice: Notice, account_id: int, line_ids: Sequence[str], *, dedupe: str) -> bool:
    """Queue one notice with the same words for up to 500 people; raises ValueError beyond that."""
    if not 1 <= len(line_ids) <= MOST_RECIPIENTS:
        raise ValueError(f"a multicast has 1 to {MOST_RECIPIENTS} recipients")
    return _add(
        Recipient(account_id, None),
        [notice],
        lane="bulk",
        route="multicast",
        dedupe=dedupe,
        recipients=list(line_ids),
    )


def fetch_profile(
    of: Recipient, *, dedupe: str, cause: str | None = None, waited_for: bool = True
) -> bool:
    """Queue a look at LINE's profile of a person.

    `waited_for`: what is said to them next waits for it, once.
    """
    return _add(
        of,
        [Notice("profile")],
        lane="bulk",
        route="profile",
        dedupe=dedupe,
        cause=cause,
        holds_back=waited_for,
    )


def fetch_link_token(
    of: Recipient, *, dedupe: str, cause: str | None = None, reply: ReplyToken | None = None
) -> bool:
    """Queue a request for LINE's link token; the way to the login of the member site follows it.

    With `reply` that is said as a reply.
    """
    return _add(
        of,
        [Notice("linkToken")],
        lane="outbox",
        route="linkToken",
        dedupe=dedupe,
        cause=cause,
        reply_token=reply.token if reply else None,
        reply_until=reply.until if reply else None,
    )


def _add(to: Recipient, notices: Sequence[Notice], *, lane: str, **columns: Any) -> bool:
    with transaction():
        now = clock.now()
        added = insert_once(
            OutboxItem,
            account_id=to.account_id,
            recipient=to.line_id,
            person_id=to.person_id,
            lane=lane,
            notice=notices[0].name,
            notices=[{"notice": notice.name, "data": notice.data} for notice in notices],
            state="pending",
            attempts=0,
            fence=0,
            due_at=now,
            created_at=now,
            unsure=False,
            **{"holds_back": True} | columns,
        )
        if added:
            wake_after_commit(lane)
        return added
