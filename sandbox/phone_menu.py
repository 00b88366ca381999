"""The rich menu on the phone: which one a person sees, its picture, and switching by alias."""

from typing import Any

from flask import Blueprint, Response
from pydantic import Field
from werkzeug.exceptions import NotFound

from sandbox import clock
from sandbox.problems import Body, answer, read
from sandbox.richmenus import RichMenu
from sandbox.talks import Talks
from sandbox.world import World


class Switch(Body):
    richMenuAliasId: str = Field(min_length=1, max_length=32)
    data: str = Field("", max_length=300)


class PhoneMenu:
    """The routes with their world."""

    def __init__(self, world: World, talks: Talks) -> None:
        self._world = world
        self._talks = talks

    def blueprint(self) -> Blueprint:
        bp = Blueprint("phone_menu", __name__, url_prefix="/phone/api")
        bp.get("/talks/<person>/<account>/richmenu")(self.menu)
        bp.post("/talks/<person>/<account>/richmenu_switch")(self.switch)
        bp.get("/richmenus/<menu_id>/image")(self.image)
        return bp

    def menu(self, person: str, account: str) -> Response:
        """The menu at the bottom of a talk; none where the account is blocked."""
        talk = self._world.talk(person, account)
        with self._world.lock:
            user_id = self._world.user_id_of(talk)
            menu = self._world.rich_menus.shown(account, user_id)
            shown = menu if talk.status != "blocked" else None
            if shown:
                now, sent = self._world.clock.now(), self._world.sent_requests
                sent.react_to_menu(shown.id, 0, person, "impression", clock.day(now), now)
            return answer({"richmenu": shown and _shown(shown)})

    def switch(self, person: str, account: str) -> Response:
        """Tap an area that switches to another menu: a postback event tells how it went."""
        wanted = read(Switch)
        done = self._talks.switch_menu(person, account, wanted.richMenuAliasId, wanted.data)
        return answer({"event_ids": [event["webhookEventId"] for event in done.events]})

    def image(self, menu_id: str) -> Response:
        """The picture of a menu."""
        picture = self._world.rich_menus.pictures.get(menu_id)
        if picture is None:
            raise NotFound(f"There is no picture of a menu {menu_id!r}.")
        return Response(picture.data, content_type=picture.kind)


def _shown(menu: RichMenu) -> dict[str, Any]:
    body = {name: menu.body[name] for name in ("size", "chatBarText", "selected", "areas")}
    return {"id": menu.id, **body, "image": f"/phone/api/richmenus/{menu.id}/image"}
