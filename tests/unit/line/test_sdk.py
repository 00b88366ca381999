"""The calls through line-bot-sdk, against a server that answers exactly what the test says."""

import logging

import pytest

from app.line import sdk
from app.line.channel import Channel
from app.line.errors import LineError
from tests.unit.line.server import ScriptedServer, http

BOT = (
    '{"userId":"Ubot","basicId":"@komorebi","displayName":"こもれび珈琲",'
    '"chatMode":"bot","markAsReadMode":"auto","newField":1}'
).encode()


@pytest.fixture
def server():
    server = ScriptedServer()
    yield server
    sdk.close()
    server.close()


@pytest.fixture
def channel(server):
    return Channel(key=1, api_base=server.base, access_token="secret-token")


def test_bot_info(server, channel):
    server.answers = [http(200, BOT)]

    assert sdk.bot_info(channel) == sdk.BotInfo("Ubot", "@komorebi", "こもれび珈琲")
    assert server.requests[0].headers["authorization"] == "Bearer secret-token"


def test_profile(server, channel):
    body = '{"displayName":"花子","userId":"U1","language":"ja"}'.encode()
    server.answers = [http(200, body)]

    assert sdk.profile(channel, "U1") == sdk.Profile("花子", "ja", None, None)
    assert server.requests[0].path == "/v2/bot/profile/U1"


def test_a_person_line_does_not_tell_about(server, channel):
    server.answers = [http(404, b'{"message":"Not found"}', X_Line_Request_Id="r-4")]

    with pytest.raises(LineError) as caught:
        sdk.profile(channel, "U1")

    error = caught.value
    assert (error.status, error.kind, error.permanent) == (404, "refused", True)
    assert (error.message, error.request_id) == ("Not found", "r-4")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http(401), "auth"),
        (http(429, b'{"message":"The API rate limit has been exceeded."}'), "rate"),
        (http(500), "server"),
        (None, "unknown_outcome"),
        (http(200, b"not json"), "unknown_outcome"),
        (http(200, b"{}"), "unknown_outcome"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "unknown_outcome"),
    ],
)
def test_what_goes_wrong_is_classified(server, channel, answer, kind):
    server.answers = [answer]

    with pytest.raises(LineError) as caught:
        sdk.bot_info(channel)

    assert caught.value.kind == kind
    assert len(server.requests) == 1


def test_nobody_listening(server, channel):
    server.close()

    with pytest.raises(LineError) as caught:
        sdk.bot_info(channel)

    assert (caught.value.kind, caught.value.status) == ("server", None)


def test_one_client_keeps_its_connection(server, channel):
    server.answers = [http(200, BOT), http(200, BOT)]

    sdk.bot_info(channel)
    sdk.bot_info(channel)

    assert server.connections == 1


def test_a_new_token_is_used_at_once(server, channel):
    server.answers = [http(200, BOT), http(200, BOT)]
    sdk.bot_info(channel)

    sdk.bot_info(Channel(1, f"{server.base}/prefix/", "new-token"))

    assert server.requests[1].path == "/prefix/v2/bot/info"
    assert server.requests[1].headers["authorization"] == "Bearer new-token"


def test_a_call_is_logged_without_the_person(server, channel, caplog):
    caplog.set_level(logging.INFO, "app.line")
    server.answers = [http(404)]

    with pytest.raises(LineError):
        sdk.profile(channel, "U-person")

    (record,) = [record for record in caplog.records if record.name == "app.line"]
    assert (record.endpoint, record.status) == ("/v2/bot/profile/{userId}", 404)
    assert "U-person" not in str(vars(record))
