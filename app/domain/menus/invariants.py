"""What must hold for the menus."""

from sqlalchemy import select

from app.domain.menus.models import PersonMenu, RichMenu
from app.invariants import Invariant, late

_MENU_STATES = ("creating", "created", "uploaded", "live", "retiring", "gone")
_STATES = ("pending", "telling", "done", "failed")
_ENDED = ("done", "failed")


def invariants(paused: list[int]) -> list[Invariant]:
    """States we know, a menu that is shown is whole at LINE, and nothing is left lying.

    `paused`: accounts whose calls rest until somebody acts.
    """
    menu, person = RichMenu, PersonMenu
    shown = menu.state.in_(("live", "retiring"))
    working = person.account_id.not_in(paused)
    return [
        Invariant("menus.state", "P13", select(menu.id).where(menu.state.not_in(_MENU_STATES))),
        Invariant("menus.half", "P13", select(menu.id).where(shown, menu.line_id.is_(None))),
        Invariant("menus.told", "P13", select(person.id).where(person.state.not_in(_STATES))),
        Invariant("menus.lease", "P13", select(person.id).where(late(person, "telling"), working)),
        Invariant(
            "menus.ended",
            "P15",
            select(person.id).where(person.state.in_(_ENDED) != person.finished_at.is_not(None)),
        ),
        Invariant(
            "menus.failed_without_reason",
            "P15",
            select(person.id).where(person.state == "failed", person.outcome.is_(None)),
        ),
    ]
