"""The calls that send messages, against a server that answers exactly what the test says."""

import json
import logging
import socket
import subprocess
import sys

import pytest

from app.line import client
from app.line.channel import Channel
from app.line.errors import LineError
from tests.unit.line.server import ScriptedServer, http

KEY = "123e4567-e89b-12d3-a456-426614174000"
HELLO = [{"type": "text", "text": "こんにちは 👋"}]


@pytest.fixture
def server():
    server = ScriptedServer()
    yield server
    client.close()
    server.close()


@pytest.fixture
def channel(server):
    return Channel(key=1, api_base=server.base, access_token="secret-token")


def test_a_push_carries_its_key_token_and_body(server, channel):
    server.answers = [http(200, b'{"sentMessages":[{"id":"1"}]}', X_Line_Request_Id="r-1")]

    answer = client.push(channel, "U1", HELLO, KEY)

    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v2/bot/message/push")
    assert request.headers["authorization"] == "Bearer secret-token"
    assert request.headers["x-line-retry-key"] == KEY
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {"to": "U1", "messages": HELLO}
    assert (answer.status, answer.request_id, answer.conflict) == (200, "r-1", False)
    assert answer.body == {"sentMessages": [{"id": "1"}]}
    assert answer.elapsed_ms > 0


def test_a_reply_carries_no_retry_key(server, channel):
    server.answers = [http(200)]

    client.reply(channel, "token-1", HELLO, notification_disabled=True)

    (request,) = server.requests
    assert request.path == "/v2/bot/message/reply"
    assert "x-line-retry-key" not in request.headers
    assert json.loads(request.body) == {
        "replyToken": "token-1",
        "messages": HELLO,
        "notificationDisabled": True,
    }


def test_a_multicast_names_its_recipients(server, channel):
    server.answers = [http(200)]

    client.multicast(channel, ["U1", "U2"], HELLO, KEY)

    (request,) = server.requests
    assert request.path == "/v2/bot/message/multicast"
    assert json.loads(request.body) == {"to": ["U1", "U2"], "messages": HELLO}


def test_stored_bytes_are_posted_verbatim(server, channel):
    server.answers = [http(200)]
    stored = b'{ "to":"U1",  "messages":[]}\n'

    client.send(channel, "push", stored, KEY)

    assert server.requests[0].body == stored


def test_409_is_success_and_names_the_accepted_request(server, channel):
    body = b'{"message":"The retry key is already accepted","sentMessages":[{"id":"9"}]}'
    server.answers = [http(409, body, X_Line_Request_Id="r-2", X_Line_Accepted_Request_Id="r-1")]

    answer = client.push(channel, "U1", HELLO, KEY)

    assert answer.conflict
    assert (answer.request_id, answer.accepted_request_id) == ("r-2", "r-1")
    assert answer.body["sentMessages"] == [{"id": "9"}]


@pytest.mark.parametrize(
    "answer",
    [
        http(200, b"not json"),
        http(200, b'["a"]'),
        http(200, b'{"sentMessages":['),
        b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"sentM',
    ],
)
def test_a_success_with_an_unreadable_body_is_still_success(server, channel, answer, caplog):
    server.answers = [answer]

    assert client.push(channel, "U1", HELLO, KEY).body == {}
    assert [record.action for record in caplog.records if record.levelname == "WARNING"] == [
        "line.unreadable"
    ]


def test_a_refusal_keeps_what_line_says(server, channel):
    server.answers = [http(400, b'{"message":"Invalid reply token"}', X_Line_Request_Id="r-3")]

    with pytest.raises(LineError) as caught:
        client.reply(channel, "token-1", HELLO)

    error = caught.value
    assert (error.kind, error.status, error.request_id) == ("reply_token", 400, "r-3")
    assert error.message == "Invalid reply token"


def test_a_torn_refusal_is_told_by_its_status(server, channel):
    server.answers = [b"HTTP/1.1 500 x\r\nContent-Length: 99\r\n\r\n{"]

    with pytest.raises(LineError) as caught:
        client.push(channel, "U1", HELLO, KEY)

    assert (caught.value.kind, caught.value.status) == ("server", 500)


def test_a_lost_answer_is_an_unknown_outcome_and_is_not_repeated(server, channel):
    server.answers = [None, http(200)]

    with pytest.raises(LineError) as caught:
        client.push(channel, "U1", HELLO, KEY)

    assert caught.value.kind == "unknown_outcome"
    assert caught.value.may_have_been_accepted
    assert len(server.requests) == 1


def test_nobody_listening_is_safe_to_repeat():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    channel = Channel(key=2, api_base=f"http://127.0.0.1:{port}", access_token="t")

    with pytest.raises(LineError) as caught:
        client.push(channel, "U1", HELLO, KEY)

    assert (caught.value.kind, caught.value.status) == ("server", None)
    assert not caught.value.may_have_been_accepted


def test_a_redirect_is_not_followed(server, channel):
    server.answers = [http(307, b"", Location=f"{server.base}/elsewhere")]

    with pytest.raises(LineError) as caught:
        client.push(channel, "U1", HELLO, KEY)

    assert (caught.value.kind, len(server.requests)) == ("refused", 1)


def test_connections_are_kept(server, channel):
    server.answers = [http(200), http(409), http(400), http(200)]

    client.push(channel, "U1", HELLO, KEY)
    client.push(channel, "U1", HELLO, KEY)
    with pytest.raises(LineError):
        client.push(channel, "U1", HELLO, KEY)
    client.push(channel, "U1", HELLO, KEY)

    assert server.connections == 1


def test_a_base_address_may_have_a_path(server):
    server.answers = [http(200)]
    channel = Channel(key=1, api_base=f"{server.base}/line/api/", access_token="t")

    client.push(channel, "U1", HELLO, KEY)

    assert server.requests[0].path == "/line/api/v2/bot/message/push"


def test_a_changed_base_address_and_token_are_used_at_once(server, channel):
    server.answers = [http(200), http(200)]
    client.push(channel, "U1", HELLO, KEY)

    client.push(Channel(1, f"{server.base}/new", "new-token"), "U1", HELLO, KEY)

    assert server.requests[1].path == "/new/v2/bot/message/push"
    assert server.requests[1].headers["authorization"] == "Bearer new-token"


@pytest.mark.parametrize(("endpoint", "key"), [("reply", KEY), ("push", None), ("multicast", None)])
def test_a_retry_key_belongs_to_push_and_multicast(channel, endpoint, key):
    with pytest.raises(ValueError, match="retry key"):
        client.send(channel, endpoint, b"{}", key)


@pytest.mark.parametrize("count", [0, 501])
def test_a_multicast_has_1_to_500_recipients(count):
    with pytest.raises(ValueError, match="1 to 500"):
        client.encode_multicast(["U1"] * count, HELLO)


def test_a_call_is_logged_without_token_person_or_text(server, channel, caplog):
    caplog.set_level(logging.INFO, "app.line")
    server.answers = [http(200, X_Line_Request_Id="r-1")]

    client.push(channel, "U-person", HELLO, KEY)

    (record,) = caplog.records
    assert (record.action, record.method, record.endpoint) == (
        "line.call",
        "POST",
        "/v2/bot/message/push",
    )
    assert (record.status, record.request_id, record.account) == (200, "r-1", 1)
    assert record.ms > 0
    for secret in ("secret-token", "U-person", "こんにちは"):
        assert secret not in str(vars(record))


def test_the_token_is_not_in_the_channels_repr(channel):
    assert "secret-token" not in repr(channel)


def test_the_client_does_not_import_the_sdk():
    code = "import sys, app.line.client; sys.exit('linebot' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
