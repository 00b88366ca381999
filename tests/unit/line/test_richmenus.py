"""The calls about rich menus, against a server that answers exactly what the test says."""

import logging
from collections.abc import Iterator

import orjson
import pytest

from app.line import richmenus, sdk
from app.line.channel import Channel
from app.line.errors import LineError
from tests.unit.line.server import ScriptedServer, http

REFUSED = http(400, b'{"message":"An image has already been uploaded to the richmenu"}')


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    sdk.close()
    server.close()


@pytest.fixture
def channel(server: ScriptedServer) -> Channel:
    return Channel(key=1, api_base=server.base, access_token="secret-token")


def test_a_list_is_read_whatever_other_tools_put_into_it(server, channel):
    menu = {"richMenuId": "r1", "name": "x", "areas": [{"action": {"type": "from the future"}}]}
    server.answers = [http(200, orjson.dumps({"richmenus": [menu]}), Content_Type="text/json")]

    assert richmenus.listed(channel) == [richmenus.AtLine("r1", "x")]


def test_a_picture_goes_up_as_bare_bytes(server, channel):
    server.answers = [http(200)]

    richmenus.upload(channel, "r1", "image/png", b"\x89PNG")

    (asked,) = server.requests
    assert (asked.path, asked.body) == ("/v2/bot/richmenu/r1/content", b"\x89PNG")
    assert asked.headers["content-type"] == "image/png"


def test_a_picture_that_is_there_is_no_error(server, channel):
    server.answers = [REFUSED, http(200, b"picture", Content_Type="image/png")]

    richmenus.upload(channel, "r1", "image/png", b"picture")


def test_a_refused_picture_is_one(server, channel):
    server.answers = [REFUSED, http(404)]

    with pytest.raises(LineError):
        richmenus.upload(channel, "r1", "image/png", b"picture")


def test_an_alias_that_is_not_there_is_made(server, channel):
    server.answers = [http(404), http(200)]

    richmenus.set_alias(channel, "home", "r1")

    assert [asked.path for asked in server.requests] == [
        "/v2/bot/richmenu/alias/home",
        "/v2/bot/richmenu/alias",
    ]


@pytest.mark.parametrize("status", [403, 404])
def test_a_default_that_is_not_ours_is_none(server, channel, status):
    server.answers = [http(status)]

    assert richmenus.default(channel) is None


def test_what_is_gone_is_deleted(server, channel):
    server.answers = [http(404), http(404)]

    richmenus.delete(channel, "r1")
    richmenus.delete_alias(channel, "home")


def test_a_person_without_a_menu_is_no_trouble_in_the_log(server, channel, caplog):
    caplog.set_level(logging.INFO, "app.line")
    server.answers = [http(404)]

    assert richmenus.of_user(channel, "U-person") is None

    (record,) = [record for record in caplog.records if record.name == "app.line"]
    assert (record.levelname, record.status) == ("INFO", 404)
    assert "U-person" not in str(vars(record))


def test_many_people_are_one_call(server, channel):
    server.answers = [http(202), http(202)]

    richmenus.tell_many(channel, ["U1", "U2"], "r1")
    richmenus.tell_many(channel, ["U1", "U2"], None)

    link, unlink = (orjson.loads(asked.body) for asked in server.requests)
    assert link == {"richMenuId": "r1", "userIds": ["U1", "U2"]}
    assert unlink == {"userIds": ["U1", "U2"]}
