"""What a tap does, in our own short form and in LINE's.

The short form is `liff:card`, `say:予約`, `postback:points.show`, `switch:home` or `uri:https://...`.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from app.errors import NotFound
from app.line import limits
from app.richmenu.mistakes import wrong

ALIAS: Final = re.compile(r"[a-z0-9_-]{1,32}")  # REF: Create rich menu alias

_FORMS: Final = {
    "liff": re.compile(r"[a-z0-9][a-z0-9/_-]*|"),
    "say": re.compile(r"\S(.*\S)?"),
    "postback": re.compile(r"[a-z_]+(\.[a-z_]+)*(\?\S+)?"),
    "switch": ALIAS,
    "uri": re.compile(r"(https?://|line://|tel:)\S+"),
}


class NoLiffApp(NotFound):
    """A menu opens a LIFF page, but its account has no LIFF app."""

    code = "no_liff_app"


@dataclass(frozen=True)
class Action:
    """What a tap does: its kind (one of `_FORMS`) and what follows the colon."""

    kind: str
    value: str


def parse(written: str) -> Action:
    """Read the short form; raises ValueError with the reason in both languages."""
    kind, colon, value = written.partition(":")
    form = _FORMS.get(kind)
    if form is None or not colon:
        kinds = ", ".join(f"{name}:" for name in _FORMS)
        raise wrong(f"次のどれかで始めてください: {kinds}", f"must begin with one of {kinds}")
    if not form.fullmatch(value):
        raise wrong(f"「{kind}:」の後ろが正しくありません", f"what follows {kind}: is wrong")
    if _too_long(kind, value):
        raise wrong("LINEの上限より長すぎます", "is longer than LINE allows")
    return Action(kind, value)


def line_action(action: Action, label: str, liff: str | None) -> dict[str, Any]:
    """LINE's action object (REF: Action objects); raises NoLiffApp.

    `liff` is the address of the account's LIFF app, such as https://liff.line.me/1234-abcd.
    `label` is read out to people who cannot see the picture, and said for a postback.
    """
    match action.kind:
        case "liff":
            return {"type": "uri", "label": label, "uri": _liff_address(action.value, liff)}
        case "say":
            return {"type": "message", "label": label, "text": action.value}
        case "postback":
            return {
                "type": "postback", "label": label, "data": action.value, "displayText": label,
            }  # fmt: skip
        case "switch":
            return {
                "type": "richmenuswitch", "label": label,
                "richMenuAliasId": action.value, "data": f"richmenu.switched?to={action.value}",
            }  # fmt: skip
        case _:
            return {"type": "uri", "label": label, "uri": action.value}


def _too_long(kind: str, value: str) -> bool:
    match kind:
        case "say":
            return limits.graphemes(value) > limits.SAY_TEXT
        case "postback":
            return limits.utf16_len(value) > limits.POSTBACK_DATA_UNITS
        case "uri":
            return limits.utf16_len(value) > limits.URI_UNITS
    # The address that a LIFF page gets is a little longer than what is written; aliases are short.
    return len(value) > 200


def _liff_address(page: str, liff: str | None) -> str:
    if liff is None:
        raise NoLiffApp(f"liff:{page}")
    return f"{liff}/{page}".rstrip("/")
