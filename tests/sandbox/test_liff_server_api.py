"""The LIFF server API, and deauthorize: what a login channel does with a token of its own."""

from typing import Any

import pytest

from tests.sandbox.helpers import Answer, Client
from tests.sandbox.login_helpers import (
    CHANNEL,
    SECRET,
    add_app,
    add_channel,
    get_with,
    log_in,
    post_form,
)

VIEW = {"type": "tall", "url": "https://shop.example/new"}


@pytest.fixture
def own(sandbox: Client) -> str:
    """A stateless token of the login channel."""
    add_channel(sandbox)
    return str(channel_token(sandbox).body["access_token"])


def channel_token(sandbox: Client, **changes: str) -> Answer:
    form = {
        "grant_type": "client_credentials",
        "client_id": CHANNEL,
        "client_secret": SECRET,
    }
    return post_form(sandbox, "/oauth2/v3/token", **(form | changes))


def call(sandbox: Client, token: str, method: str, path: str = "", body: Any = None) -> Answer:
    headers = {"Authorization": f"Bearer {token}"}
    return sandbox.call(method, f"/liff/v1/apps{path}", body, headers)


def test_a_stateless_token_needs_the_secret_and_lives_15_minutes(sandbox: Client, own: str) -> None:
    assert channel_token(sandbox, client_secret="wrong").status == 400
    assert channel_token(sandbox, grant_type="password").status == 400
    assert call(sandbox, own, "GET").status == 404
    sandbox.post("/control/clock", {"forward": 900})
    assert call(sandbox, own, "GET").status == 401


def test_an_app_is_added_changed_listed_and_removed(sandbox: Client, own: str) -> None:
    liff_id = call(sandbox, own, "POST", body={"view": VIEW}).body["liffId"]
    assert liff_id.startswith(f"{CHANNEL}-")
    change = {"view": {"url": "https://shop.example/b"}, "description": "B", "botPrompt": "normal"}
    assert call(sandbox, own, "PUT", f"/{liff_id}", change).status == 200
    (app,) = call(sandbox, own, "GET").body["apps"]
    assert app == {
        "liffId": liff_id,
        "view": {"type": "tall", "url": "https://shop.example/b", "moduleMode": False},
        "description": "B",
        "features": {"ble": False, "qrCode": False},
        "permanentLinkPattern": "concat",
        "scope": ["profile", "chat_message.write"],
        "botPrompt": "normal",
    }
    assert sandbox.get(f"/phone/api/liff/{liff_id}")["name"] == "B"
    assert call(sandbox, own, "DELETE", f"/{liff_id}").status == 200
    assert call(sandbox, own, "GET").status == 404


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"view": {"type": "tall"}},
        {"view": VIEW | {"type": "huge"}},
        {"view": VIEW | {"url": "https://shop.example/#top"}},
        {"view": VIEW, "description": "My LINE app"},
        {"view": VIEW, "scope": ["everything"]},
        {"view": VIEW, "botPrompt": "always"},
    ],
)
def test_a_wrong_app_is_refused(sandbox: Client, own: str, body: Any) -> None:
    answer = call(sandbox, own, "POST", body=body)
    assert answer.status == 400
    assert answer.body["message"]


def test_an_app_of_another_channel_is_not_found(sandbox: Client, own: str) -> None:
    other = sandbox.post("/control/login_channels", {"name": "Other"})["channel_id"]
    app = sandbox.post("/control/liff_apps", {"login_channel": other, "endpoint": VIEW["url"]})
    for method, body in (("PUT", {}), ("DELETE", None)):
        assert call(sandbox, own, method, f"/{app['liff_id']}", body).status == 404
        assert call(sandbox, own, method, "/1-x", body).status == 404


def test_a_channel_has_at_most_30_apps(sandbox: Client, own: str) -> None:
    for _ in range(30):
        assert call(sandbox, own, "POST", body={"view": VIEW}).status == 200
    assert call(sandbox, own, "POST", body={"view": VIEW}).status == 400


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_token_is_401(sandbox: Client, own: str, token: str) -> None:
    assert call(sandbox, token, "GET").status == 401
    assert call(sandbox, sandbox.token, "GET").status == 401
    assert deauthorize(sandbox, token, "any").status == 401


def deauthorize(sandbox: Client, token: str, user_token: Any) -> Answer:
    headers = {"Authorization": f"Bearer {token}"}
    body = {"userAccessToken": user_token}
    return sandbox.call("POST", "/user/v1/deauthorize", body, headers)


def test_deauthorize_ends_tokens_and_consent(sandbox: Client, own: str) -> None:
    add_app(sandbox)
    first, second, other = log_in(sandbox), log_in(sandbox), log_in(sandbox, "emma")
    for wrong in ("wrong", None, 5):
        assert deauthorize(sandbox, own, wrong).status == 400
    assert deauthorize(sandbox, own, first["access_token"]).status == 204
    for tokens in (first, second):
        assert get_with(sandbox, "/v2/profile", tokens["access_token"]).status == 401
        form = {"refresh_token": tokens["refresh_token"], "grant_type": "refresh_token"}
        form |= {"client_id": CHANNEL, "client_secret": SECRET}
        assert post_form(sandbox, "/oauth2/v2.1/token", **form).status == 400
    assert get_with(sandbox, "/v2/profile", other["access_token"]).status == 200
    url = f"/liff.line.me/{CHANNEL}-TestTest?__person=hanako"
    assert b"consent" in sandbox.get(url)
