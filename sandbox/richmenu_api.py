"""The endpoints of rich menus: menus, pictures, links to users, aliases and batches."""

from typing import Any

from linebot.v3.messaging import (
    CreateRichMenuAliasRequest,
    RichMenuBulkLinkRequest,
    RichMenuBulkUnlinkRequest,
    UpdateRichMenuAliasRequest,
)

from sandbox import clock, richmenu_check, validate
from sandbox.api import Answer, Api, ApiError, Call, Handler, invalid, needed
from sandbox.richmenus import BATCH_MS, MOST_ALIASES, MOST_MENUS, Alias, Batch, RichMenu
from sandbox.world import World

_PATH = "/v2/bot/richmenu"
_USER = "/v2/bot/user"


class RichMenuApi:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._menus = world.rich_menus

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints."""
        self._add_menus(api)
        self._add_links(api)
        self._add_aliases(api)
        self._add_batches(api)

    def _add_menus(self, api: Api) -> None:
        one, menu = f"{_PATH}/<menu_id>", richmenu_check.menu
        api.add("POST", _PATH, "richmenu_create", self._locked(self._create), check=menu)
        api.add("POST", f"{_PATH}/validate", "richmenu_validate", _nothing, check=menu)
        api.add("GET", f"{_PATH}/list", "richmenu_list", self._locked(self._list))
        api.add("GET", one, "richmenu", self._locked(self._get))
        api.add("DELETE", one, "richmenu_delete", self._locked(self._delete))
        content = f"{one}/content"
        api.add("POST", content, "richmenu_image", self._locked(self._upload), body="raw")
        api.add("GET", content, "richmenu_image", self._locked(self._download))

    def _add_links(self, api: Api) -> None:
        everybody, user = f"{_USER}/all/richmenu", f"{_USER}/<user_id>/richmenu"
        name = "richmenu_link"
        for path in (everybody, user):
            put, get = self._locked(self._link), self._locked(self._linked)
            api.add("POST", f"{path}/<menu_id>", name, put, body="none")
            api.add("GET", path, name, get)
            api.add("DELETE", path, name, self._locked(self._unlink))
        for verb, handler, model in (
            ("link", self._bulk_link, RichMenuBulkLinkRequest),
            ("unlink", self._bulk_unlink, RichMenuBulkUnlinkRequest),
        ):
            path, check = f"{_PATH}/bulk/{verb}", validate.shape(model)
            bulk = self._locked(handler)
            api.add("POST", path, f"richmenu_bulk_{verb}", bulk, check=check, status=202)

    def _add_aliases(self, api: Api) -> None:
        path, name = f"{_PATH}/alias", "richmenu_alias"
        one = f"{path}/<alias_id>"
        new = validate.shape(CreateRichMenuAliasRequest)
        changed = validate.shape(UpdateRichMenuAliasRequest)
        api.add("POST", path, name, self._locked(self._create_alias), check=new)
        api.add("GET", f"{path}/list", name, self._locked(self._list_aliases))
        api.add("GET", one, name, self._locked(self._get_alias))
        api.add("POST", one, name, self._locked(self._update_alias), check=changed)
        api.add("DELETE", one, "richmenu_alias_delete", self._locked(self._delete_alias))

    def _add_batches(self, api: Api) -> None:
        path, check = f"{_PATH}/batch", richmenu_check.batch
        start = self._locked(self._start_batch)
        api.add("POST", path, "richmenu_batch", start, check=check, status=202)
        api.add("POST", f"{_PATH}/validate/batch", "richmenu_validate", _nothing, check=check)
        progress = self._locked(self._progress)
        api.add("GET", f"{_PATH}/progress/batch", "richmenu_batch_progress", progress)

    def _locked(self, handler: Handler) -> Handler:
        def locked(call: Call, body: Any, **parts: str) -> dict[str, Any] | Answer:
            with self._world.lock:
                return handler(call, body, **parts)

        return locked

    def _create(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        if len(self._menus.of(call.account.slug)) >= MOST_MENUS:
            raise ApiError(400, "The maximum number of rich menus has been reached")
        return {"richMenuId": self._menus.create(call.account.slug, body).id}

    def _list(self, call: Call, _body: None) -> dict[str, Any]:
        return {"richmenus": [menu.as_json() for menu in self._menus.of(call.account.slug)]}

    def _get(self, call: Call, _body: None, menu_id: str) -> dict[str, Any]:
        return self._menu(call, menu_id).as_json()

    def _delete(self, call: Call, _body: None, menu_id: str) -> dict[str, Any]:
        self._menus.delete(self._menu(call, menu_id))
        self._tell(call, when="reopen")
        return {}

    def _upload(self, call: Call, data: bytes, menu_id: str) -> dict[str, Any]:
        menu = self._menu(call, menu_id)
        richmenu_check.picture(call.content_type, data)
        if menu.image:
            raise ApiError(400, "An image has already been uploaded to the richmenu")
        self._menus.set_picture(menu, call.content_type.partition(";")[0].strip().lower(), data)
        return {}

    def _download(self, call: Call, _body: None, menu_id: str) -> Answer:
        picture = self._menus.pictures.get(self._menu(call, menu_id).id)
        if picture is None:
            raise ApiError(404, "Not found")
        return Answer(200, {}, raw=(picture.kind, picture.data))

    def _link(
        self, call: Call, _body: None, menu_id: str, user_id: str | None = None
    ) -> dict[str, Any]:
        menu = self._usable(self._menu(call, menu_id))
        if user_id is None:
            self._menus.link(call.account.slug, "", menu.id)
            self._tell(call, when="reopen")
        else:
            self._link_users(call, [_user_id(user_id)], menu)
        return {}

    def _linked(self, call: Call, _body: None, user_id: str | None = None) -> dict[str, Any]:
        of = "" if user_id is None else _user_id(user_id)
        menu_id = self._menus.linked(call.account.slug, of)
        if menu_id is None:
            words = "no default richmenu" if user_id is None else "the user has no richmenu"
            raise ApiError(404, words)
        return {"richMenuId": menu_id}

    def _unlink(self, call: Call, _body: None, user_id: str | None = None) -> dict[str, Any]:
        if user_id is None:
            self._menus.unlink(call.account.slug, "")
            self._tell(call, when="reopen")
        else:
            self._unlink_users(call, [_user_id(user_id)])
        return {}

    def _bulk_link(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        users = [_user_id(user_id) for user_id in body["userIds"]]
        self._link_users(call, users, self._named(call, body["richMenuId"]))
        return {}

    def _bulk_unlink(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        self._unlink_users(call, [_user_id(user_id) for user_id in body["userIds"]])
        return {}

    def _link_users(self, call: Call, user_ids: list[str], menu: RichMenu) -> None:
        # LINE: for somebody who is no friend the answer is the same, without effect.
        for user_id in user_ids:
            talk = self._world.talk_of(call.account, user_id)
            if talk and talk.status == "friend":
                self._menus.link(call.account.slug, user_id, menu.id)
                self._tell(call, user_id)

    def _unlink_users(self, call: Call, user_ids: list[str]) -> None:
        for user_id in user_ids:
            self._menus.unlink(call.account.slug, user_id)
            self._tell(call, user_id)

    def _create_alias(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        account, name = call.account.slug, body["richMenuAliasId"]
        if problems := richmenu_check.alias(name):
            raise invalid(problems)
        if (account, name) in self._menus.aliases:
            raise ApiError(400, "conflict richmenu alias id")
        if len(self._menus.aliases_of(account)) >= MOST_ALIASES:
            raise ApiError(400, "The maximum number of rich menu aliases has been reached")
        menu = self._named(call, body["richMenuId"])
        self._menus.aliases.put(Alias(account, name, menu.id))
        return {}

    def _list_aliases(self, call: Call, _body: None) -> dict[str, Any]:
        return {"aliases": [a.as_json() for a in self._menus.aliases_of(call.account.slug)]}

    def _get_alias(self, call: Call, _body: None, alias_id: str) -> dict[str, Any]:
        return dict(self._alias(call, alias_id).as_json())

    def _update_alias(self, call: Call, body: dict[str, Any], alias_id: str) -> dict[str, Any]:
        alias = self._alias(call, alias_id)
        alias.menu = self._named(call, body["richMenuId"]).id
        self._menus.aliases.put(alias)
        return {}

    def _delete_alias(self, call: Call, _body: None, alias_id: str) -> dict[str, Any]:
        alias = self._alias(call, alias_id)
        self._menus.aliases.drop((alias.account, alias.id))
        return {}

    def _start_batch(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        for step in body["operations"]:
            for name in ("from", "to"):
                if name in step:
                    self._named(call, step[name])
        now, key = self._world.clock.now(), body.get("resumeRequestKey")
        batch = Batch(call.account.slug, call.request_id, now, key, fails=call.fails)
        for user_id in self._menus.start_batch(batch, body["operations"]):
            self._tell(call, user_id)
        return {}

    def _progress(self, call: Call, _body: None) -> dict[str, Any]:
        now = self._world.clock.now()
        batch = self._menus.batch(call.account.slug, needed(call, "requestId"), now)
        if batch is None:
            raise ApiError(404, "Not found")
        accepted = {"acceptedTime": clock.iso(batch.accepted_at)}
        done_at = batch.accepted_at + BATCH_MS
        if now < done_at:
            return {"phase": "ongoing", **accepted}
        phase = "failed" if batch.fails else "succeeded"
        return {"phase": phase, **accepted, "completedTime": clock.iso(done_at)}

    def _menu(self, call: Call, menu_id: str) -> RichMenu:
        menu = self._menus.find(call.account.slug, menu_id)
        if menu is None:
            raise ApiError(404, "richmenu not found")
        return menu

    def _named(self, call: Call, menu_id: str) -> RichMenu:
        """The menu a body names, which must be usable. Raises ApiError (400)."""
        menu = self._menus.find(call.account.slug, menu_id)
        if menu is None:
            raise ApiError(400, "richmenu not found")
        return self._usable(menu)

    def _usable(self, menu: RichMenu) -> RichMenu:
        if menu.image is None:
            raise ApiError(400, "must upload richmenu image before applying it to user")
        return menu

    def _alias(self, call: Call, alias_id: str) -> Alias:
        alias = self._menus.aliases.get((call.account.slug, alias_id))
        if alias is None:
            raise ApiError(404, "richmenu alias not found")
        return alias

    def _tell(self, call: Call, user_id: str | None = None, *, when: str = "now") -> None:
        """LINE: a user's own menu changes at once, the default on reopening the talk."""
        person = self._world.person_of(call.account, user_id) if user_id else None
        if user_id is None or person:
            self._world.publish_rich_menu(call.account.slug, person.key if person else None, when)


def _user_id(value: str) -> str:
    if len(value) != 33 or not value.startswith("U"):
        raise ApiError(400, "The user ID is invalid")
    return value


def _nothing(_call: Call, _body: Any) -> dict[str, Any]:
    return {}
