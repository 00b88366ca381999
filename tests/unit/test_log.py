"""Log lines: one JSON object each, never what a person wrote."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from app import log

CANARY = "山田花子 090-1234-5678"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """A logger `tested` whose lines land here."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(log.JsonFormatter())
    logger = logging.getLogger("tested")
    logger.addHandler(handler)
    logger.setLevel("DEBUG")
    logger.propagate = False
    yield written
    logger.removeHandler(handler)


def only(lines: io.StringIO) -> dict[str, Any]:
    (line,) = lines.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_line_has_its_time_level_and_what_was_given_beside_it(lines) -> None:
    logging.getLogger("tested").info("event %s", "handled", extra={"action": "a", "inbox_id": 7})

    line = only(lines)

    assert line.pop("ts").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "tested",
        "message": "event handled",
        "action": "a",
        "inbox_id": 7,
    }


def test_an_error_is_told_by_its_class_and_places_not_its_text(lines) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        logging.getLogger("tested").exception("event failed", extra={"action": "a"})
        logging.getLogger("tested").error("call broke", exc_info=error)

    assert CANARY not in lines.getvalue()
    for line in lines.getvalue().splitlines():
        kind, *places = json.loads(line)["error"]
        assert kind == "ValueError"
        assert places[-1].rpartition(":")[2].startswith("test_an_error")


def test_an_error_that_has_another_as_its_cause_tells_neither_text(lines) -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise RuntimeError(CANARY) from cause
    except RuntimeError:
        logging.getLogger("tested").exception("failed")

    assert CANARY not in lines.getvalue()


@pytest.mark.parametrize(
    "strange", ["two\nlines", '"', "\u2028", "\x00", "\ud800", "こもれび", 2**70]
)
def test_strange_characters_stay_inside_their_line(lines, strange: object) -> None:
    logging.getLogger("tested").info("said", extra={"action": strange})
    (line,) = lines.getvalue().split("\n")[:-1]
    assert json.loads(line)["action"] == strange


def test_what_json_does_not_know_is_written_as_text(lines) -> None:
    logging.getLogger("tested").info("said", extra={"action": {1}})
    assert only(lines)["action"] == "{1}"


def test_libraries_that_log_addresses_with_ids_in_them_stay_quiet() -> None:
    before = logging.root.level, list(logging.root.handlers)
    try:
        log.configure("DEBUG")
        assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.DEBUG)
        assert not logging.getLogger("sqlalchemy.engine").isEnabledFor(logging.INFO)
        assert logging.getLogger("app.line").isEnabledFor(logging.DEBUG)
    finally:
        logging.root.setLevel(before[0])
        logging.root.handlers[:] = before[1]
