"""What LINE refuses in rich menus, their pictures and batches.

LINE: https://developers.line.biz/en/reference/messaging-api/#rich-menu-object
"""

import io
import re
from collections.abc import Iterator
from typing import Any

from linebot.v3.messaging import RichMenuBatchRequest, RichMenuRequest
from PIL import Image, UnidentifiedImageError

from sandbox import limits, schema
from sandbox.api import ApiError
from sandbox.schema import Problem

MOST_PICTURE_BYTES = 1024 * 1024
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG"}
_NEEDED = ("size", "selected", "name", "chatBarText", "areas")
_WIDTHS = (800, 2500)
_LEAST_HEIGHT, _LEAST_RATIO = 250, 1.45
_MOST_AREAS, _MOST_OPERATIONS = 20, 1000
_ALIAS = re.compile(r"[a-z0-9_-]{1,32}")
_RESUME_KEY = re.compile(r"[0-9a-zA-Z_-]{1,100}")


def menu(body: Any) -> list[Problem]:
    """The mistakes of a rich menu object."""
    found: list[Problem] = []
    if isinstance(body, dict):
        # The SDK counts code points, LINE grapheme clusters: their lengths are looked at below.
        short = {n: v[:1] for n in ("name", "chatBarText") if isinstance(v := body.get(n), str)}
        schema.check(RichMenuRequest, {**body, **short}, "", found)
        missing = [name for name in _NEEDED if body.get(name) is None]
        found += [limits.problem("May not be empty", name) for name in missing]
    else:
        schema.check(RichMenuRequest, body, "", found)
    return found or list(_menu_limits(body))


def _menu_limits(body: dict[str, Any]) -> Iterator[Problem]:
    yield from limits.length(body, "name", 300)
    yield from limits.length(body, "chatBarText", 14)
    wrong_size = list(_size(body["size"]))
    yield from wrong_size
    if len(body["areas"]) > _MOST_AREAS:
        yield limits.problem(f"Size must be between 0 and {_MOST_AREAS}", "areas")
    for number, area in enumerate(body["areas"]):
        at = f"areas[{number}]"
        for name in ("bounds", "action"):
            if not isinstance(area.get(name), dict):
                yield limits.problem("May not be empty", f"{at}.{name}")
                break
        else:
            yield from _bounds(area["bounds"], {} if wrong_size else body["size"], f"{at}.bounds")
            yield from limits.area_action(area["action"], f"{at}.action")


def _size(size: dict[str, Any]) -> Iterator[Problem]:
    width, height = size.get("width"), size.get("height")
    if not isinstance(width, int) or not isinstance(height, int):
        yield limits.problem("May not be empty", "size")
    elif words := _picture_problem(width, height):
        yield limits.problem(words, "size")


def _bounds(bounds: dict[str, Any], size: dict[str, int], at: str) -> Iterator[Problem]:
    """LINE refuses an area that reaches beyond the menu; it does not publish in which words."""
    missing = [name for name in ("x", "y", "width", "height") if bounds.get(name) is None]
    for name in missing:
        yield limits.problem("May not be empty", f"{at}.{name}")
    for start, length in (("x", "width"), ("y", "height")):
        if size and not missing and bounds[start] + bounds[length] > size[length]:
            words = f"{start} and {length} must not go beyond the rich menu's {length}"
            yield limits.problem(f"{words} of {size[length]}", f"{at}.{length}")


def _picture_problem(width: int, height: int) -> str | None:
    if not _WIDTHS[0] <= width <= _WIDTHS[1]:
        return f"Width must be between {_WIDTHS[0]} and {_WIDTHS[1]}"
    if height < _LEAST_HEIGHT:
        return f"Height must be at least {_LEAST_HEIGHT}"
    if width / height < _LEAST_RATIO:
        return f"Width divided by height must be at least {_LEAST_RATIO}"
    return None


def picture(kind: str, data: bytes) -> None:
    """Raise ApiError if LINE would not take this as the picture of a rich menu."""
    kind = kind.partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise ApiError(415, f"The content type, '{kind}', is not supported")
    if len(data) > MOST_PICTURE_BYTES:
        raise ApiError(413, "Payload Too Large")
    try:
        with Image.open(io.BytesIO(data), formats=[KINDS[kind]]) as found:
            width, height = found.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise ApiError(400, "The image is invalid") from None
    if words := _picture_problem(width, height):
        raise ApiError(400, f"The image size is invalid: {words}")


def alias(name: str) -> list[Problem]:
    """The mistakes of an alias's id."""
    good = _ALIAS.fullmatch(name)
    return [] if good else [limits.problem("Invalid richMenuAliasId", "richMenuAliasId")]


def batch(body: Any) -> list[Problem]:
    """The mistakes of a batch."""
    found: list[Problem] = []
    schema.check(RichMenuBatchRequest, body, "", found)
    return found or list(_batch_limits(body))


def _batch_limits(body: dict[str, Any]) -> Iterator[Problem]:
    steps = body["operations"]
    if not 1 <= len(steps) <= _MOST_OPERATIONS:
        yield limits.problem(f"Size must be between 1 and {_MOST_OPERATIONS}", "operations")
    seen: set[str] = set()
    for number, step in enumerate(steps):
        at = f"operations[{number}]"
        if step["type"] == "unlinkAll" and len(steps) > 1:
            yield limits.problem("unlinkAll must be the only operation", at)
        source = step.get("from")
        if source in seen:
            yield limits.problem("The same rich menu is named twice", f"{at}.from")
        seen |= {source} - {None}
    key = body.get("resumeRequestKey")
    if key is not None and not _RESUME_KEY.fullmatch(key):
        yield limits.problem("Invalid resumeRequestKey", "resumeRequestKey")
