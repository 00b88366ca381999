"""/staff/: what the role may do, one big tile for each."""

from flask import Blueprint, Response

from app.domain.staff.actor import Actor
from app.staff.adjustments import waiting_for
from app.staff.identity import as_staff
from app.staff.pages import page

bp = Blueprint("staff_home", __name__, url_prefix="/staff")


@bp.get("/", strict_slashes=False)
@as_staff()
def home(actor: Actor) -> Response:
    """The tiles, and what waits for the actor."""
    return page("home", actor, here="home", waiting=waiting_for(actor))
