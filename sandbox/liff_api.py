"""What the LIFF SDK calls, and what the phone asks about LIFF apps."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file

from sandbox import ids, login_http
from sandbox.liff import context_token
from sandbox.liff_messages import Messages
from sandbox.login_http import bearer, refusal, user_token
from sandbox.login_screens import Screens
from sandbox.logins import LiffApp
from sandbox.problems import Body, answer, read
from sandbox.talks import Talks
from sandbox.world import Refused, World

_SDK = Path(__file__).parent / "static" / "liff" / "sdk.js"
# The genuine SDK loads old client features from here; there are none.
_NO_EXTENSIONS = "window.liffClientExtension = { install() {} };\n"
# LINE: older versions keep their address.
_SDK_PATHS = ("/liff/edge/2/sdk.js", "/liff/edge/2.1/sdk.js", "/liff/edge/versions/<_v>/sdk.js")


class Close(Body):
    access_token: str


class LiffApi:
    """The endpoints with their world."""

    def __init__(self, world: World, talks: Talks, screens: Screens) -> None:
        self._world = world
        self._screens = screens
        self._messages = Messages(world, talks)

    def blueprint(self) -> Blueprint:
        """The endpoints of LINE; a page's scripts call them from its own origin."""
        bp = login_http.blueprint("liff_api", self._world)
        bp.get("/liff/v2/apps/<liff_id>/contextToken")(self.context_token)
        bp.get("/liff/v2/apps/<liff_id>/featureToken")(self.feature_token)
        bp.post("/liff/v2/apps/<liff_id>/friendship")(self.add_friend)
        bp.post("/message/v3/share")(self.share)
        return bp

    def files(self) -> Blueprint:
        """The SDK's script, the tables it loads, and the phone's questions."""
        bp = Blueprint("liff_files", __name__)
        for number, path in enumerate(_SDK_PATHS):
            bp.get(path, endpoint=f"sdk{number}")(self.sdk)
        bp.get("/liff/edge/2/<_name>.js", endpoint="extensions")(self.extensions)
        bp.get("/xlt/<name>.json")(self.words)
        bp.get("/phone/api/liff/<liff_id>")(self.app)
        bp.post("/phone/api/liff/close")(self.close)
        return bp

    def context_token(self, liff_id: str) -> Response:
        """The context of an app in an outside browser; with the person's id after the login."""
        app = self._app(liff_id)
        token = self._world.logins.token(bearer(), self._world.clock.now())
        channel = self._world.logins.channels[app.channel_id]
        user_id = ids.user_id(channel.provider, token.person) if token else None
        return _open(answer({"contextToken": context_token(app, token, user_id)}))

    def feature_token(self, liff_id: str) -> Response:
        self._app(liff_id)
        user_token(self._world)
        return answer({"featureToken": "sandbox"})

    def add_friend(self, liff_id: str) -> Response:
        """Add the linked account; our SDK has asked the person. LINE has a page for this."""
        channel = self._world.logins.channels[self._app(liff_id).channel_id]
        token = user_token(self._world)
        self._screens.befriend(channel, self._world.person(token.person))
        return answer({})

    def share(self) -> Response:
        """liff.sendMessages(): write to the talk as the person."""
        self._messages.send(user_token(self._world), request.get_json(silent=True))
        return answer({})

    def sdk(self, _v: str = "2") -> Response:
        """Our stand-in for LINE's SDK."""
        return _open(send_file(_SDK, mimetype="text/javascript"))

    def extensions(self, _name: str) -> Response:
        return _open(Response(_NO_EXTENSIONS, mimetype="text/javascript"))

    def words(self, name: str) -> Response:
        """The genuine SDK's own words by language; it does without."""
        tables: dict[str, Any] = {"languages": {"ja": "ja.json", "en": "en.json"}}
        return _open(answer(tables if name == "manifest" else {}))

    def app(self, liff_id: str) -> Response:
        """How the phone shows the app."""
        app = self._world.logins.apps.get(liff_id)
        if app is None:
            raise Refused(404, f"There is no LIFF app {liff_id!r}.")
        told = {"view": app.view, "name": app.name, "endpoint": app.endpoint, "module": app.module}
        return answer(told)

    def close(self) -> Response:
        """The sheet is closed: LINE revokes the access token then."""
        token = read(Close).access_token
        with self._world.lock:
            self._world.logins.revoke(token)
        return answer({})

    def _app(self, liff_id: str) -> LiffApp:
        app = self._world.logins.apps.get(liff_id)
        if app is None:
            raise refusal(404, "no such LIFF app")
        return app


def _open(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    return response
