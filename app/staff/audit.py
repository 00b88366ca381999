"""/staff/audit: who saw or changed what, newest first."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request

from app.config import Settings
from app.domain.audit import queries
from app.domain.audit.queries import Entry
from app.domain.members import queries as members
from app.domain.members import rules
from app.domain.members.errors import BadValue
from app.domain.staff import queries as staff
from app.domain.staff.actor import Actor
from app.staff.identity import as_staff
from app.staff.pages import page

bp = Blueprint("staff_audit", __name__, url_prefix="/staff")

_NOTHING = "member/0"


@bp.get("/audit")
@as_staff("audit.read")
def audit(actor: Actor) -> Response:
    """A page of entries; `member` (a number) and `staff` (an id) narrow it down."""
    settings: Settings = current_app.extensions["settings"]
    number, who = request.args.get("member", "").strip()[:40], _number("staff")
    entries = queries.listed(
        before=_number("before"),
        about=_member(number) if number else None,
        staff_id=who,
        stores=actor.store_ids,
        accounts=actor.account_ids,
        people=_people(actor),
    )
    ids = [entry.staff_id for entry in entries if entry.staff_id is not None]
    more = _more(entries, number, who)
    what: dict[str, Any] = {"number": number, "who": who, "more": more, "names": staff.names(ids)}
    return page("audit", actor, here="audit", entries=entries, zone=settings.zone, **what)


def _people(actor: Actor) -> list[int] | None:
    """Those whose doings one may see wherever they were; None for everybody's."""
    if actor.store_ids is None and actor.account_ids is None:
        return None
    return [card.id for card in staff.team(actor)]


def _member(number: str) -> str:
    try:
        found = members.by_number(rules.number(number))
    except BadValue:
        return _NOTHING
    return f"member/{found.id}" if found else _NOTHING


def _more(entries: list[Entry], number: str, who: int | None) -> str:
    """The address of the next page; empty at the end."""
    if len(entries) < queries.PAGE:
        return ""
    kept = {"member": number, "staff": who, "before": entries[-1].id}
    return "?" + urlencode({name: value for name, value in kept.items() if value})


def _number(name: str) -> int | None:
    written = request.args.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None
