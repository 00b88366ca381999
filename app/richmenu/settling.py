"""Brings what an account has as a whole to what it should be: aliases, default, deletions.

Everything here may be repeated and may stop anywhere: the next time goes on from what LINE has.
"""

import logging
from dataclasses import dataclass

from app import clock
from app.domain.menus import boards, made
from app.domain.menus import queries as menus
from app.domain.menus.errors import MenusHeld
from app.domain.menus.queries import Board
from app.faults import crash_point
from app.line.errors import LineError
from app.richmenu.calls import Calls, RateUsedUp
from app.richmenu.drift import Drift, drift

log = logging.getLogger(__name__)

_SOON = 2.0  # Seconds between looks whether everybody has left a menu that retires.


@dataclass(frozen=True)
class Settled:
    """What was done, by alias, slug or LINE's name; `waiting`: old menus that people still see."""

    aliases: list[str]
    default: bool
    deleted: list[str]
    waiting: list[str]


def due(board: Board) -> bool:
    """Whether there is something to settle now."""
    moments = [moment for moment in (board.settle_at, board.turns_at) if moment]
    return any(moment <= clock.now() for moment in moments)


def settle(board: Board) -> None:
    """Settle an account, and note when to look again. Raises nothing of LINE's."""
    account_id = board.account_id
    if board.turns_at and board.turns_at <= clock.now():
        made.turn(account_id)
    seen = menus.board(account_id) or board
    try:
        with boards.held(account_id) as hold:
            done = put_right(account_id, Calls(account_id, before=hold.renew))
    except MenusHeld:
        boards.settled(seen, again_in=_SOON)
    except (LineError, RateUsedUp) as refusal:
        why = {"action": "menus.settle", "account": account_id, "why": str(refusal)}
        log.warning("menus not settled", extra=why)
        boards.settle_later(seen)
    else:
        boards.settled(seen, again_in=_SOON if done.waiting else None)


def put_right(account_id: int, calls: Calls) -> Settled:
    """Repoint aliases and the default, and delete what is not needed any more.

    A menu is deleted once nobody sees it; the caller holds the account's menus. Raises LineError
    and RateUsedUp. Another tool's menus, and aliases that lead to them, stay as they are.
    """
    wrong = drift(account_id, calls.look())
    for alias, line_id in wrong.aliases.items():
        calls.set_alias(alias, line_id)
        crash_point("menus.alias_set")
    for alias in wrong.extra_aliases:
        calls.delete_alias(alias)
    if wrong.default:
        calls.set_default(wrong.default.wanted)
        crash_point("menus.default_set")
    deleted, waiting = _deleted(account_id, wrong, calls)
    return Settled([*wrong.aliases, *wrong.extra_aliases], bool(wrong.default), deleted, waiting)


def _deleted(account_id: int, wrong: Drift, calls: Calls) -> tuple[list[str], list[str]]:
    """Delete our menus that nobody needs; answers what was deleted, and what has to wait."""
    retiring = [menu for menu in menus.at_line(account_id) if menu.state == "retiring"]
    if menus.moving(account_id):
        return [], [menu.slug for menu in retiring]
    for menu in retiring:
        crash_point("menus.before_delete")
        calls.delete(menu.line_id or "")
        crash_point("menus.deleted_before_saved")
        made.gone(menu.id)
    for line_id in wrong.orphans:
        calls.delete(line_id)
    return [*(menu.slug for menu in retiring), *wrong.orphans.values()], []
