"""Verbs about an account's board: who may change its menus at LINE, and what is to be looked at."""

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, update

from app import clock
from app.claims import backoff
from app.db import changed, db, insert_once, transaction, wake_after_commit
from app.domain.menus.errors import MenusHeld
from app.domain.menus.models import MenuBoard
from app.domain.menus.queries import Board
from app.domain.menus.service import LANE, make_due
from app.domain.people.models import Friendship
from app.faults import lease

HOLD = lease(timedelta(seconds=30))
"""How long a process that died keeps others from an account's menus."""

_LONGEST_WAIT = 30.0
_LOOK = 0.2  # Seconds between looks whether the menus are free.


class Hold:
    """The right to change an account's menus at LINE; `renew` before each call."""

    def __init__(self, account_id: int) -> None:
        self._account_id = account_id
        self._name = uuid.uuid4().hex

    def take(self) -> bool:
        """Take it, unless another process has it."""
        free = or_(MenuBoard.held_until.is_(None), MenuBoard.held_until < clock.now())
        return self._set(free, held_by=self._name, held_until=clock.now() + HOLD)

    def renew(self) -> None:
        """Keep it; raises MenusHeld where another process has it by now."""
        if not self._set(MenuBoard.held_by == self._name, held_until=clock.now() + HOLD):
            raise MenusHeld(f"account {self._account_id}")

    def release(self) -> None:
        """Give it back."""
        self._set(MenuBoard.held_by == self._name, held_by=None, held_until=None)

    def _set(self, condition: ColumnElement[bool], **values: object) -> bool:
        board = update(MenuBoard).where(MenuBoard.account_id == self._account_id, condition)
        with transaction():
            return changed(board.values(**values)) == 1


@contextmanager
def held(account_id: int, *, patience: float = 0.0) -> Iterator[Hold]:
    """Hold the account's menus for the block; raises MenusHeld where another process does.

    Waits up to `patience` seconds for the other to end, or for the end of its hold if it died.
    """
    open_board(account_id)
    hold = Hold(account_id)
    until = time.monotonic() + patience
    while not hold.take():
        if time.monotonic() >= until:
            raise MenusHeld(f"account {account_id}")
        time.sleep(_LOOK)
    try:
        yield hold
    finally:
        hold.release()


def open_board(account_id: int) -> None:
    """From now on changes about this account's people leave rows."""
    with transaction():
        insert_once(MenuBoard, account_id=account_id, sweep_round=0, settle_tries=0)


def swept(account_id: int, round: int, changing: Sequence[int], last: int | None) -> None:
    """People were looked at, up to `last` (None: all were); those of `changing` are due.

    Does nothing if the looking has begun anew since `round`.
    """
    with transaction():
        board = db.session.get(MenuBoard, account_id, with_for_update=True, populate_existing=True)
        if board is None or board.sweep_round != round:
            return
        board.sweep_after = last
        _make_due(account_id, changing)
        wake_after_commit(LANE)


def drifted(account_id: int, person_ids: Sequence[int], last: int | None) -> None:
    """These people were compared with LINE up to `last`; of them, LINE shows these another menu."""
    with transaction():
        board = update(MenuBoard).where(MenuBoard.account_id == account_id)
        changed(board.where(MenuBoard.verify_after.is_not(None)).values(verify_after=last))
        doubt(account_id, person_ids)


def doubt(account_id: int, person_ids: Sequence[int]) -> None:
    """LINE shows these people something else than we believe: tell it again."""
    with transaction():
        _make_due(account_id, person_ids, sure=False)
        wake_after_commit(LANE)


def unsettle(account_id: int) -> None:
    """Look at aliases, default and deletions now."""
    _set_board(account_id, settle_at=clock.now(), settle_tries=0)


def settled(seen: Board, *, again_in: float | None) -> None:
    """They were looked at; `again_in` seconds for what has to wait for people to move.

    Does nothing where something changed since the board was `seen`.
    """
    again = None if again_in is None else clock.after(again_in)
    _set_board(seen.account_id, MenuBoard.settle_at == seen.settle_at, settle_at=again)


def settle_later(seen: Board) -> None:
    """LINE did not let us finish, once more."""
    tries = seen.settle_tries + 1
    again = clock.now() + backoff(tries, longest=_LONGEST_WAIT)
    same = MenuBoard.settle_at == seen.settle_at
    _set_board(seen.account_id, same, settle_at=again, settle_tries=tries)


def verify(account_id: int) -> None:
    """Compare all that LINE shows with what it should, from the first person on."""
    _set_board(account_id, verify_after=0, settle_at=clock.now(), settle_tries=0)


def _set_board(account_id: int, *which: ColumnElement[bool], **values: object) -> None:
    board = update(MenuBoard).where(MenuBoard.account_id == account_id, *which)
    with transaction():
        changed(board.values(**values))
        wake_after_commit(LANE)


def _make_due(account_id: int, person_ids: Sequence[int], *, sure: bool = True) -> None:
    if person_ids:
        these = Friendship.line_user_id.in_(person_ids)
        which = and_(Friendship.account_id == account_id, these)
        make_due(which, urgent=False, sure=sure, known=sure)
