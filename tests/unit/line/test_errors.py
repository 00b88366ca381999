"""Which answer of LINE means what: the table that the sender decides by."""

import ssl

import pytest
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from app.line.errors import LineError, from_answer, from_failure

RATE = b'{"message":"The API rate limit has been exceeded. Try again later."}'
MONTHLY = b'{"message":"You have reached your monthly limit."}'
TOKEN = b'{"message":"Invalid reply token"}'
BAD_TO = b'{"message":"The property, \'to\', in the request body is invalid"}'
CONNECTION = HTTPConnection("line.invalid")
POOL = HTTPConnectionPool("line.invalid")


@pytest.mark.parametrize(
    ("status", "body", "kind", "permanent", "maybe_accepted"),
    [
        (400, BAD_TO, "refused", True, False),
        (400, b"", "refused", True, False),
        (400, TOKEN, "reply_token", True, False),
        (401, b"{}", "auth", False, False),
        (403, b"{}", "auth", False, False),
        (404, b"{}", "refused", True, False),
        (408, b"", "server", False, True),
        (409, b"{}", "conflict", True, False),
        (410, b"{}", "refused", True, False),
        (413, b"<html>", "refused", True, False),
        (415, b"{}", "refused", True, False),
        (422, b"{}", "refused", True, False),
        (429, RATE, "rate", False, False),
        (429, b"", "rate", False, False),
        (429, MONTHLY, "monthly", False, False),
        (301, b"", "refused", True, False),
        (500, b"{}", "server", False, True),
        (502, b"<html>", "server", False, True),
        (503, b"", "server", False, True),
        (504, b"", "server", False, True),
    ],
)
def test_an_answer_is_classified(status, body, kind, permanent, maybe_accepted):
    error = from_answer(status, {}, body)

    assert (error.kind, error.permanent, error.may_have_been_accepted) == (
        kind,
        permanent,
        maybe_accepted,
    )
    assert error.status == status


@pytest.mark.parametrize(
    ("failure", "kind", "maybe_accepted"),
    [
        (NewConnectionError(CONNECTION, "refused"), "server", False),
        (NameResolutionError("line.invalid", CONNECTION, OSError()), "server", False),
        (ConnectTimeoutError(CONNECTION, "slow"), "server", False),
        (SSLError(ssl.SSLCertVerificationError("self-signed")), "server", False),
        (SSLError(ssl.SSLError("record")), "unknown_outcome", True),
        (ReadTimeoutError(POOL, "/", "slow"), "unknown_outcome", True),
        (ProtocolError("Connection aborted.", ConnectionResetError()), "unknown_outcome", True),
        (ConnectionResetError(), "unknown_outcome", True),
    ],
)
def test_a_call_without_an_answer_is_classified(failure, kind, maybe_accepted):
    error = from_failure(failure)

    assert (error.kind, error.may_have_been_accepted) == (kind, maybe_accepted)
    assert error.status is None
    assert not error.permanent


def test_request_ids_and_the_wait_are_kept():
    headers = {
        "x-line-request-id": "r-2",
        "x-line-accepted-request-id": "r-1",
        "retry-after": "7",
    }

    error = from_answer(429, headers, b"")

    assert (error.request_id, error.accepted_request_id, error.retry_after) == ("r-2", "r-1", 7.0)


@pytest.mark.parametrize("header", ["", "-1", "nan", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_wait_that_is_no_number_of_seconds_is_left_out(header):
    assert from_answer(429, {"retry-after": header}, b"").retry_after is None


def test_the_message_holds_lines_words_and_its_details():
    body = (
        b'{"message":"The request body has 1 error(s)",'
        b'"details":[{"message":"May not be empty","property":"messages[0].text"}]}'
    )

    error = from_answer(400, {}, body)

    assert error.message == ("The request body has 1 error(s); messages[0].text: May not be empty")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"x"', b"<html>", b'{"message":1,"details":[3,{"property":null}]}', b"\xff"],
)
def test_a_strange_body_makes_no_trouble(body):
    assert from_answer(400, {}, body).kind == "refused"


def test_a_long_message_is_cut():
    assert len(from_answer(400, {}, b'{"message":"' + b"x" * 9999 + b'"}').message) == 500


def test_the_text_of_the_error_says_what_happened():
    assert str(LineError("rate", status=429, message="slow down")) == "rate (429): slow down"
    assert str(LineError("unknown_outcome")) == "unknown_outcome (no answer): "
