"""Opening LIFF apps: /liff.line.me/<id>, in the phone's sheet and in an outside browser.

The phone adds `__person` and `__account` (the talk it was opened from) to the query; where an app
opens itself anew, the phone's cookie says whose it is (login_screens.py). Browsers do not send
fragments, so a page of ours first asks once more with `__fragment` in the query.
LINE: https://developers.line.biz/en/docs/liff/opening-liff-app/
"""

import hashlib
import json
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from sandbox import id_tokens, ids
from sandbox.login_http import can_fail, see_other, with_query
from sandbox.login_screens import Screens
from sandbox.logins import LiffApp, LoginChannel, UserToken, opaque
from sandbox.user_tokens import UserTokens
from sandbox.world import Person, World

_OWN = ("__person", "__account", "__fragment")
# Characters that a path may hold as they are (RFC 3986).
_PATH_SAFE = "/:@!$&'()*+,;=~"
_OLDEST = "1.0.0"


class Liff:
    """The routes with their world."""

    def __init__(self, world: World, screens: Screens) -> None:
        self._world = world
        self._screens = screens
        self._tokens = UserTokens(world)

    def blueprint(self) -> Blueprint:
        bp = Blueprint("liff", __name__, url_prefix="/liff.line.me")
        view = self._serve
        for path in ("/<liff_id>", "/<liff_id>/", "/<liff_id>/<path:rest>"):
            bp.add_url_rule(path, "open", view, methods=["GET", "POST"])
        can_fail(bp, self._world, self._screens.failed)
        return bp

    def _serve(self, liff_id: str, rest: str = "") -> Response:
        do = self.decide if request.method == "POST" else self.open
        return do(liff_id, rest)

    def open(self, liff_id: str, rest: str = "") -> Response:
        """Send the browser to the app; inside the phone with tokens, once its person agrees."""
        app = self._world.logins.apps.get(liff_id)
        if app is None:
            return self._screens.error("404 Not Found: There is no such LIFF app.")
        if "__fragment" not in request.args and _runs_scripts():
            return self._screens.note("opening", None, script="fragment.js")
        person = self._in_phone()
        if person is None:
            return see_other(_primary(app, rest))
        channel = self._world.logins.channels[app.channel_id]
        if not self._world.logins.asked(channel, person.key).issuperset(app.scopes):
            return self._screens.consent(
                channel,
                person,
                app.scopes,
                offer_friend=app.bot_prompt == "normal",
                leads_to=app.endpoint,
            )
        return see_other(
            f"{_primary(app, rest)}#{urlencode(self._credentials(channel, app, person))}"
        )

    def decide(self, liff_id: str, rest: str = "") -> Response:
        """Take what the person pressed; then the app opens, or the phone closes the sheet."""
        app = self._world.logins.apps.get(liff_id)
        person = self._in_phone()
        if app is None or person is None:
            return self._screens.error("400 Bad Request: This page was not opened by the phone.")
        channel = self._world.logins.channels[app.channel_id]
        decision = request.form.get("decision")
        if decision not in ("allow", "add", "skip"):
            return self._screens.note("closed", person, script="close.js")
        if decision == "allow":
            self._screens.agree(channel, person, app.scopes)
            offered = self._screens.offered_account(channel, person)
            if app.bot_prompt == "aggressive" and offered:
                return self._screens.friend(channel, person, leads_to=app.endpoint)
        if decision == "add" or request.form.get("add_friend") == "1":
            self._screens.befriend(channel, person)
        return see_other(request.full_path)

    def _in_phone(self) -> Person | None:
        """Whose phone shows the page; None in an outside browser.

        The phone shows it in a frame. A browser tab of the same address is outside.
        """
        outside = request.headers.get("Sec-Fetch-Dest") == "document"
        return None if outside else self._screens.owner()

    def _credentials(self, channel: LoginChannel, app: LiffApp, person: Person) -> dict[str, str]:
        account = request.args.get("__account")
        talk = self._world.account(account).slug if account else None
        token, id_token = self._tokens.open_liff(channel, app, person.key, talk=talk)
        credentials = {
            "access_token": token.token,
            "context_token": context_token(app, token, ids.user_id(channel.provider, person.key)),
            "feature_token": opaque(),
            "client_id": channel.channel_id,
        }
        return credentials | ({"id_token": id_token} if id_token else {})


def context_token(app: LiffApp, token: UserToken | None, user_id: str | None) -> str:
    """What the SDK's getContext() tells, in the shape of a JWT. No signature: nobody checks it."""
    inside = token is not None and token.talk is not None
    context: dict[str, Any] = {
        "type": "utou" if inside else "external",
        "viewType": app.view,
        "liffId": app.liff_id,
        "endpointUrl": app.endpoint,
        "permanentLinkPattern": "concat",
        "scope": app.scopes,
        "availability": _availability(),
        "menuColorSetting": {"adaptableColorSchemes": ["light"]},
        "miniDomainAllowed": False,
    }
    if token is not None and user_id is not None:
        context["userId"] = user_id
        digest = hashlib.sha256(token.token.encode()).digest()
        context["accessTokenHash"] = id_tokens.encode(digest[:16])
    # The genuine SDK reads the payload byte by byte, so it must be ASCII.
    parts = ({"alg": "HS256", "typ": "JWT"}, context)
    head, body = (id_tokens.encode(json.dumps(part).encode()) for part in parts)
    return f"{head}.{body}.{id_tokens.encode(b'sandbox')}"


def _runs_scripts() -> bool:
    # Browsers say so when they open a page; a program is sent on at once.
    return "text/html" in request.headers.get("Accept", "")


def _availability() -> dict[str, Any]:
    # The sandbox has neither LINE's share dialog nor its code reader.
    permissions = {
        "shareTargetPicker": False,
        "multipleLiffTransition": False,
        "subwindowOpen": True,
        "scanCode": False,
        "scanCodeV2": False,
        "skipChannelVerificationScreen": False,
    }
    return {name: {"permission": ok, "minVer": _OLDEST} for name, ok in permissions.items()}


def _primary(app: LiffApp, rest: str) -> str:
    """The primary redirect: the endpoint, and all else of the LIFF URL in `liff.state`."""
    extra = quote(rest, safe=_PATH_SAFE)
    extra = f"/{extra}" if extra else ""
    given = request.query_string.decode().split("&")
    query = "&".join(part for part in given if part and part.partition("=")[0] not in _OWN)
    extra += f"?{query}" if query else ""
    fragment = request.args.get("__fragment")
    extra += f"#{fragment}" if fragment else ""
    return with_query(app.endpoint, **{"liff.state": extra or None})
