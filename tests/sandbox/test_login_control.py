"""Login channels and LIFF apps over the control API, in world files and over a restart."""

from pathlib import Path
from typing import Any

import pytest

from sandbox import worldfile
from sandbox.persistence import Store
from sandbox.world import World
from sandbox.worldfile import WorldFile
from tests.sandbox.helpers import Client
from tests.sandbox.login_helpers import CHANNEL, LIFF_ID, add_app, add_channel

DEMO = Path(worldfile.__file__).parent / "worlds" / "komorebi.yaml"


def test_what_is_not_given_is_made_up_as_line_would(sandbox: Client) -> None:
    channel = sandbox.post("/control/login_channels", {"name": "会員"})
    assert len(channel["channel_id"]) == 10
    assert channel["channel_id"].isdecimal()
    assert len(channel["channel_secret"]) == 32
    app = {"login_channel": channel["channel_id"], "endpoint": "https://shop.example/"}
    made = sandbox.post("/control/liff_apps", app)
    assert made["liff_id"].startswith(f"{channel['channel_id']}-")
    assert made["scopes"] == ["profile", "chat_message.write"]


def test_channels_and_apps_can_be_changed(sandbox: Client) -> None:
    add_channel(sandbox)
    add_app(sandbox)
    path = f"/control/login_channels/{CHANNEL}"
    assert sandbox.call("PATCH", path, {"linked_account": None}).body["linked_account"] is None
    changed = sandbox.call("PATCH", f"/control/liff_apps/{LIFF_ID}", {"view": "compact"})
    assert changed.body["view"] == "compact"
    assert changed.body["scopes"] == ["openid", "profile", "chat_message.write"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "providers", {"slug": "a"}, 422),
        ("POST", "providers", {"slug": "A b", "name": "x"}, 422),
        ("POST", "login_channels", {}, 422),
        ("POST", "login_channels", {"name": "x", "channel_id": "abc"}, 422),
        ("POST", "login_channels", {"name": "x", "colour": "red"}, 422),
        ("POST", "login_channels", {"name": "x", "channel_id": CHANNEL}, 409),
        ("POST", "login_channels", {"name": "x", "linked_account": "none"}, 404),
        ("POST", "login_channels", {"name": "x", "provider": "b", "linked_account": "main"}, 409),
        ("PATCH", "login_channels/1", {"name": "x"}, 404),
        ("PATCH", f"login_channels/{CHANNEL}", {"channel_id": "1"}, 422),
        ("POST", "liff_apps", {"login_channel": CHANNEL}, 422),
        ("POST", "liff_apps", {"login_channel": "1", "endpoint": "https://x.example/"}, 404),
        ("POST", "liff_apps", {"login_channel": CHANNEL, "endpoint": "ftp://x.example/"}, 422),
        ("POST", "liff_apps", {"login_channel": CHANNEL, "endpoint": "https://x.example/#a"}, 422),
        (
            "POST",
            "liff_apps",
            {"login_channel": CHANNEL, "endpoint": "https://x.example/", "liff_id": "1-abc"},
            409,
        ),
        (
            "POST",
            "liff_apps",
            {"login_channel": CHANNEL, "endpoint": "https://x.example/", "liff_id": LIFF_ID},
            409,
        ),
        ("PATCH", "liff_apps/1-x", {"name": "x"}, 404),
        ("PATCH", f"liff_apps/{LIFF_ID}", {"scopes": ["everything"]}, 422),
    ],
)
def test_bad_input_is_a_problem(
    sandbox: Client, method: str, path: str, body: Any, status: int
) -> None:
    add_channel(sandbox)
    add_app(sandbox)
    answer = sandbox.call(method, f"/control/{path}", body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["detail"]


def test_the_world_can_be_read_as_a_file(sandbox: Client) -> None:
    add_channel(sandbox)
    add_app(sandbox)
    sandbox.post("/control/providers", {"slug": "komorebi", "name": "こもれび"})
    told = sandbox.get("/control/world")
    copy = World(WorldFile.model_validate(told).fill)
    assert list(copy.accounts) == ["main"]
    assert list(copy.people) == ["hanako", "emma"]
    assert list(copy.logins.channels) == [CHANNEL]
    assert copy.logins.apps[LIFF_ID].scopes == ["openid", "profile", "chat_message.write"]
    assert list(copy.logins.providers) == ["komorebi"]
    taken = sandbox.call("POST", "/control/providers", {"slug": "komorebi", "name": "x"})
    assert taken.status == 409


def test_the_demo_world_has_one_channel_and_one_app() -> None:
    world = World(worldfile.load(DEMO).fill)
    (channel,) = world.logins.channels.values()
    (app,) = world.logins.apps.values()
    assert channel.linked_account == "main"
    assert channel.provider == world.accounts["main"].provider
    assert app.endpoint == "http://127.0.0.1:8000/liff/"


def test_a_reset_forgets_channels_and_apps(sandbox: Client) -> None:
    add_channel(sandbox)
    sandbox.post("/control/reset")
    assert sandbox.get("/control/world")["login_channels"] == []


def test_a_restart_keeps_key_channels_and_tokens(tmp_path: Path) -> None:
    file = tmp_path / "world.sqlite"
    seed = worldfile.load(DEMO).fill
    world = World(seed, Store(file))
    world.reset()
    kid = world.logins.key.kid
    channel = next(iter(world.logins.channels.values()))
    with world.lock:
        world.logins.grant(channel, "hanako", ["profile"])
    world.store.close()

    again = World(seed, Store(file))
    assert again.logins.key.kid == kid
    assert again.logins.granted(channel, "hanako") == {"profile"}
    again.store.close()
