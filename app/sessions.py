"""Cookie sessions: for pages that people open. A request signed by LINE has none."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

_WITHOUT = "/webhook/"


class Sessions(SecureCookieSessionInterface):
    """Flask's own, except that a webhook does not pay for the keys of a cookie nobody sends."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Called for each request; None where it has no session."""
        return None if request.path.startswith(_WITHOUT) else super().open_session(app, request)
