"""Verbs about the menus we make at LINE: each step is saved, so that a later run goes on there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app import clock
from app.db import changed, db, insert_once, transaction
from app.domain.menus import service
from app.domain.menus.models import MenuBoard, RichMenu


@dataclass(frozen=True)
class Showing:
    """What is to be shown of one uploaded menu; `rule` as in RichMenu."""

    menu_id: int
    alias: str | None
    rule: dict[str, Any]
    shown_from: datetime | None
    shown_until: datetime | None


def begin(account_id: int, slug: str, hash: str) -> int:
    """Note that this version is going to be created at LINE, or was; answers its id."""
    with transaction():
        found = _version(account_id, slug, hash)
        if found is None:
            fresh = {"rule": {}, "state": "creating", "created_at": clock.now()}
            insert_once(RichMenu, account_id=account_id, slug=slug, hash=hash, **fresh)
            found = _version(account_id, slug, hash)
        assert found is not None  # We have just put it there.
        return found


def created(menu_id: int, line_id: str) -> None:
    """LINE has it, under this id."""
    with transaction():
        menu = db.session.get_one(RichMenu, menu_id)
        menu.line_id, menu.state = line_id, "created"


def uploaded(menu_id: int) -> None:
    """LINE has its picture too, so it can be shown."""
    with transaction():
        db.session.get_one(RichMenu, menu_id).state = "uploaded"


def gone(menu_id: int) -> None:
    """LINE does not have it any more."""
    with transaction():
        db.session.get_one(RichMenu, menu_id).state = "gone"


def publish(account_id: int, showing: Sequence[Showing]) -> bool:
    """Show exactly these from now on, others retire; answers False where that is so already."""
    with transaction():
        before = _picture(account_id)
        wanted = {each.menu_id: each for each in showing}
        for menu in _at_line(account_id):
            if menu.id in wanted:
                _show(menu, wanted[menu.id])
            else:
                menu.state = "retiring" if menu.line_id else "gone"
        db.session.flush()
        if _picture(account_id) == before:
            return False
        service.touch_account(account_id)
        _note_next_turn(account_id)
        return True


def turn(account_id: int) -> None:
    """The time has come at which one of the account's menus begins or ceases to be shown."""
    with transaction():
        service.touch_account(account_id)
        _note_next_turn(account_id)


def _note_next_turn(account_id: int) -> None:
    now = clock.now()
    live = select(RichMenu.shown_from, RichMenu.shown_until)
    turns = db.session.execute(live.filter_by(account_id=account_id, state="live"))
    ahead = [moment for row in turns for moment in row if moment and moment > now]
    board = update(MenuBoard).where(MenuBoard.account_id == account_id)
    changed(board.values(turns_at=min(ahead, default=None)))


def _show(menu: RichMenu, showing: Showing) -> None:
    menu.state, menu.alias, menu.rule = "live", showing.alias, showing.rule
    menu.shown_from, menu.shown_until = showing.shown_from, showing.shown_until


def _picture(account_id: int) -> list[tuple[object, ...]]:
    """All that decides about who sees what."""
    rows = _at_line(account_id)
    return [(m.id, m.state, m.alias, m.rule, m.shown_from, m.shown_until) for m in rows]


def _at_line(account_id: int) -> Sequence[RichMenu]:
    ours = select(RichMenu).filter_by(account_id=account_id).where(RichMenu.state != "gone")
    return db.session.scalars(ours.order_by(RichMenu.id)).all()


def _version(account_id: int, slug: str, hash: str) -> int | None:
    key = {"account_id": account_id, "slug": slug, "hash": hash}
    return db.session.scalar(select(RichMenu.id).filter_by(**key).where(RichMenu.state != "gone"))
