"""The LIFF pages: /liff/ and those for the card, points, coupons, orders, reservations, link ...

A page is a shell: the frame, the words and the addresses of its modules, the same for everybody.
Who is asking, and what is theirs, its modules learn from /liff/api (docs/linking.md).
"""

from collections.abc import Sequence

from flask import Blueprint, Response, current_app, make_response, render_template, request

from app import access
from app.config import Settings
from app.domain.accounts import queries as accounts
from app.domain.catalogue import queries as catalogue
from app.domain.coupons import queries as wallets
from app.i18n import LANGUAGES, Language, language_of
from app.liff import assets, headers, words
from app.web.headers import origin

bp = Blueprint("liff", __name__, url_prefix="/liff")


@bp.get("/", strict_slashes=False)
@access.anyone
def home() -> Response:
    """What there is for the person, and the way to it."""
    return _shell("home")


@bp.get("/card", strict_slashes=False)
@access.anyone
def card() -> Response:
    """The member card, to be scanned at a counter."""
    return _shell("card")


@bp.get("/coupons", strict_slashes=False)
@access.anyone
def coupons() -> Response:
    """The member's coupons and gift codes."""
    return _shell("coupons", pictures=[origin(url) for url in wallets.picture_urls()])


@bp.get("/link", strict_slashes=False)
@access.anyone
def link() -> Response:
    """Link a membership with LINE, or become a member."""
    return _shell("link")


@bp.get("/profile", strict_slashes=False)
@access.anyone
def profile() -> Response:
    """The member's own data, consents and language, and the end of the link."""
    return _shell("profile")


@bp.get("/points", strict_slashes=False)
@access.anyone
def points() -> Response:
    """The member's points: how many, what ends when, and what happened."""
    return _shell("points")


@bp.get("/reserve", strict_slashes=False)
@access.anyone
def reserve() -> Response:
    """Reserve a time, and see, change and cancel what is reserved."""
    return _shell("reserve")


@bp.get("/order", strict_slashes=False)
@access.anyone
def order() -> Response:
    """Order something, and see and cancel what is ordered."""
    return _shell("order", pictures=[origin(url) for url in catalogue.picture_urls()])


@bp.get("/reorder", strict_slashes=False)
@access.anyone
def reorder() -> Response:
    """Order the usual again."""
    return _shell("reorder")


@bp.app_template_global()
def page_words(page: str, language: Language) -> dict[str, str]:
    """The words of a page, for its template."""
    return words.of_page(page, language)


@bp.app_template_global()
def liff_asset(name: str) -> str:
    """The address of a script or style sheet, for a template."""
    return assets.address(name)


def _shell(page: str, *, pictures: Sequence[str] = ()) -> Response:
    settings: Settings = current_app.extensions["settings"]
    spoken = language()
    script = f"{page}.js"
    answer = make_response(
        render_template(
            "liff/page.html",
            page=page,
            language=spoken,
            front=accounts.front(request.args.get("account")),
            liff_base=settings.liff_base,
            sdk=settings.liff_sdk_url,
            words=words.as_json(page, spoken),
            script=script,
            modules=assets.modules(script),
            words_in={each: assets.words_address(page, each) for each in LANGUAGES},
        )
    )
    return headers.shell(answer, settings, pictures=pictures)


def language() -> Language:
    """The language of a page: what its address says, else what the browser would like."""
    asked = request.args.get("lang") or request.accept_languages.best_match(LANGUAGES)
    return language_of(asked)
