"""/liff/stores: where the stores are and when they are open."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, make_response, render_template

from app import access
from app.config import Settings
from app.domain.shops import queries as shops
from app.domain.shops.queries import StoreCard
from app.i18n import Language, in_language
from app.liff import headers
from app.liff.identity import front
from app.liff.pages import language

bp = Blueprint("liff_stores", __name__, url_prefix="/liff")

_MAP = "https://www.google.com/maps/search/?"


@bp.get("/stores", strict_slashes=False)
@access.anyone
def stores() -> Response:
    """All stores, with a map and a call for each."""
    spoken = language()
    return _page("liff/stores.html", stores=[_shown(card, spoken) for card in shops.stores()])


def _page(template: str, **what: Any) -> Response:
    settings: Settings = current_app.extensions["settings"]
    shop = front()
    home = f"/liff/?{urlencode({'account': shop.slug})}"
    page = render_template(template, shop=shop.name, language=language(), home=home, **what)
    answer = make_response(page)
    return headers.shell(answer, settings)


def _shown(card: StoreCard, spoken: Language) -> dict[str, str]:
    address = in_language(card.address, spoken)
    return {
        "name": in_language(card.name, spoken),
        "hours": in_language(card.hours, spoken),
        "address": address,
        "phone": card.phone,
        "map": map_of(address),
    }


def map_of(address: str) -> str:
    """Where a map shows the address."""
    return _MAP + urlencode({"api": "1", "query": address})
