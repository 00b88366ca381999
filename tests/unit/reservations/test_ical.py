"""iCalendar files: what is in them can be read back, whatever people write (RFC 5545)."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.domain.reservations.ical import Event, calendar

NOW = datetime(2030, 5, 1, tzinfo=UTC)
EVENT = Event(
    "7K2M@shop", datetime(2030, 5, 8, 1, tzinfo=UTC), datetime(2030, 5, 8, 2, tzinfo=UTC), "席"
)


def unfolded(file: str) -> list[str]:
    return file.replace("\r\n ", "").split("\r\n")


def unescaped(text: str) -> str:
    plain, signs = "", iter(text)
    for sign in signs:
        following = next(signs) if sign == "\\" else None
        plain += sign if following is None else "\n" if following == "n" else following
    return plain


def test_an_event_is_written_in_utc():
    assert unfolded(calendar("吉祥寺店", [EVENT], now=NOW)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tsunagu//Reservations//JA",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:吉祥寺店",
        "BEGIN:VEVENT",
        "UID:7K2M@shop",
        "DTSTAMP:20300501T000000Z",
        "DTSTART:20300508T010000Z",
        "DTEND:20300508T020000Z",
        "SEQUENCE:0",
        "SUMMARY:席",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@given(st.text())
def test_any_words_come_back_and_no_line_is_too_long(words):
    file = calendar(words, [], now=NOW)
    kept = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in kept if sign == "\n" or sign.isprintable())

    assert all(len(line.encode()) <= 75 for line in file.split("\r\n"))
    [name] = [line for line in unfolded(file) if line.startswith("X-WR-CALNAME:")]
    assert unescaped(name.removeprefix("X-WR-CALNAME:")) == kept
