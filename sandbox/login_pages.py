"""LINE Login v2.1, the part that people see: the authorization pages of the web and of LIFF.

Everything a page needs is in its address, so each form posts back to the address it came from.
LINE: https://developers.line.biz/en/docs/line-login/integrate-line-login/
"""

import contextlib
import secrets

from flask import Blueprint, Response, request

from sandbox.login_http import can_fail, see_other, with_query
from sandbox.login_request import Asked, NotReturnable, Returnable, read_liff, read_web
from sandbox.login_screens import Screens
from sandbox.logins import CODE_LIFE_MS, Code
from sandbox.world import Person, World

_CHOSEN = "__chosen"


class LoginPages:
    """The routes with their world."""

    def __init__(self, world: World, screens: Screens) -> None:
        self._world = world
        self._screens = screens

    def blueprint(self) -> Blueprint:
        bp = Blueprint("authorize", __name__)
        for name, path in (("web", "/oauth2/v2.1/authorize"), ("liff", "/liff/v1/authorize")):
            bp.add_url_rule(path, name, self._serve, methods=["GET", "POST"])
        can_fail(bp, self._world, self._failed)
        bp.register_error_handler(Returnable, self._return_error)
        bp.register_error_handler(NotReturnable, self._refuse)
        return bp

    def _serve(self) -> Response:
        return self.decide() if request.method == "POST" else self.show()

    def show(self) -> Response:
        """Say who you are, agree, and return with a code; each step only where it is needed."""
        asked = self._read()
        person = self._logged_in(asked)
        if person is None:
            if "none" in asked.prompt:
                raise Returnable(asked, "login_required", "User is not logged in.")
            return self._screens.choose(asked.channel.name, asked.redirect_uri)
        if "consent" in asked.prompt or not self._decided(asked, person):
            if "none" in asked.prompt:
                raise Returnable(asked, "interaction_required", "User has not agreed yet.")
            return self._screens.consent(
                asked.channel,
                person,
                asked.scopes,
                offer_friend=asked.bot_prompt == "normal",
                leads_to=asked.redirect_uri,
            )
        return self._finish(asked, person, changed=None)

    def decide(self) -> Response:
        """Take what the person pressed on one of the pages."""
        asked = self._read()
        if request.form.get("step") == "person":
            return self._choose(asked)
        if request.form.get("step") == "other":
            return self._screens.forget(see_other(request.full_path))
        person = self._logged_in(asked)
        if person is None:
            return self._screens.choose(asked.channel.name, asked.redirect_uri)
        if request.form.get("step") == "friend" and self._decided(asked, person):
            added = request.form.get("decision") == "add"
            changed = added and self._screens.befriend(asked.channel, person)
            return self._finish(asked, person, changed=changed)
        if request.form.get("decision") != "allow":
            raise Returnable(asked, "access_denied", "The resource owner denied the request.")
        return self._agree(asked, person)

    def _choose(self, asked: Asked) -> Response:
        person = self._world.people.get(request.form.get("person", ""))
        if person is None:
            return self._screens.choose(asked.channel.name, asked.redirect_uri)
        response = see_other(with_query(request.full_path, **{_CHOSEN: "1"}))
        return self._screens.remember(response, person)

    def _agree(self, asked: Asked, person: Person) -> Response:
        self._screens.agree(asked.channel, person, asked.scopes)
        offered = self._screens.offered_account(asked.channel, person)
        if offered is None or asked.bot_prompt == "none":
            return self._finish(asked, person, changed=None)
        if asked.bot_prompt == "aggressive":
            leads_to = asked.redirect_uri
            return self._screens.friend(asked.channel, person, leads_to=leads_to)
        added = request.form.get("add_friend") == "1"
        changed = added and self._screens.befriend(asked.channel, person)
        return self._finish(asked, person, changed=changed)

    def _finish(self, asked: Asked, person: Person, *, changed: bool | None) -> Response:
        """Send the browser back with a code. `changed`: None where no friend was offered."""
        world = self._world
        visit = self._screens.visitor()
        with world.lock:
            granted = world.logins.granted(asked.channel, person.key)
            code = Code(
                secrets.token_urlsafe(15),
                asked.channel.channel_id,
                person.key,
                [scope for scope in asked.scopes if scope in granted],
                asked.redirect_uri,
                world.clock.now() + CODE_LIFE_MS,
                nonce=asked.nonce,
                challenge=asked.challenge,
                auth_time=visit[1] if visit and asked.max_age is not None else None,
                liff_id=asked.app.liff_id if asked.app else None,
            )
            world.logins.add_code(code)
        told = {"code": code.code, "state": asked.state}
        if changed is not None:
            told["friendship_status_changed"] = "true" if changed else "false"
        if asked.app:
            told["liffClientId"] = asked.channel.channel_id
            told["liffRedirectUri"] = asked.redirect_uri
        return see_other(with_query(asked.redirect_uri, **told))

    def _logged_in(self, asked: Asked) -> Person | None:
        visit = self._screens.visitor()
        if visit is None:
            return None
        person, at = visit
        if _CHOSEN not in request.args:
            age = (self._world.clock.now() - at) / 1000
            if "login" in asked.prompt or (asked.max_age is not None and age > asked.max_age):
                return None
        return person

    def _decided(self, asked: Asked, person: Person) -> bool:
        """Tell whether the person has agreed to, or refused, each of the scopes."""
        return self._world.logins.asked(asked.channel, person.key).issuperset(asked.scopes)

    def _read(self) -> Asked:
        read = read_liff if request.path.startswith("/liff/") else read_web
        return read(request.args, self._world.logins)

    def _return_error(self, error: Returnable) -> Response:
        asked = error.asked
        told = {"error": error.code, "error_description": error.description, "state": asked.state}
        if asked.app:
            told["liffOAuth2Error"] = "true"
        return see_other(with_query(asked.redirect_uri, **told))

    def _failed(self, status: int, words: str) -> Response:
        """A failure of LINE's own, of which the application is told where it can be."""
        if status == 500:
            with contextlib.suppress(Returnable, NotReturnable):
                return self._return_error(Returnable(self._read(), "server_error", words))
        return self._screens.failed(status, words)

    def _refuse(self, error: NotReturnable) -> Response:
        return self._screens.error(str(error))
