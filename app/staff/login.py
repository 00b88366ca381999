"""The way in and out: password, second factor, forgotten password, invitation."""

import re
import secrets
from urllib.parse import urlencode

from flask import Blueprint, Response, request, session

from app import access
from app.domain.staff import service, sessions
from app.domain.staff.actor import Actor
from app.domain.staff.errors import BadStaff, LetterOver, TooOften, WrongCode, WrongLogin
from app.domain.staff.sessions import LoggedIn
from app.errors import TsunaguError
from app.staff import words
from app.staff.identity import as_staff, browser, found, token, with_cookie
from app.staff.pages import address_of, page, told

bp = Blueprint("staff_login", __name__, url_prefix="/staff")

_CSRF = "staff_csrf"
_HOME = "/staff/"
_PLACE = re.compile(r"/staff/[a-z0-9/_-]{0,100}")
_LONGEST = 300


@bp.get("/login")
@access.anyone
def ask() -> Response:
    """The form; who is in already goes on."""
    return found(_place()) if sessions.enter(token()) else _form("login")


@bp.post("/login")
@access.anyone
def take() -> Response:
    """Check the password, and go on: to the second factor, or to the page they wanted."""
    if not _ours():
        return _form("login", "stale", 403)
    try:
        entered = sessions.log_in(_given("email"), _given("password"), browser())
    except (WrongLogin, TooOften) as refusal:
        return _refused("login", refusal)
    return _on(entered)


@bp.get("/totp")
@access.anyone
def ask_code() -> Response:
    """The form for the second factor."""
    return _form("totp")


@bp.post("/totp")
@access.anyone
def take_code() -> Response:
    """Check the second factor."""
    if not _ours():
        return _form("totp", "stale", 403)
    try:
        return _on(sessions.prove(token(), _given("code"), browser()))
    except WrongLogin:
        return found("/staff/login")
    except (WrongCode, TooOften) as refusal:
        return _refused("totp", refusal)


@bp.post("/logout")
@as_staff()
def out(actor: Actor) -> Response:
    """End this session."""
    sessions.log_out(actor, browser().network)
    return with_cookie(found("/staff/login"), "")


@bp.get("/reset")
@access.anyone
def ask_reset() -> Response:
    """Ask for the address; or, with the link of the mail, for a new password."""
    letter = request.args.get("token", "")
    if letter and not service.letter_works(letter, "reset"):
        return _form("reset", "letter_over", 410, letter="")
    return _form("reset", letter=letter)


@bp.post("/reset")
@access.anyone
def take_reset() -> Response:
    """Send the mail, or set the new password of whoever has its link."""
    letter = request.args.get("token", "")
    if not _ours():
        return _form("reset", "stale", 403, letter=letter)
    try:
        if not letter:
            link = address_of("/staff/reset")
            service.ask_reset(_given("email"), link, browser(), words.language())
            return page("sent")
        service.reset(letter, _given("password"), browser())
    except (TooOften, BadStaff) as refusal:
        return _refused("reset", refusal, letter=letter)
    except LetterOver as refusal:
        return _refused("reset", refusal, letter="")
    return with_cookie(found("/staff/login?done=reset"), "")


@bp.get("/invited")
@access.anyone
def invited() -> Response:
    """The form for the first password, for who has the link of an invitation."""
    works = service.letter_works(request.args.get("token", ""), "invite")
    return _form("invited", works=True) if works else _over()


@bp.post("/invited")
@access.anyone
def accept() -> Response:
    """Set the first password, and be in."""
    if not _ours():
        return _form("invited", "stale", 403, works=True)
    try:
        return _on(service.accept(request.args.get("token", ""), _given("password"), browser()))
    except BadStaff as refusal:
        return _refused("invited", refusal, works=True)
    except LetterOver:
        return _over()


def _over() -> Response:
    return _form("invited", "letter_over", 410, works=False)


def _on(entered: LoggedIn) -> Response:
    """Keep the new session in the cookie, and go on."""
    session.pop(_CSRF, None)
    after = urlencode({"next": _place()})
    return with_cookie(found(_place() if entered.proved else f"/staff/totp?{after}"), entered.token)


def _refused(form: str, refusal: TsunaguError, **what: object) -> Response:
    answer = _form(form, told(refusal), refusal.status, **what)
    if "retry_after" in refusal.extra:
        answer.headers["Retry-After"] = str(refusal.extra["retry_after"])
    return answer


def _form(form: str, error: str = "", status: int = 200, **what: object) -> Response:
    """A form for somebody who is not in; its token is that of a signed cookie."""
    own = session.setdefault(_CSRF, secrets.token_urlsafe(32))
    known = words.TEXTS[words.language()].get(f"refused.{error}", error)
    given = {"error": known, "form_csrf": own, "email": _given("email")}
    done = request.args.get("done") == "reset"
    return page(form, status=status, done=done, **(given | what))


def _ours() -> bool:
    """Whether this form is one that we gave to this browser."""
    kept = str(session.get(_CSRF, ""))
    return bool(kept) and secrets.compare_digest(_given("csrf").encode(), kept.encode())


def _given(name: str) -> str:
    return request.form.get(name, "")[:_LONGEST]


def _place() -> str:
    """Where to go afterwards: a page of ours by its path alone, never another site."""
    asked = request.args.get("next", "")
    return asked if _PLACE.fullmatch(asked) else _HOME
