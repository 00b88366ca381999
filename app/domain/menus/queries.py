"""Reads about menus, handed out as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from app import clock
from app.db import db
from app.domain.menus.models import MenuBoard, MenuMember, PersonMenu, RichMenu


@dataclass(frozen=True)
class Made:
    """A menu of ours at LINE, or on its way there; states and `rule` as in RichMenu."""

    id: int
    slug: str
    hash: str
    line_id: str | None
    alias: str | None
    rule: dict[str, Any]
    shown_from: datetime | None
    shown_until: datetime | None
    state: str


@dataclass(frozen=True)
class Board:
    """What is to be done about an account's menus, see MenuBoard."""

    account_id: int
    sweep_after: int | None
    sweep_round: int
    verify_after: int | None
    settle_at: datetime | None
    settle_tries: int
    turns_at: datetime | None


@dataclass(frozen=True)
class Told:
    """What LINE was last told about a person; `open` while it is to be told something."""

    menu_id: int | None
    sure: bool
    switched: bool
    open: bool


def at_line(account_id: int) -> list[Made]:
    """The account's menus that are not gone, oldest first."""
    columns = [getattr(RichMenu, name) for name in Made.__dataclass_fields__]
    ours = select(*columns).filter_by(account_id=account_id).where(RichMenu.state != "gone")
    return [Made(*row) for row in db.session.execute(ours.order_by(RichMenu.id))]


def ever(account_id: int) -> set[str]:
    """LINE's ids of all menus that we have ever made for this account."""
    ids = select(RichMenu.line_id).filter_by(account_id=account_id)
    return {line_id for line_id in db.session.scalars(ids) if line_id}


def board(account_id: int) -> Board | None:
    """The account's board, or None before menus were applied."""
    found = _boards(MenuBoard.account_id == account_id)
    return found[0] if found else None


def boards() -> list[Board]:
    """Every account's board."""
    return _boards()


def boards_with_work() -> list[Board]:
    """The boards of accounts about whose menus something is to be done now."""
    now = clock.now()
    return _boards(
        or_(
            MenuBoard.sweep_after.is_not(None),
            MenuBoard.verify_after.is_not(None),
            MenuBoard.settle_at <= now,
            MenuBoard.turns_at <= now,
        )
    )


def told(account_id: int, person_ids: Sequence[int]) -> dict[int, Told]:
    """Person id -> what LINE was last told, for those of whom it was told anything."""
    row = PersonMenu
    columns = (row.person_id, row.told_id, row.sure, row.switched, row.state)
    wanted = select(*columns).filter_by(account_id=account_id)
    found = db.session.execute(wanted.where(row.person_id.in_(person_ids)))
    return {
        person_id: Told(menu_id, sure, switched, state in ("pending", "telling"))
        for person_id, menu_id, sure, switched, state in found
    }


def counts(account_id: int) -> dict[str, int]:
    """State of a person's menu -> number of people."""
    number = func.count().label("number")
    rows = select(PersonMenu.state, number).filter_by(account_id=account_id)
    return {row.state: row.number for row in db.session.execute(rows.group_by(PersonMenu.state))}


def seen_by(account_id: int) -> dict[int, int]:
    """Menu id -> number of people whom LINE shows it as their own."""
    number = func.count().label("number")
    rows = select(PersonMenu.told_id, number).filter_by(account_id=account_id)
    rows = rows.where(PersonMenu.told_id.is_not(None)).group_by(PersonMenu.told_id)
    return {row.told_id: row.number for row in db.session.execute(rows)}


def reasons(account_id: int, limit: int = 5) -> list[str]:
    """Why LINE did not take some people's menus, the commonest reason first."""
    number = func.count().label("number")
    failed = select(PersonMenu.outcome, number).filter_by(account_id=account_id)
    failed = failed.where(PersonMenu.outcome.is_not(None)).group_by(PersonMenu.outcome)
    found = db.session.execute(failed.order_by(number.desc()).limit(limit))
    return [f"{row.outcome} ({row.number})" for row in found]


def moving(account_id: int) -> bool:
    """Whether somebody is still to be looked at, or LINE to be told about somebody."""
    board_ = board(account_id)
    if board_ is None:
        return False
    busy = select(PersonMenu.id).filter_by(account_id=account_id)
    busy = busy.where(PersonMenu.state.in_(("pending", "telling"))).limit(1)
    return board_.sweep_after is not None or db.session.scalar(busy) is not None


def members_touched() -> bool:
    """Whether something changed of a member whose people have not been looked for."""
    return db.session.scalar(select(MenuMember.id).limit(1)) is not None


def _boards(*which: Any) -> list[Board]:
    columns = [getattr(MenuBoard, name) for name in Board.__dataclass_fields__]
    found = select(*columns).where(*which).order_by(MenuBoard.account_id)
    return [Board(*row) for row in db.session.execute(found)]
