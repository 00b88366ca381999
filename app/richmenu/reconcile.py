"""The lane that brings LINE to the menus people should see, whatever changed and failed before."""

import logging
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from flask import Flask, current_app

from app.db import fresh_look, transaction
from app.domain.accounts import queries as accounts
from app.domain.links import queries as links
from app.domain.menus import boards, service, work
from app.domain.menus import queries as menus
from app.domain.menus.queries import Board
from app.domain.menus.work import Row
from app.errors import Unavailable
from app.faults import crash_point
from app.line.channel import Channel
from app.line.errors import LineError
from app.richmenu import settling, telling
from app.richmenu.looks import sweep, verify
from app.richmenu.telling import Call

log = logging.getLogger(__name__)

_AT_ONCE = 500  # People taken at a time; keeps the transaction near 5 ms, and fills a bulk call.
_MEMBERS = 100
_PATIENCE = 30.0  # Seconds for what is under way to end.

Ended = Future[LineError | None]


class Menus:
    """The lane `menus`. At most `slots` calls about people are under way at a time."""

    name = service.LANE

    def __init__(self, *, slots: int = 32) -> None:
        self._slots = slots
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="menus")
        self._calls: dict[Ended, tuple[Call, Channel]] = {}
        self._boards: dict[Future[Any], int] = {}
        self._ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._ready: Callable[[], None] = _nobody

    def when_ready(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever something under way has ended, so that `run` can go on."""
        self._ready = wake

    def run(self) -> int:
        """Save what has ended, look at what changed, tell LINE; answers how much that moved."""
        ended = self._now_ended()
        moved = len(ended) + self._look_at_changes()
        stopped = _stopped()
        free = self._slots - len(self._calls) + len(ended)
        if ended or (free > 0 and _any_due(stopped)):
            moved += self._turn_over(ended, free, stopped)
        return moved

    def drain(self) -> None:
        """Go on until nothing is due and nothing under way."""
        while self.run() or self._calls or self._boards:
            self._await_one()

    def close(self) -> None:
        """Begin nothing more; save the calls that are under way."""
        self._ready = _nobody
        while (self._calls or self._boards) and self._await_one():
            self._turn_over(self._now_ended(), 0, [])
        self._pool.shutdown(wait=False)

    def _look_at_changes(self) -> int:
        with fresh_look():
            touched, found = menus.members_touched(), menus.boards_with_work()
        moved = service.resolve(_MEMBERS, links.people_of) if touched else 0
        stopped = _stopped()
        busy = set(self._boards.values())
        for board in found:
            if board.account_id not in stopped:
                moved += sweep(board)
                if board.account_id not in busy:
                    self._begin_board(board)
        return moved

    def _begin_board(self, board: Board) -> None:
        """Do what has to ask LINE about the account as a whole, in a thread."""
        if settling.due(board):
            self._submit_board(board, settling.settle)
        elif board.verify_after is not None:
            self._submit_board(board, verify)

    def _submit_board(self, board: Board, ask: Callable[[Board], object]) -> None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        future = self._pool.submit(_inside, app, partial(ask, board))
        self._boards[future] = board.account_id
        future.add_done_callback(self._note)

    def _turn_over(self, ended: list[Future[Any]], free: int, stopped: Sequence[int]) -> int:
        """Save what has ended and take what is due; then find out what to tell about those."""
        calls = [future for future in ended if future in self._calls]
        if calls:
            crash_point("menus.answered_before_saved")
        with transaction():
            for future in calls:
                call, channel = self._calls[future]
                if not future.exception():
                    telling.settle(call, future.result(), channel.access_token)
            rows = _take(free, stopped)
        for future in ended:
            self._forget(future)
        if rows:
            crash_point("menus.claimed")
            self._tell(rows)
        return len(rows)

    def _tell(self, rows: Sequence[Row]) -> None:
        with fresh_look():
            decided = telling.decide(rows)
        with transaction():
            work.stay(decided.right)
            calls = telling.admit(decided.calls)
        for call in calls:
            channel = _channel(call.account_id)
            future = self._pool.submit(_made, call, channel)
            self._calls[future] = call, channel
            future.add_done_callback(self._note)

    def _forget(self, future: Future[Any]) -> None:
        # Not LINE's word but our own fault; what is still to do is due again.
        if error := future.exception():
            fault = None if isinstance(error, Unavailable) else error
            log.error("menus broke", exc_info=fault, extra={"action": "menus.broke"})
            if board := menus.board(self._boards.get(future, 0)):
                boards.settle_later(board)
        self._calls.pop(future, None)
        self._boards.pop(future, None)

    def _note(self, future: Future[Any]) -> None:
        self._ended.put(future)
        self._ready()

    def _now_ended(self) -> list[Future[Any]]:
        return [self._ended.get() for _ in range(self._ended.qsize())]

    def _await_one(self) -> bool:
        if not (self._calls or self._boards):
            return False
        try:
            self._ended.put(self._ended.get(timeout=_PATIENCE))
        except queue.Empty:
            return False
        return True


def _take(free: int, stopped: Sequence[int]) -> list[Row]:
    """Those whose own change it is come first; of the others as many as fill a call."""
    if free <= 0:
        return []
    urgent = work.take(free, urgent=True, stopped=stopped)
    if len(urgent) == free:
        return urgent
    return urgent + work.take(_AT_ONCE, urgent=False, stopped=stopped)


def _any_due(stopped: Sequence[int]) -> bool:
    return any(work.waiting(urgent=urgent, stopped=stopped) for urgent in (True, False))


def _stopped() -> list[int]:
    return sorted(account for account, what in accounts.paused_accounts().items() if what == "all")


def _channel(account_id: int) -> Channel:
    token = accounts.known_speaker(account_id).access_token
    return Channel(account_id, current_app.config["LINE_API_BASE"], token)


def _made(call: Call, channel: Channel) -> LineError | None:
    if not telling.still_ours(call):
        return LineError("server", message="not begun in time")
    try:
        return telling.make(call, channel)
    finally:
        crash_point("menus.told_before_saved")


def _inside(app: Flask, ask: Callable[[], object]) -> None:
    with app.app_context():
        ask()


def _nobody() -> None:
    """Nobody waits for this lane."""
