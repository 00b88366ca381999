"""LINE Login in a browser outside of LINE: away to LINE with a state, a nonce and PKCE, and back.

Sources: LINE Login v2.1, "Integrating LINE Login with your web app"; RFC 7636; RFC 9700.
"""

import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, redirect, request, session

from app import access, clock
from app.config import Settings
from app.domain.accounts import queries as accounts
from app.domain.accounts.queries import Front
from app.domain.links import queries, rules, web
from app.liff.errors import BadLogin
from app.liff.identity import COOKIE, front, known, login_channel
from app.line import identity as line
from app.line.errors import LineError
from app.line.identity import BadToken, Grant, OldToken

log = logging.getLogger(__name__)

bp = Blueprint("line_login", __name__)

_BACK = "/login/callback"
_PLACE = re.compile(r"/liff/[a-z]{0,20}")
_HOME = "/liff/"
_KEY = "line_login"


@bp.get("/login/line")
@access.anyone
def away() -> Response:
    """Go to LINE, and come back to `next`, a page of ours."""
    shop = front()
    channel = login_channel(shop)
    verifier = rules.new_token()
    asked = {
        "state": rules.new_token(),
        "nonce": rules.new_token(),
        "verifier": verifier,
        "account": shop.slug,
        "next": _place(request.args.get("next", _HOME)),
        "until": clock.to_ms(clock.now() + rules.LIFE),
    }
    session[_KEY] = asked
    query = {
        "response_type": "code",
        "client_id": channel.channel_id,
        "redirect_uri": _callback(),
        "state": asked["state"],
        "nonce": asked["nonce"],
        "scope": "openid profile email" if _may_ask_email() else "openid profile",
        "bot_prompt": "aggressive",
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    settings: Settings = current_app.extensions["settings"]
    return _found(f"{settings.line_access_base}/oauth2/v2.1/authorize?{urlencode(query)}")


@bp.get(_BACK)
@access.anyone
def back() -> Response:
    """Come back from LINE with a code; or without one, where the person would rather not."""
    asked = session.pop(_KEY, None)
    if asked is None or not _same(request.args.get("state", ""), asked["state"]):
        raise BadLogin("the state is not ours")
    home = f"{asked['next']}?{urlencode({'account': asked['account']})}"
    if "error" in request.args:
        return _found(f"{home}&login=refused")
    shop = accounts.front(asked["account"])
    try:
        grant = _granted(shop, asked)
    except (BadToken, LineError) as error:
        # The page says so, and offers to log in again.
        log.warning("login failed", extra={"action": "login.failed", "why": str(error)})
        return _found(f"{home}&login=failed")
    token = web.open_session(known(shop, grant.identity), grant.access_token)
    return _with_cookie(_found(home), token, int(rules.WEB_LIFE.total_seconds()))


@bp.post("/login/out")
@access.anyone
def out() -> Response:
    """End the session of this browser."""
    found = queries.web_login(request.cookies.get(COOKIE, ""))
    if found is not None and request.headers.get("X-Requested-With") == "tsunagu":
        web.end_session(found.session_id)
    return _with_cookie(Response(status=204), "", 0)


def _granted(shop: Front, asked: Mapping[str, Any]) -> Grant:
    """What LINE gives for the code it came back with. Raises BadToken and LineError."""
    if clock.to_ms(clock.now()) > asked["until"]:
        raise OldToken("the login took too long")
    return line.exchange(
        login_channel(shop),
        code=request.args.get("code", ""),
        redirect_uri=_callback(),
        verifier=asked["verifier"],
        nonce=asked["nonce"],
    )


def _with_cookie(answer: Response, token: str, seconds: int) -> Response:
    answer.set_cookie(
        COOKIE, token, max_age=seconds, secure=True, httponly=True, samesite="Lax", path="/"
    )
    return answer


def _place(asked: str) -> str:
    """Where to go afterwards: a page of ours by its path alone, never another site."""
    path = urlsplit(asked).path
    return path if _PLACE.fullmatch(path) else _HOME


def _callback() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url + _BACK


def _may_ask_email() -> bool:
    # LINE grants the scope to channels that applied for it, and refuses the whole login of others.
    settings: Settings = current_app.extensions["settings"]
    return settings.line_login_email


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _found(address: str) -> Response:
    answer = current_app.make_response(redirect(address))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
