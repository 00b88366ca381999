"""LINE's LIFF server API: a login channel manages its LIFF apps.

LINE: https://developers.line.biz/en/reference/liff-server/
"""

from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, Field, ValidationError, field_validator

from sandbox import login_http
from sandbox.login_http import channel_token, refusal
from sandbox.logins import MOST_LIFF_APPS, BotPrompt, LiffApp, Scope, View, usual_scopes
from sandbox.problems import answer
from sandbox.world import World

Url = Field(pattern=r"^https?://[^\s#]+$", max_length=1000)


class ViewChange(BaseModel):
    type: View = "full"
    url: str = Field(default="", pattern=r"^https?://[^\s#]+$", max_length=1000)
    moduleMode: bool = False


class NewView(ViewChange):
    type: View
    url: str = Url


class Features(BaseModel):
    ble: bool = False
    qrCode: bool = False


class Change(BaseModel):
    """What LINE takes; unknown names are ignored, as there."""

    view: ViewChange = ViewChange()
    description: str = "LIFF"
    features: Features = Features()
    scope: list[Scope] = Field(default_factory=usual_scopes)
    botPrompt: BotPrompt = "none"

    @field_validator("description")
    @classmethod
    def _not_line(cls, value: str) -> str:
        if "line" in value.lower():
            raise ValueError("the name cannot include LINE")
        return value

    def values(self) -> dict[str, Any]:
        """Only what was given, by the names of LiffApp."""
        view, given = self.view, self.model_fields_set
        known: dict[str, Any] = {
            "name": self.description,
            "scopes": list(self.scope),
            "bot_prompt": self.botPrompt,
            "qr_code": self.features.qrCode,
        }
        places = {
            "name": "description",
            "scopes": "scope",
            "bot_prompt": "botPrompt",
            "qr_code": "features",
        }
        values = {name: value for name, value in known.items() if places[name] in given}
        of_view = {"view": view.type, "endpoint": view.url, "module": view.moduleMode}
        sources = {"view": "type", "endpoint": "url", "module": "moduleMode"}
        shown = {n: v for n, v in of_view.items() if sources[n] in view.model_fields_set}
        return values | shown


class New(Change):
    view: NewView


class LiffServerApi:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def blueprint(self) -> Blueprint:
        bp = login_http.blueprint("liff_apps", self._world)
        bp.get("/liff/v1/apps", endpoint="list")(self.apps)
        bp.post("/liff/v1/apps")(self.add)
        bp.put("/liff/v1/apps/<liff_id>")(self.change)
        bp.delete("/liff/v1/apps/<liff_id>")(self.remove)
        return bp

    def apps(self) -> Response:
        own = self._own(self._channel())
        if not own:
            raise refusal(404, "there is no LIFF app on the channel")
        return answer({"apps": [_shown(app) for app in own]})

    def add(self) -> Response:
        channel_id = self._channel()
        values = _read(New).values()
        with self._world.lock:
            if len(self._own(channel_id)) >= MOST_LIFF_APPS:
                raise refusal(400, "the channel has the maximum number of LIFF apps")
            app = self._world.logins.apps.put(LiffApp(channel_id, **values))
        return answer({"liffId": app.liff_id})

    def change(self, liff_id: str) -> Response:
        channel_id = self._channel()
        values = _read(Change).values()
        with self._world.lock:
            app = self._find(channel_id, liff_id)
            for name, value in values.items():
                setattr(app, name, value)
            self._world.logins.apps.put(app)
        return Response(status=200)

    def remove(self, liff_id: str) -> Response:
        channel_id = self._channel()
        with self._world.lock:
            self._world.logins.apps.drop(self._find(channel_id, liff_id).liff_id)
        return Response(status=200)

    def _channel(self) -> str:
        # LINE: the channel's short-lived or stateless token, not one of its tokens v2.1.
        return channel_token(self._world, "short", "stateless").channel_id

    def _own(self, channel_id: str) -> list[LiffApp]:
        return [app for app in self._world.logins.apps.values() if app.channel_id == channel_id]

    def _find(self, channel_id: str, liff_id: str) -> LiffApp:
        app = self._world.logins.apps.get(liff_id)
        if app is None or app.channel_id != channel_id:
            raise refusal(404, "not found")
        return app


def _read(model: type[Change]) -> Change:
    try:
        return model.model_validate(request.get_json(silent=True))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise refusal(400, f"{place}: {first['msg']}") from None


def _shown(app: LiffApp) -> dict[str, Any]:
    return {
        "liffId": app.liff_id,
        "view": {"type": app.view, "url": app.endpoint, "moduleMode": app.module},
        "description": app.name,
        "features": {"ble": False, "qrCode": app.qr_code},
        "permanentLinkPattern": "concat",
        "scope": app.scopes,
        "botPrompt": app.bot_prompt,
    }
