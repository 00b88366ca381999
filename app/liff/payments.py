"""Online payment as the page of an order sees it: the provider's page, and coming back from it."""

from typing import Any, Final

from flask import Blueprint

from app.domain.catalogue.favourites import Whose
from app.domain.links import queries as links
from app.domain.links.asker import Asker
from app.domain.orders import queries
from app.domain.orders.errors import NoSuchOrder
from app.domain.payments import service as payments
from app.domain.payments.service import Standing
from app.liff.identity import as_person
from app.web.bodies import Body, read

bp = Blueprint("liff_payments", __name__, url_prefix="/liff/api/payments")

Json = dict[str, Any]
_ONE: Final = "/<string(length=9):number>"


class Nothing(Body):
    pass


@bp.get(_ONE)
@as_person
def payment(asker: Asker, number: str) -> Json:
    """How the payment of one's own order stands, and the provider's page once there is one."""
    return _standing(_cause(asker, number))


@bp.post(_ONE)
@as_person
def came_back(asker: Asker, number: str) -> Json:
    """From the provider's page one comes back to ours: the money is captured, if they agreed.

    Sent again it changes nothing.
    """
    cause = _cause(asker, number)
    read(Nothing)
    payments.came_back(cause)
    return _standing(cause)


def _cause(asker: Asker, number: str) -> str:
    whose = Whose(asker.person_id, links.member_of(asker.person_id))
    return f"order/{queries.by_number(number, whose).id}"


def _standing(cause: str) -> Json:
    found = payments.standing(cause)
    if found is None:
        raise NoSuchOrder("nothing is paid online for it")
    return shown(found)


def shown(found: Standing) -> Json:
    """How a payment stands, for the pages; `url` only while there is something to do there."""
    return {
        "stands": found.stands,
        "yen": found.yen,
        "url": found.url if found.stands == "begun" else None,
        "asking": found.asking,
        "refused": found.refused,
    }
