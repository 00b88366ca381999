"""What LINE is to be told about people, in as few calls as it takes, and what became of a call."""

import logging
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from app import clock
from app.claims import backoff
from app.domain.accounts import queries as accounts
from app.domain.accounts import service
from app.domain.menus import work
from app.domain.menus.work import Row
from app.domain.people import queries as people
from app.line.channel import Channel
from app.line.errors import LineError
from app.line.limits import RATES, RICHMENU_USERS
from app.line.richmenus import tell_many, tell_one
from app.outbox import rates
from app.richmenu.shelf import Shelf, onlookers

log = logging.getLogger(__name__)

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")

_LONGEST_WAIT: Final = 16.0  # Seconds: within a minute of its recovery LINE must be right (P13).
_RATE_WAIT: Final = 1.0
# LINE works on a call for many for some seconds; a later call for one of them must not overtake it.
_BULK_REST: Final = 5.0
# How long a call may take (LINE's time-outs are 2 s and 5 s), where the lease is long enough.
_CALL_SECONDS: Final = min(8.0, 0.4 * work.LEASE.total_seconds())


@dataclass(frozen=True)
class Call:
    """One call: these people are to see this menu, None is the account's default."""

    account_id: int
    menu_id: int | None
    line_id: str | None
    rows: tuple[Row, ...]
    user_ids: tuple[str, ...]

    @property
    def single(self) -> bool:
        """Whether it is the call for one person."""
        return len(self.rows) == 1

    @property
    def bucket(self) -> str:
        """What its rate is counted by."""
        verb = "link" if self.menu_id else "unlink"
        return f"menu_{verb}" if self.single else f"menu_bulk_{verb}"


@dataclass(frozen=True)
class Decided:
    """The calls to make, and the people who see what they should see."""

    calls: list[Call]
    right: list[Row]


def decide(rows: Sequence[Row]) -> Decided:
    """Hold what LINE was told about these people against what they should see now."""
    decided = Decided([], [])
    for account_id, some in _grouped(rows, lambda row: row.account_id):
        slug = accounts.slugs()[account_id]
        shelf = Shelf(account_id, slug, clock.now())
        known = onlookers(slug, [row.person_id for row in some])
        wrong: list[tuple[Row, int | None]] = []
        for row in some:
            person = known[row.person_id]
            keeps = shelf.right(person, row.told_id, switched=row.switched)
            if keeps and (row.certain or not shelf.live):
                decided.right.append(row)
            else:
                wrong.append((row, shelf.wanted(person)))
        decided.calls.extend(_calls(account_id, shelf, wrong))
    return decided


def admit(calls: Iterable[Call]) -> list[Call]:
    """Inside a transaction: those that LINE's rates let through now; the others are put back."""
    admitted: list[Call] = []
    for (account_id, bucket), some in _grouped(calls, lambda call: (call.account_id, call.bucket)):
        rate = RATES["other"].per_second
        granted = rates.take(account_id, bucket, len(some), per_second=rate)
        admitted += some[: granted.calls]
        for call in some[granted.calls :]:
            _again(call, wait=granted.wait, why="rate", counted=False)
    return admitted


def make(call: Call, channel: Channel) -> LineError | None:
    """Make the call; a refusal is a result like any other."""
    try:
        if call.single:
            tell_one(channel, call.user_ids[0], call.line_id)
        else:
            tell_many(channel, call.user_ids, call.line_id)
    except LineError as refusal:
        return refusal
    return None


def still_ours(call: Call) -> bool:
    """Whether the call can end before somebody else may take these people up."""
    left = min(row.due_at for row in call.rows) - clock.now()
    return left.total_seconds() > _CALL_SECONDS


def settle(call: Call, refusal: LineError | None, access_token: str) -> None:
    """Inside a transaction: save what came of a call."""
    if refusal is None:
        rest = 0.0 if call.single else _BULK_REST
        kept = work.told([(row, call.menu_id) for row in call.rows], rest=rest)
        if kept != len(call.rows):
            log.warning("lease lost", extra=_about(call, lost=len(call.rows) - kept))
        return
    log.warning("menu not told", extra=_about(call, why=str(refusal)))
    match refusal.kind:
        case "rate" | "monthly":
            wait = refusal.retry_after or _RATE_WAIT
            rates.block(call.account_id, call.bucket, wait)
            _again(call, wait=wait, why="rate", counted=False)
        case "auth":
            _pause(call, str(refusal), access_token)
        case "server" | "unknown_outcome":
            tries = max(row.attempts for row in call.rows)
            wait = backoff(tries, longest=_LONGEST_WAIT).total_seconds()
            _again(call, wait=wait, why=str(refusal), counted=True)
        case _ if call.single:
            work.failed(call.rows, why=str(refusal))
        case _:
            # LINE does not say which of them it does not know, so each is told on its own.
            work.again(call.rows, wait=0.0, why=str(refusal), counted=True, urgent=True)


def _pause(call: Call, why: str, access_token: str) -> None:
    # The token may have been replaced while we still remembered the old one.
    if accounts.speaker(call.account_id).access_token == access_token:
        service.pause(call.account_id, "all", why)
        log.error("account paused", extra=_about(call, why=why))
    accounts.known_speaker.forget(call.account_id)
    _again(call, wait=_RATE_WAIT, why=why, counted=False)


def _again(call: Call, *, wait: float, why: str, counted: bool) -> None:
    urgent = [row for row in call.rows if row.urgent]
    others = [row for row in call.rows if not row.urgent]
    work.again(urgent, wait=wait, why=why, counted=counted, urgent=True)
    work.again(others, wait=wait, why=why, counted=counted, urgent=False)


def _calls(
    account_id: int, shelf: Shelf, wrong: Sequence[tuple[Row, int | None]]
) -> Iterator[Call]:
    users = people.user_ids([row.person_id for row, _menu in wrong])
    for menu_id, pairs in _grouped(wrong, lambda pair: pair[1]):
        line_id = shelf.line_ids[menu_id] if menu_id else None
        alone = [row for row, _menu in pairs if row.urgent]
        many = [row for row, _menu in pairs if not row.urgent]
        chunks = [many[at : at + RICHMENU_USERS] for at in range(0, len(many), RICHMENU_USERS)]
        for rows in [*([row] for row in alone), *chunks]:
            ids = tuple(users[row.person_id] for row in rows)
            yield Call(account_id, menu_id, line_id, tuple(rows), ids)


def _grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> list[tuple[Key, list[Item]]]:
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return list(groups.items())


def _about(call: Call, **more: object) -> dict[str, object]:
    people = {"people": len(call.rows), "menu": call.menu_id}
    return {"action": "menus.tell", "account": call.account_id, **people, **more}
