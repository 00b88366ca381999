"""Reservations as an iCalendar file (RFC 5545): a few plain lines, folded and escaped.

All moments are in UTC, so a calendar needs no time zone of ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

TYPE: Final = "text/calendar; charset=utf-8"

_PRODUCT = "-//Tsunagu//Reservations//JA"
_OCTETS = 75  # RFC 5545, 3.1: a line has no more, without its end.


@dataclass(frozen=True)
class Event:
    """One entry. `uid` stays the same for the same reservation, `sequence` counts its changes."""

    uid: str
    begin: datetime
    end: datetime
    summary: str
    location: str = ""
    description: str = ""
    sequence: int = 0


def calendar(name: str, events: Sequence[Event], *, now: datetime) -> str:
    """The file. `name` is what a calendar that subscribes to it shows."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_text(name)}")
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(event: Event, now: datetime) -> list[str]:
    texts = {
        "SUMMARY": event.summary,
        "LOCATION": event.location,
        "DESCRIPTION": event.description,
    }
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(event.begin)}",
        f"DTEND:{_moment(event.end)}",
        f"SEQUENCE:{event.sequence}",
        *(f"{key}:{_text(words)}" for key, words in texts.items() if words),
        "END:VEVENT",
    ]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """RFC 5545, 3.3.11; other control characters than line ends may not stand in a text."""
    ends = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in ends if sign == "\n" or sign.isprintable())
    for sign in ("\\", ";", ","):
        kept = kept.replace(sign, f"\\{sign}")
    return kept.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, no character torn, all but the first indented."""
    piece, room = "", _OCTETS
    for sign in line:
        size = len(sign.encode())
        if size > room:
            yield piece
            piece, room = " ", _OCTETS - 1
        piece, room = piece + sign, room - size
    yield piece
