"""Who of the staff is asking: by the session that our cookie names, read anew at every request.

A write must bring the session's token besides (docs/decisions/0008): another site can make a
browser send our cookie, but it can neither read nor guess that.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from flask import Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from app import access
from app.domain.staff import rules, sessions
from app.domain.staff.actor import Actor
from app.domain.staff.errors import NotAllowed
from app.domain.staff.sessions import Browser
from app.errors import TsunaguError
from app.web.errors import ForeignWrite

COOKIE: Final = "__Host-tsunagu-staff"
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Given = ParamSpec("Given")
View = Callable[Concatenate[Actor, Given], ResponseReturnValue]


class NotLoggedIn(TsunaguError):
    """No living session: never logged in, ended, or suspended. Pages lead to the login."""

    status = 401
    code = "not_logged_in"


def as_staff(
    permission: str | None = None,
) -> Callable[[View[Given]], Callable[Given, ResponseReturnValue]]:
    """Call the view with the Actor who asks; refuse everybody else.

    `permission` is one of domain/staff/roles.PERMISSIONS, None for any role. Without a session a
    page leads to the login and a program gets 401; without the permission both get 403.
    """

    def wrap(view: View[Given]) -> Callable[Given, ResponseReturnValue]:
        @wraps(view)
        def asked(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
            actor = sessions.enter(token())
            if actor is None:
                return _to_login()
            if permission is not None and not actor.may(permission):
                raise NotAllowed(f"{actor.role} has no {permission}")
            if request.method not in _SAFE:
                _check_csrf()
            return view(actor, *args, **kwargs)

        return access.staff(permission)(asked)

    return wrap


def token() -> str:
    """The token of the caller's session, or an empty one."""
    return request.cookies.get(COOKIE, "")


def browser() -> Browser:
    """Where the caller sits."""
    return Browser(request.remote_addr, request.headers.get("User-Agent", ""))


def with_cookie(answer: Response, token: str) -> Response:
    """Keep the token in the browser until it is closed; an empty one takes it away."""
    answer.set_cookie(
        COOKIE,
        token,
        max_age=None if token else 0,
        secure=True,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return answer


def found(address: str) -> Response:
    """Go on to another page of ours."""
    answer = current_app.make_response(redirect(address, 303))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _to_login() -> Response:
    offers = ["application/problem+json", "application/json", "text/html"]
    if request.accept_mimetypes.best_match(offers) != "text/html":
        raise NotLoggedIn("no living session")
    next_page = {"next": request.path} if request.method in _SAFE else {}
    return found(f"/staff/login?{urlencode(next_page)}")


def _check_csrf() -> None:
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    if not rules.same(given, rules.csrf(token())):
        raise ForeignWrite("a write without the session's token")
