"""Styles and scripts of the staff pages, under an address that changes when they do."""

from pathlib import Path

from flask import Blueprint, Response, url_for

from app import access
from app.web.assets import SHARED, Assets

_STATIC = Path(__file__).parents[1] / "static"
_VENDOR = [_STATIC / "vendor" / name for name in ("barcode-detector-3.2.2", "zxing-wasm-3.1.3")]
_ASSETS = Assets(SHARED, _STATIC / "staff", *_VENDOR)

bp = Blueprint("staff_assets", __name__, url_prefix="/staff/assets")


@bp.get("/<release>/<name>")
@access.anyone
def file(release: str, name: str) -> Response:
    """A script or a style sheet of the pages."""
    return _ASSETS.file(release, name)


@bp.app_template_global()
def staff_asset(name: str) -> str:
    """Where the browser finds a file of app/static/staff or app/static/web."""
    return url_for("staff_assets.file", release=_ASSETS.release, name=name)


def modules(name: str) -> tuple[str, ...]:
    """The modules that a module imports, directly or not."""
    return _ASSETS.modules(name)
