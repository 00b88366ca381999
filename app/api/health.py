"""/healthz: the process is alive. /readyz: events can be taken."""

from flask import Blueprint, Response, current_app, jsonify

from app import access, schema
from app.errors import Unavailable

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access.anyone
def alive() -> Response:
    """200 while the process answers at all."""
    return jsonify(status="ok")


@bp.get("/readyz")
@access.anyone
def ready() -> tuple[Response, int]:
    """200 once events can be taken; 503 with the reason before that and while stopping."""
    if current_app.extensions.get("stopping"):
        return jsonify(status="stopping"), 503
    try:
        newest = schema.is_newest()
    except Unavailable as error:
        return jsonify(status="database away", reason=str(error)), 503
    return (jsonify(status="ready"), 200) if newest else (jsonify(status="migrating"), 503)
