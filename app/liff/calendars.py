"""/liff/calendar: a reservation as a file for the calendar of whoever made it.

A calendar opens the file without our tokens, so the address itself is the key: it is signed, holds
for a day, and leads to nothing but when and where.
"""

from flask import Blueprint, Response, current_app, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app import access, clock
from app.domain.reservations import ical, queries
from app.domain.reservations.errors import NoSuchReservation
from app.domain.reservations.queries import Booking
from app.domain.shops import queries as shops
from app.i18n import in_language, language_of

bp = Blueprint("liff_calendar", __name__, url_prefix="/liff/calendar")

_DAY = 24 * 3600


def address(booking: Booking) -> str:
    """Where the file of a reservation is, for a day."""
    token = _signer().dumps(booking.id)
    return url_for("liff_calendar.one", token=token, _external=False)


@bp.get("/<string(maxlength=200):token>.ics")
@access.anyone
def one(token: str) -> Response:
    """A reservation as an iCalendar file; 404 for an address that is not ours or is too old."""
    try:
        reservation_id = _signer().loads(token, max_age=_DAY)
    except BadSignature as error:
        raise NoSuchReservation("no living address") from error
    booking = queries.by_id(reservation_id)
    language = language_of(request.args.get("lang"))
    card = shops.card(booking.store_id)
    store = in_language(booking.store, language)
    event = ical.Event(
        uid=f"{booking.code}@tsunagu",
        begin=booking.starts_at,
        end=booking.ends_at,
        summary=f"{store} {in_language(booking.service, language)}",
        location=f"{store} {in_language(card.address, language)}",
        description=card.phone,
        sequence=booking.version,
    )
    answer = Response(ical.calendar(store, [event], now=clock.now()), content_type=ical.TYPE)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="reservation-calendar")
