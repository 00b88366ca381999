"""Puts an account's layouts up at LINE: the new menus first, whole, then everybody moves to them.

May be killed anywhere; the next `apply` goes on from what was noted and what LINE has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app import clock
from app.domain.menus import boards, made
from app.domain.menus import queries as menus
from app.domain.menus.made import Showing
from app.faults import crash_point
from app.richmenu.calls import Calls
from app.richmenu.plan import AliasTaken, Sight, Steps, plan
from app.richmenu.settling import Settled, put_right
from app.richmenu.wanted import Wanted

_TRIES = 8
PATIENCE = 40.0  # Longer than a process that died keeps the menus.


@dataclass(frozen=True)
class Account:
    """The account whose menus they are; `liff` is the address of its LIFF app."""

    id: int
    slug: str
    liff: str | None


@dataclass(frozen=True)
class Applied:
    """What was planned, whether it changed who sees what, and what was settled at once."""

    steps: Steps
    published: bool
    settled: Settled


def look(account: Account, wanted: Sequence[Wanted], calls: Calls | None = None) -> Sight:
    """What there is. Raises LineError and RateUsedUp."""
    found = (calls or Calls(account.id, tries=_TRIES)).look()
    return Sight(account.slug, wanted, menus.at_line(account.id), found, menus.ever(account.id))


def apply(account: Account, wanted: Sequence[Wanted]) -> Applied:
    """Make LINE have these menus; who sees which is then the lane's work.

    Raises LineError, RateUsedUp, AliasTaken, and MenusHeld while another process does the same.
    """
    with boards.held(account.id, patience=PATIENCE) as hold:
        calls = Calls(account.id, tries=_TRIES, before=hold.renew)
        sight = look(account, wanted, calls)
        steps = plan(sight, clock.now())
        if steps.alias_conflicts:
            raise AliasTaken(", ".join(steps.alias_conflicts))
        showing = [_showing(_made(account.id, menu, sight, calls), menu) for menu in wanted]
        crash_point("menus.before_publish")
        published = made.publish(account.id, showing)
        crash_point("menus.published")
        return Applied(steps, published, put_right(account.id, calls))


def _showing(menu_id: int, wanted: Wanted) -> Showing:
    since, until = wanted.when.since, wanted.when.until
    return Showing(menu_id, wanted.alias, wanted.rule, since, until)


def _made(account_id: int, wanted: Wanted, sight: Sight, calls: Calls) -> int:
    """Have this version whole at LINE; answers our id of it."""
    row, line_id = sight.row(wanted), sight.line_id(wanted)
    if row and row.line_id == line_id and row.state in ("uploaded", "live", "retiring"):
        return row.id
    if row and row.line_id and row.line_id != line_id:
        made.gone(row.id)  # Somebody has deleted it at LINE.
    menu_id = made.begin(account_id, wanted.slug, wanted.hash)
    crash_point("menus.begun")
    if line_id is None:
        line_id = calls.create(wanted)
        crash_point("menus.created_before_saved")
    made.created(menu_id, line_id)
    calls.upload(line_id, wanted)
    crash_point("menus.uploaded_before_saved")
    made.uploaded(menu_id)
    return menu_id
