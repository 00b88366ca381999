"""The calls about rich menus, through line-bot-sdk. All raise LineError; all but `create` may be
repeated without harm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.line.channel import Channel
from app.line.errors import LineError
from app.line.sdk import call, client

if TYPE_CHECKING:
    from linebot.v3.messaging import MessagingApi

_MENU = "/v2/bot/richmenu"
_CONTENT = f"{_MENU}/{{richMenuId}}/content"
_ALIAS = f"{_MENU}/alias/{{richMenuAliasId}}"
_DEFAULT = "/v2/bot/user/all/richmenu"
_USER = "/v2/bot/user/{userId}/richmenu"


@dataclass(frozen=True)
class AtLine:
    """A menu as LINE lists it."""

    line_id: str
    name: str


def create(channel: Channel, body: dict[str, Any]) -> str:
    """Create a menu from LINE's rich menu object; answers its id. Asked twice, there are two."""
    from linebot.v3.messaging import RichMenuRequest

    wanted = RichMenuRequest.from_dict(body)
    answer = call(channel, "POST", _MENU, _api(channel).create_rich_menu_with_http_info, wanted)
    return str(answer.rich_menu_id)


def upload(channel: Channel, line_id: str, kind: str, data: bytes) -> None:
    """Give a menu its picture, once; `channel` is at LINE's host for data.

    Where a picture is there already, LINE refuses another one, and that is no error here.
    """
    path = {"richMenuId": line_id}

    def ask(**options: Any) -> Any:
        return client(channel).call_api(
            _CONTENT, "POST", path, [], {"Content-Type": kind}, body=data,
            response_types_map={}, auth_settings=["Bearer"], **options,
        )  # fmt: skip

    try:
        call(channel, "POST", _CONTENT, ask)
    except LineError as refusal:
        if refusal.kind != "refused" or not _has_picture(channel, line_id):
            raise


def _has_picture(channel: Channel, line_id: str) -> bool:
    from linebot.v3.messaging import MessagingApiBlob

    api = MessagingApiBlob(client(channel))
    try:
        ask = api.get_rich_menu_image_with_http_info
        call(channel, "GET", _CONTENT, ask, line_id, expected=(404,))
    except LineError as refusal:
        if refusal.status == 404:
            return False
        raise
    return True


def delete(channel: Channel, line_id: str) -> None:
    """Delete a menu, and every person's link to it; one that is not there is no error."""
    ask = _api(channel).delete_rich_menu_with_http_info
    _unless_gone(channel, "DELETE", f"{_MENU}/{{richMenuId}}", ask, line_id)


def listed(channel: Channel) -> list[AtLine]:
    """All menus of the channel that were made with the Messaging API, by whatever tool."""
    found = _get(channel, f"{_MENU}/list").get("richmenus", [])
    return [AtLine(str(menu["richMenuId"]), str(menu.get("name", ""))) for menu in found]


def aliases(channel: Channel) -> dict[str, str]:
    """Alias -> id of the menu it leads to, which may be no more."""
    found = _get(channel, f"{_MENU}/alias/list").get("aliases", [])
    return {str(alias["richMenuAliasId"]): str(alias["richMenuId"]) for alias in found}


def set_alias(channel: Channel, alias: str, line_id: str) -> None:
    """Let an alias lead to a menu, whether it is there already or not."""
    from linebot.v3.messaging import CreateRichMenuAliasRequest, UpdateRichMenuAliasRequest

    api = _api(channel)
    changed = UpdateRichMenuAliasRequest(richMenuId=line_id)
    try:
        ask = api.update_rich_menu_alias_with_http_info
        call(channel, "POST", _ALIAS, ask, alias, changed, expected=(404,))
    except LineError as refusal:
        if refusal.status != 404:
            raise
        new = CreateRichMenuAliasRequest(richMenuAliasId=alias, richMenuId=line_id)
        call(channel, "POST", f"{_MENU}/alias", api.create_rich_menu_alias_with_http_info, new)


def delete_alias(channel: Channel, alias: str) -> None:
    """Delete an alias; one that is not there is no error."""
    ask = _api(channel).delete_rich_menu_alias_with_http_info
    _unless_gone(channel, "DELETE", _ALIAS, ask, alias)


def default(channel: Channel) -> str | None:
    """The id of the default menu; None where there is none that the Messaging API has set."""
    ask = _api(channel).get_default_rich_menu_id_with_http_info
    try:
        return str(call(channel, "GET", _DEFAULT, ask, expected=(403, 404)).rich_menu_id)
    except LineError as refusal:
        # REF: 403 where another tool has set it, 404 where nobody has.
        if refusal.status in (403, 404):
            return None
        raise


def set_default(channel: Channel, line_id: str | None) -> None:
    """Show this menu to everybody who has none of their own; None shows none."""
    api = _api(channel)
    if line_id is None:
        call(channel, "DELETE", _DEFAULT, api.cancel_default_rich_menu_with_http_info)
    else:
        path = f"{_DEFAULT}/{{richMenuId}}"
        call(channel, "POST", path, api.set_default_rich_menu_with_http_info, line_id)


def of_user(channel: Channel, user_id: str) -> str | None:
    """The id of the menu that is linked to a person, or None."""
    ask = _api(channel).get_rich_menu_id_of_user_with_http_info
    try:
        return str(call(channel, "GET", _USER, ask, user_id, expected=(404,)).rich_menu_id)
    except LineError as refusal:
        if refusal.status == 404:
            return None
        raise


def tell_one(channel: Channel, user_id: str, line_id: str | None) -> None:
    """Link a menu to a person, seen at once; None takes away the one they have."""
    api = _api(channel)
    if line_id is None:
        call(channel, "DELETE", _USER, api.unlink_rich_menu_id_from_user_with_http_info, user_id)
    else:
        path, ask = f"{_USER}/{{richMenuId}}", api.link_rich_menu_id_to_user_with_http_info
        call(channel, "POST", path, ask, user_id, line_id)


def tell_many(channel: Channel, user_ids: Sequence[str], line_id: str | None) -> None:
    """The same for up to 500 people: LINE does it within seconds and does not say for whom."""
    from linebot.v3.messaging import RichMenuBulkLinkRequest, RichMenuBulkUnlinkRequest

    api, users = _api(channel), list(user_ids)
    if line_id is None:
        ask = api.unlink_rich_menu_id_from_users_with_http_info
        call(channel, "POST", f"{_MENU}/bulk/unlink", ask, RichMenuBulkUnlinkRequest(userIds=users))
    else:
        wanted = RichMenuBulkLinkRequest(richMenuId=line_id, userIds=users)
        ask = api.link_rich_menu_id_to_users_with_http_info
        call(channel, "POST", f"{_MENU}/bulk/link", ask, wanted)


def _get(channel: Channel, path: str) -> dict[str, Any]:
    """LINE's own JSON: the SDK's models refuse lists with an action they do not know."""

    def ask(**options: Any) -> Any:
        plain = {"response_types_map": {"200": "object"}, "auth_settings": ["Bearer"]}
        return client(channel).call_api(path, "GET", {}, [], {}, **plain, **options)

    answer: dict[str, Any] = call(channel, "GET", path, ask)
    return answer


def _unless_gone(channel: Channel, method: str, path: str, ask: Any, *values: object) -> None:
    try:
        call(channel, method, path, ask, *values, expected=(404,))
    except LineError as refusal:
        if refusal.status != 404:
            raise


def _api(channel: Channel) -> "MessagingApi":
    from linebot.v3.messaging import MessagingApi

    return MessagingApi(client(channel))
