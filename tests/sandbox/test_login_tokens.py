"""The tokens of LINE Login: issued once, for a while, and ended on demand."""

from typing import Any

import pytest

from tests.sandbox.helpers import Client
from tests.sandbox.login_helpers import (
    CHANNEL,
    SECRET,
    add_channel,
    exchange,
    get_code,
    get_with,
    log_in,
    post_form,
)

DAY = 24 * 60 * 60


@pytest.fixture(autouse=True)
def _channel(sandbox: Client) -> None:
    add_channel(sandbox)


def refresh(sandbox: Client, token: str, **changes: str) -> Any:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": CHANNEL,
        "client_secret": SECRET,
    }
    return post_form(sandbox, "/oauth2/v2.1/token", **(form | changes))


def told_of(sandbox: Client, token: str) -> Any:
    return sandbox.call("GET", f"/oauth2/v2.1/verify?access_token={token}")


def test_a_code_becomes_tokens(sandbox: Client) -> None:
    tokens = log_in(sandbox)
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 30 * DAY
    assert tokens["scope"] == "openid profile"
    told = told_of(sandbox, tokens["access_token"])
    assert told.body["client_id"] == CHANNEL
    assert told.body["scope"] == "openid profile"
    assert 0 < told.body["expires_in"] <= 30 * DAY
    assert told.headers["x-line-request-id"]


def test_a_code_works_once(sandbox: Client) -> None:
    code = get_code(sandbox)
    assert exchange(sandbox, code).status == 200
    again = exchange(sandbox, code)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")


def test_a_code_lives_ten_minutes(sandbox: Client) -> None:
    young, old = get_code(sandbox), get_code(sandbox)
    sandbox.post("/control/clock", {"forward": 590})
    assert exchange(sandbox, young).status == 200
    sandbox.post("/control/clock", {"forward": 11})
    assert exchange(sandbox, old).body["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "1"}, 400, "invalid_grant"),
        ({"redirect_uri": "https://shop.example/other"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_token_request_is_refused(
    sandbox: Client, changes: dict[str, str], status: int, error: str
) -> None:
    answer = exchange(sandbox, get_code(sandbox), **changes)
    assert (answer.status, answer.body["error"]) == (status, error)
    assert answer.body["error_description"]


def test_an_unknown_code_is_refused(sandbox: Client) -> None:
    assert exchange(sandbox, "wrong").body["error"] == "invalid_grant"


def test_an_access_token_lives_thirty_days(sandbox: Client) -> None:
    token = log_in(sandbox)["access_token"]
    sandbox.post("/control/clock", {"forward": 30 * DAY - 60})
    assert get_with(sandbox, "/v2/profile", token).status == 200
    sandbox.post("/control/clock", {"forward": 61})
    assert get_with(sandbox, "/v2/profile", token).status == 401
    told = told_of(sandbox, token)
    assert (told.status, told.body["error_description"]) == (400, "access token expired")


def test_a_refresh_lengthens_the_access_but_not_itself(sandbox: Client) -> None:
    tokens = log_in(sandbox)
    for _ in range(2):
        sandbox.post("/control/clock", {"forward": 40 * DAY})
        fresh = refresh(sandbox, tokens["refresh_token"]).body
        assert fresh["refresh_token"] == tokens["refresh_token"]
        assert get_with(sandbox, "/v2/profile", fresh["access_token"]).status == 200
    sandbox.post("/control/clock", {"forward": 10 * DAY})
    assert refresh(sandbox, tokens["refresh_token"]).body["error"] == "invalid_grant"


def test_a_refresh_needs_its_own_channel(sandbox: Client) -> None:
    token = log_in(sandbox)["refresh_token"]
    assert refresh(sandbox, token, client_id="1").body["error"] == "invalid_grant"
    assert refresh(sandbox, token, client_secret="wrong").status == 401
    assert refresh(sandbox, "wrong").status == 400


def test_profile_and_userinfo_tell_what_the_scopes_allow(sandbox: Client) -> None:
    changes = {"picture": "https://example.com/hanako.png", "status_message": "珈琲"}
    sandbox.post("/control/people", {"key": "sora", "name": "空", **changes})
    token = log_in(sandbox, "sora")["access_token"]
    profile = get_with(sandbox, "/v2/profile", token).body
    assert profile == {
        "userId": profile["userId"],
        "displayName": "空",
        "pictureUrl": changes["picture"],
        "statusMessage": "珈琲",
    }
    info = {"sub": profile["userId"], "name": "空", "picture": changes["picture"]}
    assert get_with(sandbox, "/oauth2/v2.1/userinfo", token).body == info
    few = log_in(sandbox, scope="openid")["access_token"]
    assert set(get_with(sandbox, "/oauth2/v2.1/userinfo", few).body) == {"sub"}
    for path in ("/v2/profile", "/friendship/v1/status"):
        assert get_with(sandbox, path, few).status == 403
    other = log_in(sandbox, scope="profile")["access_token"]
    assert get_with(sandbox, "/oauth2/v2.1/userinfo", other).status == 403


@pytest.mark.parametrize("path", ["/v2/profile", "/friendship/v1/status", "/oauth2/v2.1/userinfo"])
def test_no_token_is_refused(sandbox: Client, path: str) -> None:
    assert sandbox.call("GET", path).status == 401
    assert get_with(sandbox, path, "wrong").status == 401
    assert get_with(sandbox, path, sandbox.token).status == 401


def test_friendship_follows_the_talk(sandbox: Client) -> None:
    token = log_in(sandbox)["access_token"]
    for action, friend in (("add", True), ("block", False), ("unblock", True)):
        sandbox.act(action)
        told = get_with(sandbox, "/friendship/v1/status", token).body
        assert told == {"friendFlag": friend}


def test_a_revoked_token_is_dead(sandbox: Client) -> None:
    token = log_in(sandbox)["access_token"]
    form = {"access_token": token, "client_id": CHANNEL, "client_secret": SECRET}
    for wrong in ({"client_secret": "x"}, {"client_id": "1"}, {"access_token": "x"}):
        assert post_form(sandbox, "/oauth2/v2.1/revoke", **(form | wrong)).status == 400
    done = post_form(sandbox, "/oauth2/v2.1/revoke", **form)
    assert (done.status, done.body) == (200, b"")
    assert get_with(sandbox, "/v2/profile", token).status == 401


def test_discovery_names_this_sandbox_and_lines_issuer(sandbox: Client) -> None:
    told = sandbox.get("/.well-known/openid-configuration")
    assert told["issuer"] == "https://access.line.me"
    assert told["jwks_uri"] == f"{sandbox.url}/oauth2/v2.1/certs"


def test_calls_are_logged_without_secrets(sandbox: Client) -> None:
    tokens = log_in(sandbox)
    told_of(sandbox, tokens["access_token"])
    calls = sandbox.get("/control/calls")["items"]
    assert [call["path"] for call in calls] == ["/oauth2/v2.1/token", "/oauth2/v2.1/verify"]
    assert calls[0]["body"]["grant_type"] == "authorization_code"
    for secret in (SECRET, tokens["access_token"], tokens["refresh_token"], tokens["id_token"]):
        assert secret not in str(calls)


def test_a_page_elsewhere_may_call(sandbox: Client) -> None:
    answer = sandbox.call("OPTIONS", "/v2/profile", headers={"Origin": "https://shop.example"})
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
