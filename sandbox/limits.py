"""LINE's limits on messages that line-bot-sdk's models do not hold: lengths, counts, addresses.

LINE counts UTF-16 units, except in labels and texts of actions and in templates, where it counts
grapheme clusters: https://developers.line.biz/en/docs/messaging-api/text-character-count/
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson
import regex

from sandbox.schema import Problem

Json = dict[str, Any]
Check = Callable[[Json, str], Iterator[Problem]]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_UNIT_NAME = re.compile(r"[a-zA-Z0-9_]{1,30}")
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_SUBSTITUTION_KEY = re.compile(r"[A-Za-z0-9_]{1,20}")
# LINE: https://developers.line.biz/en/reference/messaging-api/#action-objects
_ONLY_IN_QUICK_REPLY = frozenset({"camera", "cameraRoll", "location"})
_URI_SCHEMES = frozenset({"http", "https", "line", "tel"})
_URI_LENGTH = 10_000
_LABEL, _FLEX_LABEL, _IMAGE_CAROUSEL_LABEL = 20, 40, 12
_BUBBLE_BYTES, _CAROUSEL_BYTES = 30 * 1024, 50 * 1024


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def grapheme_length(text: str) -> int:
    return len(text) if text.isascii() else len(regex.findall(r"\X", text))


def problems_of(messages: list[Json]) -> Iterator[Problem]:
    """Yield what is wrong with messages whose shape is already known to be right."""
    for number, message in enumerate(messages):
        at = f"messages[{number}]"
        yield from _CHECKS.get(message["type"], _nothing)(message, at)
        if "quickReply" in message:
            yield from _quick_reply(message["quickReply"], f"{at}.quickReply")
        if "sender" in message:
            yield from _sender(message["sender"], f"{at}.sender")


def problems_of_units(units: list[str]) -> Iterator[Problem]:
    """LINE: one aggregation unit at most, its name of 1 to 30 letters, digits and underscores."""
    if len(units) > 1:
        yield problem("Size must be between 0 and 1", "customAggregationUnits")
    for number, name in enumerate(units):
        if not _UNIT_NAME.fullmatch(name):
            yield problem("Invalid unit name", f"customAggregationUnits[{number}]")


def area_action(action: Json, at: str) -> Iterator[Problem]:
    """The mistakes of an action in a rich menu; only there a switch to another menu is good."""
    if action["type"] in _ONLY_IN_QUICK_REPLY:
        yield problem(f"The action {action['type']!r} cannot be used here", f"{at}.type")
    yield from _length(action, "label", at, _LABEL, clusters=True)
    yield from _ACTIONS.get(action["type"], _nothing)(action, at)


def length(owner: Json, name: str, most: int) -> Iterator[Problem]:
    """The mistake of a text at the top of a body, counted in grapheme clusters."""
    if not 1 <= grapheme_length(owner[name]) <= most:
        yield problem(f"Length must be between 1 and {most}", name)


def problem(message: str, at: str) -> Problem:
    """One mistake and its place."""
    return {"message": message, "property": at}


def _nothing(_message: Json, _at: str) -> Iterator[Problem]:
    return iter(())


def _length(
    owner: Json, name: str, at: str, most: int, *, least: int = 1, clusters: bool = False
) -> Iterator[Problem]:
    value = owner.get(name)
    if value is None:
        return
    length = grapheme_length(value) if clusters else utf16_length(value)
    if length < least and least == 1:
        yield problem("May not be empty", f"{at}.{name}")
    elif length > most:
        yield problem(f"Length must be between {least} and {most}", f"{at}.{name}")


def _address(owner: Json, name: str, at: str) -> Iterator[Problem]:
    """LINE takes https only; the sandbox also http to this machine, which has no certificate."""
    value = owner.get(name)
    if value is None:
        return
    parts = _split(value)
    local = parts is not None and parts.scheme == "http" and parts.hostname in _LOOPBACK
    if parts is None or not parts.hostname or not (parts.scheme == "https" or local):
        yield problem("Must be a valid HTTPS URL", f"{at}.{name}")
    elif len(value) > 2000:
        yield problem("Length must be between 1 and 2000", f"{at}.{name}")


def is_address(value: str) -> bool:
    """Tell whether this is an https address, or an http one, which only the sandbox allows."""
    parts = _split(value)
    return bool(parts and parts.hostname and parts.scheme in ("http", "https"))


def _split(address: str) -> Any:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _text(message: Json, at: str) -> Iterator[Problem]:
    yield from _length(message, "text", at, 5000)
    emojis = message.get("emojis") or []
    if len(emojis) > 20:
        yield problem("Size must be between 0 and 20", f"{at}.emojis")
    units = message["text"].encode("utf-16-le", "surrogatepass")
    for number, emoji in enumerate(emojis):
        place = (emoji.get("index") or 0) * 2
        if units[place : place + 2] != b"$\0":
            yield problem("Invalid index", f"{at}.emojis[{number}].index")


def _text_v2(message: Json, at: str) -> Iterator[Problem]:
    yield from _length(message, "text", at, 5000)
    known = message.get("substitution") or {}
    if len(known) > 100:
        yield problem("Size must be between 0 and 100", f"{at}.substitution")
    for key in known:
        if not _SUBSTITUTION_KEY.fullmatch(key):
            yield problem("Invalid key", f"{at}.substitution.{key}")
    for found in _PLACEHOLDER.finditer(message["text"]):
        if found[0] not in ("{{", "}}") and found[1] not in known:
            yield problem(f"Invalid placeholder {found[0]!r}", f"{at}.text")


def _media(message: Json, at: str) -> Iterator[Problem]:
    yield from _address(message, "originalContentUrl", at)
    yield from _address(message, "previewImageUrl", at)
    yield from _length(message, "trackingId", at, 100)


def _location(message: Json, at: str) -> Iterator[Problem]:
    yield from _length(message, "title", at, 100)
    yield from _length(message, "address", at, 100)


def _imagemap(message: Json, at: str) -> Iterator[Problem]:
    yield from _address(message, "baseUrl", at)
    yield from _length(message, "altText", at, 1500)
    if message["baseSize"]["width"] != 1040:
        yield problem("Must be 1040", f"{at}.baseSize.width")
    if len(message["actions"]) > 50:
        yield problem("Size must be between 0 and 50", f"{at}.actions")
    for number, action in enumerate(message["actions"]):
        place = f"{at}.actions[{number}]"
        yield from _length(action, "text", place, 400)
        yield from _length(action, "linkUri", place, 1000)
        yield from _length(action, "clipboardText", place, 1000)


def _coupon(message: Json, at: str) -> Iterator[Problem]:
    yield from _length(message, "deliveryTag", at, 30)


def _template(message: Json, at: str) -> Iterator[Problem]:
    yield from _length(message, "altText", at, 1500)
    template = message["template"]
    yield from _TEMPLATES[template["type"]](template, f"{at}.template")


def _buttons(template: Json, at: str) -> Iterator[Problem]:
    yield from _column(template, at, text=160, most_actions=4)


def _confirm(template: Json, at: str) -> Iterator[Problem]:
    yield from _length(template, "text", at, 240, clusters=True)
    if len(template["actions"]) != 2:
        yield problem("Size must be between 2 and 2", f"{at}.actions")
    yield from _actions(template["actions"], f"{at}.actions", _LABEL)


def _carousel(template: Json, at: str) -> Iterator[Problem]:
    columns = template["columns"]
    yield from _size(columns, f"{at}.columns", 10)
    for number, column in enumerate(columns):
        yield from _column(column, f"{at}.columns[{number}]", text=120, most_actions=3)
    if len({len(column["actions"]) for column in columns}) > 1:
        yield problem("All columns need the same number of actions", f"{at}.columns")


def _image_carousel(template: Json, at: str) -> Iterator[Problem]:
    yield from _size(template["columns"], f"{at}.columns", 10)
    for number, column in enumerate(template["columns"]):
        place = f"{at}.columns[{number}]"
        yield from _address(column, "imageUrl", place)
        yield from _action(column["action"], f"{place}.action", _IMAGE_CAROUSEL_LABEL)


def _column(column: Json, at: str, *, text: int, most_actions: int) -> Iterator[Problem]:
    # LINE: the text may have 60 characters only beside a title or a picture.
    decorated = column.get("title") or column.get("thumbnailImageUrl")
    yield from _length(column, "title", at, 40, clusters=True)
    yield from _length(column, "text", at, 60 if decorated else text, clusters=True)
    yield from _address(column, "thumbnailImageUrl", at)
    yield from _size(column["actions"], f"{at}.actions", most_actions)
    yield from _actions(column["actions"], f"{at}.actions", _LABEL)
    if column.get("defaultAction"):
        yield from _action(column["defaultAction"], f"{at}.defaultAction", None)


def _size(items: list[Any], at: str, most: int) -> Iterator[Problem]:
    if not 1 <= len(items) <= most:
        yield problem(f"Size must be between 1 and {most}", at)


def _quick_reply(quick_reply: Json, at: str) -> Iterator[Problem]:
    for number, item in enumerate(quick_reply.get("items") or []):
        place = f"{at}.items[{number}]"
        yield from _address(item, "imageUrl", place)
        if not item.get("action"):
            yield problem("May not be empty", f"{place}.action")
        else:
            yield from _action(item["action"], f"{place}.action", _LABEL, quick_reply=True)


def _sender(sender: Json, at: str) -> Iterator[Problem]:
    yield from _length(sender, "name", at, 20)
    yield from _address(sender, "iconUrl", at)
    # LINE: the name must not pass itself off as LINE.
    if "line" in (sender.get("name") or "").lower().split():
        yield problem("Invalid name", f"{at}.name")


def _actions(actions: list[Json], at: str, label: int) -> Iterator[Problem]:
    for number, action in enumerate(actions):
        yield from _action(action, f"{at}[{number}]", label)


def _action(
    action: Json, at: str, label: int | None, *, quick_reply: bool = False
) -> Iterator[Problem]:
    """`label`: the longest label allowed here, None where no label is needed."""
    kind = action["type"]
    if kind == "richmenuswitch" or (kind in _ONLY_IN_QUICK_REPLY and not quick_reply):
        yield problem(f"The action {kind!r} cannot be used here", f"{at}.type")
    if label is not None and not action.get("label"):
        yield problem("May not be empty", f"{at}.label")
    elif label is not None:
        yield from _length(action, "label", at, label, clusters=True)
    yield from _ACTIONS.get(kind, _nothing)(action, at)


def _required(owner: Json, name: str, at: str) -> Iterator[Problem]:
    if owner.get(name) in (None, ""):
        yield problem("May not be empty", f"{at}.{name}")


def _message_action(action: Json, at: str) -> Iterator[Problem]:
    yield from _required(action, "text", at)
    yield from _length(action, "text", at, 300, least=0, clusters=True)


def _postback_action(action: Json, at: str) -> Iterator[Problem]:
    yield from _required(action, "data", at)
    yield from _length(action, "data", at, 300, least=0)
    for name in ("displayText", "text", "fillInText"):
        yield from _length(action, name, at, 300, least=0, clusters=True)
    if action.get("displayText") and action.get("text"):
        yield problem("Cannot be used together with displayText", f"{at}.text")
    if action.get("fillInText") and action.get("inputOption") != "openKeyboard":
        yield problem("Needs inputOption openKeyboard", f"{at}.fillInText")


def _uri_action(action: Json, at: str) -> Iterator[Problem]:
    yield from _required(action, "uri", at)
    yield from _length(action, "uri", at, _URI_LENGTH, least=0)
    parts = _split(action.get("uri") or "")
    if action.get("uri") and (parts is None or parts.scheme not in _URI_SCHEMES):
        yield problem("invalid uri scheme", f"{at}.uri")


def _datetime_action(action: Json, at: str) -> Iterator[Problem]:
    yield from _required(action, "data", at)
    yield from _required(action, "mode", at)
    yield from _length(action, "data", at, 300, least=0)


def _switch_action(action: Json, at: str) -> Iterator[Problem]:
    yield from _required(action, "richMenuAliasId", at)
    yield from _required(action, "data", at)
    yield from _length(action, "richMenuAliasId", at, 32, least=0)
    yield from _length(action, "data", at, 300, least=0)


def _clipboard_action(action: Json, at: str) -> Iterator[Problem]:
    yield from _length(action, "clipboardText", at, 1000)


def _flex(message: Json, at: str) -> Iterator[Problem]:
    yield from _length(message, "altText", at, 1500)
    contents, place = message["contents"], f"{at}.contents"
    if contents["type"] == "bubble":
        yield from _bubble(contents, place)
        return
    yield from _size(contents["contents"], f"{place}.contents", 12)
    if len(orjson.dumps(contents)) > _CAROUSEL_BYTES:
        yield problem("Size must be at most 50 KB", place)
    if len({bubble.get("size", "mega") for bubble in contents["contents"]}) > 1:
        yield problem("All bubbles must have the same size", f"{place}.contents")
    for number, bubble in enumerate(contents["contents"]):
        yield from _bubble(bubble, f"{place}.contents[{number}]")


def _bubble(bubble: Json, at: str) -> Iterator[Problem]:
    if len(orjson.dumps(bubble)) > _BUBBLE_BYTES:
        yield problem("Size must be at most 30 KB", at)
    yield from _component(bubble, at)


def _component(component: Json, at: str) -> Iterator[Problem]:
    kind = component.get("type")
    if kind in ("image", "icon", "video"):
        yield from _address(component, "url", at)
    if component.get("action"):
        label = _FLEX_LABEL if kind == "button" else None
        yield from _action(component["action"], f"{at}.action", label)
    if kind == "text" and not (component.get("text") or component.get("contents")):
        yield problem("May not be empty", f"{at}.text")
    for name in ("header", "hero", "body", "footer"):
        if isinstance(component.get(name), dict):
            yield from _component(component[name], f"{at}.{name}")
    for number, item in enumerate(component.get("contents") or []):
        yield from _component(item, f"{at}.contents[{number}]")


_CHECKS: dict[str, Check] = {
    "text": _text,
    "textV2": _text_v2,
    "image": _media,
    "video": _media,
    "audio": _media,
    "location": _location,
    "imagemap": _imagemap,
    "template": _template,
    "flex": _flex,
    "coupon": _coupon,
}
_TEMPLATES: dict[str, Check] = {
    "buttons": _buttons,
    "confirm": _confirm,
    "carousel": _carousel,
    "image_carousel": _image_carousel,
}
_ACTIONS: dict[str, Check] = {
    "message": _message_action,
    "postback": _postback_action,
    "uri": _uri_action,
    "datetimepicker": _datetime_action,
    "clipboard": _clipboard_action,
    "richmenuswitch": _switch_action,
}
