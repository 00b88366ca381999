"""Hold finished messages against LINE's limits (app/line/limits.py) before LINE refuses them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from app.line import limits
from app.line.limits import graphemes, utf16_len

Json = Mapping[str, Any]

_MEDIA_URL = re.compile(r"https://\S+")
_URI = re.compile(r"(https?|tel|line):\S+")


def problems(messages: Sequence[Json]) -> list[str]:
    """Say what LINE would refuse, one sentence each with the place; nothing if all is well.

    The sentences name places and limits, never the text itself.
    """
    found = list(_count("messages", messages, limits.MESSAGES_PER_CALL))
    for n, message in enumerate(messages):
        found += _message(f"messages[{n}]", message, last=n == len(messages) - 1)
    return found


def _message(at: str, message: Json, *, last: bool) -> Iterator[str]:
    checks = _BY_TYPE.get(str(message.get("type")))
    if checks is None:
        yield f"{at}: unknown type"
        return
    yield from checks(at, message)
    if "quickReply" in message:
        yield from _quick_replies(f"{at}.quickReply.items", message["quickReply"]["items"])
        if not last:
            yield f"{at}: LINE shows the quick replies of the last message only"


def _quick_replies(at: str, items: Sequence[Json]) -> Iterator[str]:
    yield from _count(at, items, limits.QUICK_REPLIES)
    for n, item in enumerate(items):
        place, action = f"{at}[{n}].action", item["action"]
        if action.get("type") == "location":
            yield from _clusters(f"{place}.label", action.get("label"), limits.LABEL)
        else:
            yield from _action(place, action, limits.LABEL)


def _text(at: str, message: Json) -> Iterator[str]:
    yield from _units(f"{at}.text", message.get("text"), limits.TEXT_UNITS)


def _sticker(at: str, message: Json) -> Iterator[str]:
    for name in ("packageId", "stickerId"):
        if not str(message.get(name, "")).isdecimal():
            yield f"{at}.{name}: is no number"


def _image(at: str, message: Json) -> Iterator[str]:
    for name in ("originalContentUrl", "previewImageUrl"):
        yield from _media(f"{at}.{name}", message.get(name))


def _template(at: str, message: Json) -> Iterator[str]:
    yield from _units(f"{at}.altText", message.get("altText"), limits.ALT_TEXT_UNITS)
    template = message["template"]
    if template["type"] == "carousel":
        yield from _carousel(f"{at}.template.columns", template["columns"])
    elif template["type"] == "buttons":
        texts = (limits.BUTTONS_TITLE, limits.BUTTONS_TEXT, limits.BUTTONS_TEXT_SHORT)
        yield from _column(f"{at}.template", template, texts, limits.BUTTONS_ACTIONS)
    elif template["type"] == "confirm":
        yield from _confirm(f"{at}.template", template)
    else:
        yield f"{at}.template: unknown type"


def _confirm(at: str, template: Json) -> Iterator[str]:
    yield from _clusters(f"{at}.text", template.get("text"), limits.CONFIRM_TEXT)
    yield from _actions(at, template["actions"], limits.CONFIRM_ACTIONS)
    if len(template["actions"]) < limits.CONFIRM_ACTIONS:
        yield f"{at}.actions: needs exactly {limits.CONFIRM_ACTIONS}"


def _carousel(at: str, columns: Sequence[Json]) -> Iterator[str]:
    yield from _count(at, columns, limits.CAROUSEL_COLUMNS)
    texts = (limits.CAROUSEL_TITLE, limits.CAROUSEL_TEXT, limits.CAROUSEL_TEXT_SHORT)
    for n, column in enumerate(columns):
        yield from _column(f"{at}[{n}]", column, texts, limits.CAROUSEL_ACTIONS)
    if len({len(column["actions"]) for column in columns}) > 1:
        yield f"{at}: the number of actions differs"


def _column(at: str, column: Json, texts: tuple[int, int, int], most_actions: int) -> Iterator[str]:
    title_limit, text_limit, short_limit = texts
    if "title" in column:
        yield from _clusters(f"{at}.title", column["title"], title_limit)
    if "thumbnailImageUrl" in column:
        yield from _media(f"{at}.thumbnailImageUrl", column["thumbnailImageUrl"])
    beside = "title" in column or "thumbnailImageUrl" in column
    yield from _clusters(f"{at}.text", column.get("text"), short_limit if beside else text_limit)
    yield from _actions(at, column["actions"], most_actions)


def _flex(at: str, message: Json) -> Iterator[str]:
    yield from _units(f"{at}.altText", message.get("altText"), limits.ALT_TEXT_UNITS)
    contents = message["contents"]
    if contents["type"] == "carousel":
        bubbles = contents["contents"]
        yield from _count(f"{at}.contents", bubbles, limits.FLEX_BUBBLES)
        yield from _bytes(f"{at}.contents", contents, limits.FLEX_CAROUSEL_BYTES)
    else:
        bubbles = [contents]
    for n, bubble in enumerate(bubbles):
        yield from _bytes(f"{at}.contents[{n}]", bubble, limits.BUBBLE_BYTES)
        yield from _component(f"{at}.contents[{n}]", bubble)


def _component(at: str, component: Json) -> Iterator[str]:
    """Walk a Flex tree: texts are not empty, buttons and pictures hold what LINE takes."""
    kind = component.get("type")
    if kind in ("text", "span") and "contents" not in component:
        yield from _units(f"{at}.text", component.get("text"), limits.BUBBLE_BYTES)
    if kind in ("image", "icon"):
        yield from _media(f"{at}.url", component.get("url"))
    if "action" in component:
        yield from _action(f"{at}.action", component["action"], limits.FLEX_LABEL)
    for name, children in component.items():
        yield from _children(f"{at}.{name}", children)


def _children(at: str, children: object) -> Iterator[str]:
    if isinstance(children, dict):
        yield from _component(at, children)
    elif isinstance(children, list):
        for n, child in enumerate(children):
            yield from _children(f"{at}[{n}]", child)


def _actions(at: str, actions: Sequence[Json], most: int) -> Iterator[str]:
    yield from _count(f"{at}.actions", actions, most)
    for n, action in enumerate(actions):
        yield from _action(f"{at}.actions[{n}]", action, limits.LABEL)


def _action(at: str, action: Json, label_limit: int) -> Iterator[str]:
    yield from _clusters(f"{at}.label", action.get("label"), label_limit)
    kind = action.get("type")
    if kind == "message":
        yield from _clusters(f"{at}.text", action.get("text"), limits.SAY_TEXT)
    elif kind == "uri":
        yield from _address(f"{at}.uri", action.get("uri"), _URI, limits.URI_UNITS)
    elif kind in ("postback", "datetimepicker"):
        yield from _units(f"{at}.data", action.get("data"), limits.POSTBACK_DATA_UNITS)
        if "displayText" in action:
            yield from _clusters(f"{at}.displayText", action["displayText"], limits.POSTBACK_SHOWN)
    else:
        yield f"{at}: unknown type"


def _media(at: str, url: object) -> Iterator[str]:
    yield from _address(at, url, _MEDIA_URL, limits.MEDIA_URL_UNITS)


def _address(at: str, url: object, form: re.Pattern[str], limit: int) -> Iterator[str]:
    if not isinstance(url, str) or not form.fullmatch(url):
        yield f"{at}: is no address that LINE takes"
    yield from _units(at, url, limit)


def _units(at: str, text: object, limit: int) -> Iterator[str]:
    yield from _length(at, text, limit, utf16_len, "UTF-16 units")


def _clusters(at: str, text: object, limit: int) -> Iterator[str]:
    yield from _length(at, text, limit, graphemes, "graphemes")


def _length(
    at: str, text: object, limit: int, measure: Callable[[str], int], unit: str
) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield f"{at}: is empty"
    elif measure(text) > limit:
        yield f"{at}: is longer than {limit:,} {unit}"


def _count(at: str, items: Sequence[object], most: int) -> Iterator[str]:
    if not 1 <= len(items) <= most:
        yield f"{at}: has {len(items)} instead of 1 to {most}"


def _bytes(at: str, contents: object, most: int) -> Iterator[str]:
    if len(orjson.dumps(contents)) > most:
        yield f"{at}: is larger than {most:,} bytes"


_BY_TYPE: Final[dict[str, Callable[[str, Json], Iterator[str]]]] = {
    "text": _text,
    "sticker": _sticker,
    "image": _image,
    "template": _template,
    "flex": _flex,
}
