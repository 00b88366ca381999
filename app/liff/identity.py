"""Who is asking: LINE's word on the token that the page brings, or our session after a login.

What a page says about itself changes nothing. Inside LINE it brings tokens with each call; outside
it has the cookie of a login with LINE (login.py), and then writes must come from our own page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from flask import current_app, request

from app import access
from app.domain.accounts import queries as accounts
from app.domain.accounts.queries import Front
from app.domain.links import queries as links
from app.domain.links.asker import Asker
from app.domain.people import queries as people
from app.domain.people import service as persons
from app.liff.errors import (
    BadTokenGiven,
    LineUnavailable,
    NoLogin,
    NotLoggedIn,
    TokenExpired,
)
from app.line import identity as line
from app.line.errors import LineError
from app.line.identity import BadToken, Identity, LoginChannel, OldToken
from app.web.errors import ForeignWrite

COOKIE = "__Host-tsunagu-person"
ACCESS_TOKEN = "X-LINE-Access-Token"

_LONGEST_TOKEN = 4096

Given = ParamSpec("Given")
Result = TypeVar("Result")
View = Callable[Concatenate[Asker, Given], Result]


@dataclass(frozen=True)
class _Caller:
    asker: Asker
    access_token: str


def as_person(view: View[Given, Result]) -> Callable[Given, Result]:
    """Call the view with the person who asks; refuse everybody else."""

    @wraps(view)
    def asked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        return view(_caller().asker, *args, **kwargs)

    return access.person(asked)


def as_live_person(view: View[Given, Result]) -> Callable[Given, Result]:
    """As `as_person`, for what a stolen ID token alone must not do: LINE is asked each time."""

    @wraps(view)
    def asked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        caller = _caller()
        channel = login_channel(front())
        _by_line(lambda: line.check_live(channel, caller.access_token, caller.asker.user_id))
        return view(caller.asker, *args, **kwargs)

    return access.live_person(asked)


def access_token() -> str:
    """The access token that the caller brought; of a view behind `as_live_person`."""
    return _caller().access_token


def front() -> Front:
    """The account that the address names; raises NoSuchAccount."""
    return accounts.front(request.args.get("account"))


def login_channel(front: Front) -> LoginChannel:
    """The account's LINE Login channel; raises NoLogin."""
    if front.login_channel_id is None:
        raise NoLogin(front.slug)
    base = current_app.config["LINE_API_BASE"]
    return LoginChannel(base, front.login_channel_id, front.login_channel_secret)


def known(front: Front, told: Identity) -> Asker:
    """The person whom LINE has named, remembered from now on."""
    person_id = people.find(front.provider_id, told.user_id) or persons.meet(
        front.provider_id, told.user_id, name=told.name, picture_url=told.picture_url
    )
    language = people.profile(person_id).language or request.accept_languages.best
    return Asker(person_id, told.user_id, front.account_id, front.provider_id, language, told.email)


def _caller() -> _Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer" and token:
        return _with_token(front(), token)
    return _with_cookie(front(), request.cookies.get(COOKIE, ""))


def _with_token(front: Front, token: str) -> _Caller:
    if len(token) > _LONGEST_TOKEN:
        raise BadTokenGiven("too long")
    channel = login_channel(front)
    told = _by_line(lambda: line.by_id_token(channel, token))
    return _Caller(known(front, told), request.headers.get(ACCESS_TOKEN, "")[:_LONGEST_TOKEN])


def _with_cookie(front: Front, token: str) -> _Caller:
    session = links.web_login(token) if token else None
    if session is None or session.account_id != front.account_id:
        raise NotLoggedIn("no living session for this account")
    # Another site can make a browser send our cookie, but not this header.
    if request.method != "GET" and request.headers.get("X-Requested-With") != "tsunagu":
        raise ForeignWrite("a write without our header")
    profile = people.profile(session.person_id)
    asker = Asker(
        session.person_id,
        profile.user_id,
        front.account_id,
        front.provider_id,
        profile.language or request.accept_languages.best,
        session.email,
    )
    return _Caller(asker, session.access_token)


def _by_line(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except OldToken as error:
        raise TokenExpired(str(error)) from error
    except BadToken as error:
        raise BadTokenGiven(str(error)) from error
    except LineError as error:
        raise LineUnavailable(str(error)) from error
