"""The login of the member site, opened from the talk: LINE's account link goes on from here.

Source: Messaging API, "Linking user accounts". LINE itself makes sure that whoever is sent on is
the person whom the link token was made for.
"""

import secrets
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, render_template, request, session

from app import access
from app.config import Settings
from app.domain.links import proofs
from app.domain.links.errors import ChooseMember, SessionOver, TooManyTries, WrongProof
from app.errors import TsunaguError
from app.i18n import LANGUAGES, Language, language_of
from app.liff import headers, words
from app.liff.identity import front

bp = Blueprint("member_login", __name__)

_CSRF = "member_login"


@bp.get("/login/member")
@access.anyone
def ask() -> Response:
    """The form. `session` in the address is what the talk gave; it alone opens nothing."""
    return _form(None, 200)


@bp.post("/login/member")
@access.anyone
def take() -> Response:
    """Check the login, then go on to LINE with a nonce."""
    given = request.form.get("csrf", "")
    if not secrets.compare_digest(given.encode(), str(session.get(_CSRF, " ")).encode()):
        return _form("stale", 403)
    try:
        link_token, nonce = proofs.log_in(
            request.args.get("session", ""),
            request.form.get("who", "")[:300],
            request.form.get("password", "")[:300],
        )
    except (WrongProof, TooManyTries, ChooseMember, SessionOver) as refusal:
        return _form(refusal.code, refusal.status, refusal)
    settings: Settings = current_app.extensions["settings"]
    query = urlencode({"linkToken": link_token, "nonce": nonce})
    dialog = f"{settings.line_access_base}/dialog/bot/accountLink?{query}"
    return headers.secure(current_app.make_response(redirect(dialog)), settings)


def _form(error: str | None, status: int, refusal: TsunaguError | None = None) -> Response:
    settings: Settings = current_app.extensions["settings"]
    language = _language()
    page = render_template(
        "login/member.html",
        shop=front().name,
        language=language,
        error=words.of_page("login", language)[f"login.{error}"] if error else None,
        csrf=session.setdefault(_CSRF, secrets.token_urlsafe(32)),
        who=request.form.get("who"),
    )
    answer = current_app.make_response((page, status))
    if isinstance(refusal, TooManyTries):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return headers.secure(answer, settings, form_target=settings.line_access_base)


def _language() -> Language:
    return language_of(request.accept_languages.best_match(LANGUAGES))
