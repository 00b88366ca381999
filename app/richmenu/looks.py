"""Looks at everybody of an account, some at a time: who should see another menu, and who does."""

import logging
import time
from contextlib import suppress

from app import clock
from app.domain.accounts import queries as accounts
from app.domain.menus import boards
from app.domain.menus import queries as menus
from app.domain.menus.queries import Board
from app.domain.people import queries as people
from app.line import richmenus
from app.line.channel import Channel
from app.line.errors import LineError
from app.richmenu.calls import channel_of
from app.richmenu.shelf import Shelf, onlookers

log = logging.getLogger(__name__)

_SWEPT = 500  # Keeps the transaction that makes them due near 5 ms.
_VERIFIED = 100  # One call each.
_TRIES = 4
_WAIT = 0.5  # Seconds before the second try of a call; the later ones wait longer.
_LONGEST_WAIT = 4.0


def sweep(board: Board) -> int:
    """Find those of the next 500 people whose menu should be another; answers how many were seen.

    Only of them LINE is told anything.
    """
    if board.sweep_after is None:
        return 0
    account_id = board.account_id
    friends = people.friends(account_id, after=board.sweep_after, limit=_SWEPT)
    slug = accounts.slugs()[account_id]
    shelf = Shelf(account_id, slug, clock.now())
    told = menus.told(account_id, friends)
    changing = []
    for person_id, person in onlookers(slug, friends).items():
        before = told.get(person_id)
        menu_id, switched = (before.menu_id, before.switched) if before else (None, False)
        if not shelf.right(person, menu_id, switched=switched):
            changing.append(person_id)
    last = friends[-1] if len(friends) == _SWEPT else None
    boards.swept(account_id, board.sweep_round, changing, last)
    return max(len(friends), 1)


def verify(board: Board) -> list[int]:
    """Ask LINE what the next 100 people see; answers those who see something else, to be mended.

    Whoever is about to be told anyway is passed over. Where LINE does not answer a call that was
    tried again, the comparison ends for the day.
    """
    if board.verify_after is None:
        return []
    account_id = board.account_id
    friends = people.friends(account_id, after=board.verify_after, limit=_VERIFIED)
    try:
        wrong = compared(account_id, friends)
    except LineError as refusal:
        why = {"action": "menus.verify", "account": account_id, "why": str(refusal)}
        log.warning("menus not compared", extra=why)
        boards.drifted(account_id, [], None)
        return []
    last = friends[-1] if len(friends) == _VERIFIED else None
    if wrong:
        log.warning("menus drifted", extra={"action": "menus.drift", "people": len(wrong)})
    boards.drifted(account_id, wrong, last)
    return wrong


def compared(account_id: int, person_ids: list[int]) -> list[int]:
    """Those of these people to whom LINE shows another menu than it was told. Raises LineError."""
    channel = channel_of(account_id)
    users = people.user_ids(person_ids)
    shown = {}
    for one in person_ids:
        with suppress(_NotTold):
            shown[one] = _shown(channel, users[one])
    # Read afterwards: what was told meanwhile is on its way, and no drift.
    told = menus.told(account_id, person_ids)
    slug = accounts.slugs()[account_id]
    shelf = Shelf(account_id, slug, clock.now())
    known = onlookers(slug, person_ids)
    ids = {line_id: menu_id for menu_id, line_id in shelf.line_ids.items()}
    wrong = []
    for person_id, line_id in shown.items():
        before = told.get(person_id)
        if before and before.open:
            continue
        # A tab may have led them elsewhere without our hearing of it.
        known_menu = line_id is None or line_id in ids
        right = shelf.right(known[person_id], ids.get(line_id or ""), switched=True)
        if not (known_menu and right):
            wrong.append(person_id)
    return wrong


class _NotTold(Exception):
    """LINE will not say what this one person sees."""


def _shown(channel: Channel, user_id: str) -> str | None:
    for tried in range(1, _TRIES + 1):
        try:
            return richmenus.of_user(channel, user_id)
        except LineError as refusal:
            # Among a hundred thousand calls a few fail, and nobody else is to miss theirs for it.
            if refusal.kind == "refused":
                raise _NotTold from refusal
            if tried == _TRIES or refusal.kind == "auth":
                raise
            time.sleep(min(refusal.retry_after or _WAIT * tried, _LONGEST_WAIT))
    raise AssertionError("the last try raises")
