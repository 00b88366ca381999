"""/staff/scan: the page of the counter. Its modules call /staff/api/counter (counter.py)."""

from typing import Any

from flask import Blueprint, Response, current_app
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from app.config import Settings
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.i18n import in_language
from app.staff import assets, words
from app.staff.identity import as_staff
from app.staff.pages import page
from app.web import headers

bp = Blueprint("staff_scan", __name__, url_prefix="/staff")

_SCRIPT = "counter.js"


@bp.get("/scan")
@as_staff("counter.scan")
def scan(actor: Actor) -> Response:
    """The camera, and what else reads a code."""
    settings: Settings = current_app.extensions["settings"]
    return page(
        "scan",
        actor,
        # The reader of codes is WebAssembly, which a policy allows apart from scripts.
        allows={
            "script-src": ["'wasm-unsafe-eval'"],
            "img-src": headers.pictures(settings.line_api_base),
        },
        permissions="camera=(self), geolocation=(), microphone=()",
        here="scan",
        stores=_stores(actor),
        script=_SCRIPT,
        modules=assets.modules(_SCRIPT),
        spoken=_words(),
    )


def _stores(actor: Actor) -> list[dict[str, Any]]:
    ids = shops.store_ids()
    return [
        {"code": store.code, "name": in_language(store.name, words.language())}
        for store in shops.stores()
        if actor.sees_store(ids[store.code])
    ]


def _words() -> Markup:
    known = words.TEXTS[words.language()]
    ours = {key: text for key, text in known.items() if key.startswith("counter.")}
    return htmlsafe_json_dumps(ours)
