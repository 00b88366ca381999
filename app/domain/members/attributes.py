"""The shop's own fields of a member: what may be defined, and what may be written in one."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.domain.members import limits, rules
from app.domain.members.errors import BadValue
from app.i18n import plain

Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.ATTRIBUTE_LABEL),
]
KEY = rf"^[a-z][a-z0-9_]{{0,{limits.ATTRIBUTE_KEY - 1}}}$"

_FLAGS = {
    **dict.fromkeys(("true", "yes", "1", "はい", "有", "あり", "○", "〇"), True),
    **dict.fromkeys(("false", "no", "0", "いいえ", "無", "なし", "×"), False),
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?")


class NewAttribute(BaseModel):
    """A definition as staff write it; the fields are those of MemberAttribute."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, Field(pattern=KEY)]
    type: Literal["text", "number", "date", "choice", "flag"]
    label: dict[Literal["ja", "en"], Words]
    choices: Annotated[list[Words], Field(max_length=limits.ATTRIBUTE_CHOICES)] = []

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if "ja" not in self.label:
            raise ValueError("a label needs Japanese words")
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("choices belong to the type choice, which needs some")
        if len(set(self.choices)) != len(self.choices):
            raise ValueError("a choice is there twice")
        return self


@dataclass(frozen=True)
class Attribute:
    """A definition that is in use."""

    key: str
    type: str
    label: Mapping[str, str]
    choices: tuple[str, ...]

    def read(self, written: str) -> str | int | float | bool:
        """The value to keep, a date as YYYY-MM-DD; raises BadValue."""
        match self.type:
            case "number":
                return _number(written)
            case "date":
                return rules.day(written).isoformat()
            case "choice":
                return _chosen(written, self.choices)
            case "flag":
                return flag(written)
        return rules.text(written, limits.ATTRIBUTE_TEXT)


def tags(values: Mapping[str, Any]) -> frozenset[str]:
    """The keys of a member's flags that are set: what rich menus call their tags."""
    return frozenset(key for key, value in values.items() if value is True)


def shown(value: Any) -> str:
    """A kept value as a cell of a table has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _number(written: str) -> int | float:
    digits = plain(written).replace(",", "")
    if not _NUMBER.fullmatch(digits):
        raise BadValue("数ではありません", "is no number")
    value = float(digits)
    return int(value) if value == math.trunc(value) else value


def _chosen(written: str, choices: tuple[str, ...]) -> str:
    for choice in choices:
        if plain(choice) == plain(written):
            return choice
    raise BadValue("選択肢にありません", "is none of the choices")


def flag(written: str) -> bool:
    """Yes or no in the usual words of both languages; raises BadValue."""
    word = plain(written)
    if word not in _FLAGS:
        raise BadValue("はい・いいえのどちらかです", "must be yes or no")
    return _FLAGS[word]
