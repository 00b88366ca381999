"""A shared secret for a sandbox that other machines can reach.

Programs send it as a header, people open a page once with it in the address and keep a cookie. What
LINE itself guards by tokens, or shows to everybody, stays open: a bot knows only those.
"""

import hmac

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.problems import answer

HEADER, COOKIE, QUERY = "X-Sandbox-Secret", "sandbox_secret", "secret"
_OPEN = (
    "/v2/",
    "/bot/",
    "/oauth2/v3/token",
    "/oauth2/v2.1/token",
    "/oauth2/v2.1/verify",
    "/oauth2/v2.1/revoke",
    "/oauth2/v2.1/certs",
    "/oauth2/v2.1/userinfo",
    "/friendship/",
    "/user/v1/",
    "/liff/v1/",
    "/liff/v2/",
    "/liff/edge/",
    "/message/v3/",
    "/xlt/",
    "/.well-known/",
)


def guard(app: Flask, secret: str) -> None:
    """Ask for the secret from now on."""

    def ask() -> AnyResponse | None:
        if request.path.startswith(_OPEN):
            return None
        given = request.args.get(QUERY)
        if given is not None and _same(given, secret):
            return _remembered(secret)
        shown = request.headers.get(HEADER) or request.cookies.get(COOKIE) or ""
        return None if _same(shown, secret) else _refused()

    app.before_request(ask)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


def _remembered(secret: str) -> AnyResponse:
    """Take the secret out of the address, where it would be seen, and into a cookie."""
    response = redirect(request.path)
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Lax")
    return response


def _refused() -> Response:
    words = f"Send the secret as the header {HEADER}, or open the page once with ?{QUERY}=..."
    response = answer({"title": "Unauthorized", "status": 401, "detail": words}, 401)
    response.content_type = "application/problem+json"
    return response
