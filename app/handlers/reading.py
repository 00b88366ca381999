"""What an event says. LINE's JSON is read here; nothing in it is trusted to have the right type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_LONGEST_ID = 80


@dataclass(frozen=True)
class Place:
    """Where something happened: a talk with one person, or a group or room."""

    private: bool
    line_id: str | None


@dataclass(frozen=True)
class Pressed:
    """A pressed button: its data, and what a date picker or menu switch added."""

    data: str
    params: Json


def part(event: Json, name: str) -> Json:
    """An object inside the event; empty where there is none."""
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def word(value: Any, longest: int = _LONGEST_ID) -> str | None:
    """A name or token: a string without control characters that is not too long; else None."""
    fits = isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()
    return value if fits else None


def kind(event: Json) -> str:
    """What happened, a message with its type: "follow", "message.text"."""
    happened = word(event.get("type")) or "unknown"
    if happened != "message":
        return happened
    return f"message.{word(part(event, 'message').get('type')) or 'unknown'}"


def place(event: Json) -> Place:
    """Where it happened. A person who did not agree to profile use has no id."""
    source = part(event, "source")
    match source.get("type"):
        case "user":
            return Place(True, word(source.get("userId")))
        case "group":
            return Place(False, word(source.get("groupId")))
        case "room":
            return Place(False, word(source.get("roomId")))
    return Place(False, None)


def text(event: Json) -> str | None:
    """What was said to us. In groups and rooms only what mentions us, without the mention."""
    message = part(event, "message")
    said = message.get("text")
    if not isinstance(said, str):
        return None
    if place(event).private:
        return said
    mentions = list(_mentions_of_us(message))
    return _without(said, mentions) if mentions else None


def pressed(event: Json) -> Pressed:
    """The button of a postback event."""
    postback = part(event, "postback")
    data = postback.get("data")
    return Pressed(data if isinstance(data, str) else "", part(postback, "params"))


def location(event: Json) -> tuple[float, float] | None:
    """Latitude and longitude, in degrees, of a shared location."""
    message = part(event, "message")
    found = [message.get(name) for name in ("latitude", "longitude")]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in found):
        return None
    latitude, longitude = (float(each) for each in found if each is not None)
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _mentions_of_us(message: Json) -> Iterator[tuple[int, int]]:
    """Where the text mentions us: index and length, in UTF-16 units as LINE counts."""
    mentionees = part(message, "mention").get("mentionees")
    for mentionee in mentionees if isinstance(mentionees, list) else []:
        if isinstance(mentionee, dict) and mentionee.get("isSelf") is True:
            index, length = mentionee.get("index"), mentionee.get("length")
            if isinstance(index, int) and isinstance(length, int) and min(index, length) >= 0:
                yield index, length
            else:
                yield 0, 0  # We are meant, though we cannot tell which words name us.


def _without(said: str, mentions: list[tuple[int, int]]) -> str:
    units = said.encode("utf-16-le")
    for index, length in sorted(mentions, reverse=True):
        units = units[: 2 * index] + units[2 * (index + length) :]
    return units.decode("utf-16-le", "replace").strip()
