"""Scripts, styles and words of the LIFF pages, under an address that changes when they do."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, url_for

from app import access
from app.errors import NotFound
from app.i18n import Language, language_of
from app.liff import words
from app.web.assets import SHARED, Assets

_FOLDER = Path(__file__).parents[1] / "static" / "liff"
_ASSETS = Assets(SHARED, _FOLDER, words=repr(words.TEXTS).encode())

bp = Blueprint("liff_assets", __name__, url_prefix="/liff/assets")


@bp.get("/<release>/<name>")
@access.anyone
def file(release: str, name: str) -> Response:
    """A script or a style sheet of the pages."""
    return _ASSETS.file(release, name)


@bp.get("/<release>/words/<page>.<language>.json")
@access.anyone
def spoken(release: str, page: str, language: str) -> Response:
    """The words of a page in a language, for a page that changes its own."""
    if page not in words.PAGES or language not in words.TEXTS:
        raise NotFound("no words of this page in this language")
    text = words.as_json(page, language_of(language))
    return _ASSETS.answer(text.encode(), "application/json", release)


def address(name: str) -> str:
    """Where the browser finds a file of app/static/liff or app/static/web."""
    return url_for("liff_assets.file", release=release(), name=name)


def words_address(page: str, language: Language) -> str:
    """Where the browser finds the words of a page in a language."""
    return url_for("liff_assets.spoken", release=release(), page=page, language=language)


def release() -> str:
    """Names the present state of all files and words."""
    return _ASSETS.release


@cache
def modules(name: str) -> tuple[str, ...]:
    """The modules that a module imports, directly or not, in the order they are met."""
    return _ASSETS.modules(name)
