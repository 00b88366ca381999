"""What the inbox makes of a raw event, whatever it holds."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.inbox.put import RETENTION, row, source

KNOWN = ["type", "timestamp", "webhookEventId", "source", "message", "unsend", "userId", "id"]
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=9)
)
KEYS = st.sampled_from(KNOWN) | st.text(max_size=9)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
EVENTS = st.dictionaries(KEYS, JSON, max_size=6)
MESSAGE = {
    "type": "message",
    "webhookEventId": "01HXYZ0000000000000000000",
    "timestamp": 1_795_000_000_000,
    "source": {"type": "user", "userId": "U1"},
    "message": {"id": "461", "type": "text", "text": "営業時間"},
}


def made(event: dict[str, Any]) -> dict[str, Any]:
    return row(1, event)


@given(EVENTS)
def test_no_event_breaks_it_and_every_column_fits(event: dict[str, Any]) -> None:
    columns = made(event)

    assert 0 < len(columns["event_id"]) <= 80
    assert 0 < len(columns["kind"]) <= 40
    assert columns["source"] is None or 0 < len(columns["source"]) <= 80
    assert columns["message_id"] is None or 0 < len(columns["message_id"]) <= 80
    assert isinstance(columns["occurred_ms"], int)
    assert 0 <= columns["occurred_ms"] < 2**53
    assert "\x00" not in "".join(str(value) for value in columns.values())


@given(EVENTS)
def test_the_event_is_kept_as_it_came(event: dict[str, Any]) -> None:
    assert orjson.loads(made(event)["payload"]) == orjson.loads(orjson.dumps(event))


@given(EVENTS)
def test_the_same_event_has_the_same_id_every_time(event: dict[str, Any]) -> None:
    again = orjson.loads(orjson.dumps(event))
    assert made(event)["event_id"] == made(again)["event_id"]


@pytest.mark.parametrize(
    "strange", [None, "", 7, True, ["01H"], {"id": "01H"}, "x" * 81, "a\nb", "\x00", "\u202e"]
)
def test_an_id_that_is_none_is_replaced_by_a_fingerprint(strange: object) -> None:
    event_id = made({**MESSAGE, "webhookEventId": strange})["event_id"]
    other = made({**MESSAGE, "webhookEventId": strange, "timestamp": 1})["event_id"]
    assert event_id.startswith("sha256:")
    assert event_id != other


@freeze_time("2026-11-21T12:00:00Z")
@pytest.mark.parametrize("strange", [None, "now", -1, 2**53, 1.5, True, False, [], {}])
def test_a_strange_time_is_now(strange: object) -> None:
    columns = made({**MESSAGE, "timestamp": strange})
    assert columns["occurred_ms"] == clock.to_ms(clock.now())
    assert columns["state"] == "pending"


@freeze_time("2026-11-21T12:00:00Z")
@pytest.mark.parametrize(("older", "state"), [(0, "pending"), (1, "dead")])
def test_what_is_older_than_our_memory_is_dead_at_once(older: int, state: str) -> None:
    at = clock.to_ms(clock.now() - RETENTION - timedelta(milliseconds=older))
    columns = made({**MESSAGE, "timestamp": at})
    assert columns["state"] == state
    assert columns["outcome"] == ("stale" if older else None)
    assert (columns["finished_at"] is not None) == bool(older)


@pytest.mark.parametrize(
    ("given_source", "name"),
    [
        ({"type": "user", "userId": "U1"}, "U1"),
        ({"type": "group", "groupId": "C1", "userId": "U1"}, "U1"),
        ({"type": "group", "groupId": "C1"}, "C1"),
        ({"type": "room", "roomId": "R1"}, "R1"),
        ({"type": "room", "roomId": "R1", "userId": ""}, "R1"),
        ({"type": "user"}, None),
        ({}, None),
        (None, None),
        ("U1", None),
        (["U1"], None),
    ],
)
def test_whose_turn_it_is(given_source: Any, name: str | None) -> None:
    assert source({"source": given_source}) == name


@pytest.mark.parametrize(
    ("event", "message_id"),
    [
        (MESSAGE, "461"),
        ({"type": "unsend", "unsend": {"messageId": "461"}}, "461"),
        ({"type": "message", "message": {"id": 461}}, None),
        ({"type": "message", "message": "461"}, None),
        ({"type": "follow"}, None),
    ],
)
def test_which_message_it_is_about(event: dict[str, Any], message_id: str | None) -> None:
    assert made(event)["message_id"] == message_id
