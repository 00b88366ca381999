"""Notices by name: what code asks to say, turned into LINE's JSON just before it is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from app.messages.blocks import Json, Message
from app.messages.check import problems
from app.messages.translator import Translator
from app.messages.words import TextError

Build = Callable[[Mapping[str, Any], Translator], Sequence[Message]]

TOKYO = ZoneInfo("Asia/Tokyo")


class UnknownNotice(LookupError):
    """No notice has this name."""


class BadNotice(ValueError):
    """The notice cannot be sent as it is; `problems` say why and hold no personal data."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        super().__init__(f"{name}: {'; '.join(problems)}")
        self.name = name
        self.problems = list(problems)


@dataclass(frozen=True)
class _Notice:
    build: Build
    push: bool


_notices: dict[str, _Notice] = {}


def notice(name: str, *, push: bool) -> Callable[[Build], Build]:
    """Register the function below as the notice `name`.

    `push`: worth a message of the quota when it can no longer be a reply.
    """

    def register(build: Build) -> Build:
        if name in _notices:
            raise ValueError(f"notice {name!r} is registered twice")
        _notices[name] = _Notice(build, push)
        return build

    return register


def names() -> list[str]:
    """Return the names of all notices."""
    return sorted(_notices)


def may_push(name: str) -> bool:
    """Tell whether the notice may be pushed when no reply is possible. Raises UnknownNotice."""
    return _found(name).push


def render(
    name: str,
    data: Mapping[str, Any],
    *,
    language: str | None,
    person_name: str | None,
    shop: str,
    zone: tzinfo = TOKYO,
) -> list[Json]:
    """Return one to five of LINE's message objects, within LINE's limits.

    `data` is what the code that asked for the notice gave, as JSON holds it. Raises UnknownNotice,
    and BadNotice for wrong data and for texts that do not fit.
    """
    build = _found(name).build
    translator = Translator(language, person_name=person_name, shop=shop, zone=zone)
    try:
        messages = [message.line() for message in build(data, translator)]
    except ValidationError as wrong:
        raise BadNotice(name, mistakes(wrong)) from wrong
    except TextError as wrong:
        raise BadNotice(name, [str(wrong)]) from wrong
    if found := problems(messages):
        raise BadNotice(name, found)
    return messages


def mistakes(wrong: ValidationError) -> list[str]:
    """Say what is wrong and where, without repeating the values."""
    errors = wrong.errors(include_url=False, include_context=False, include_input=False)
    return [_mistake(error["loc"], error["msg"]) for error in errors]


def _mistake(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(step) for step in place)
    what = message.removeprefix("Value error, ")
    return f"{where}: {what}" if where else what


def _found(name: str) -> _Notice:
    try:
        return _notices[name]
    except KeyError:
        raise UnknownNotice(name) from None
