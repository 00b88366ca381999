"""Channel access tokens that are issued over the API: their kinds, lives, numbers and ends."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.logins import LoginChannel
from sandbox.persistence import Store
from sandbox.world import World
from tests.sandbox.helpers import Answer, Client
from tests.sandbox.login_helpers import add_app, get_with, log_in
from tests.sandbox.login_helpers import add_channel as add_login_channel

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
MINUTE, DAY = 60, 86400


def keys() -> dict[str, Any]:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    return {"assertion_keys": [{**public, "kid": "key-1", "alg": "RS256"}]}


@pytest.fixture
def account(sandbox: Client) -> dict[str, Any]:
    """The account "main" with a registered key."""
    changed: dict[str, Any] = sandbox.call("PATCH", "/control/accounts/main", keys()).body
    return changed


@pytest.fixture
def login_channel(sandbox: Client) -> dict[str, Any]:
    """A login channel with a registered key and a LIFF app."""
    add_login_channel(sandbox, **keys())
    add_app(sandbox)
    channel: dict[str, Any] = sandbox.get("/control/world")["login_channels"][0]
    return channel


def form(sandbox: Client, path: str, **fields: Any) -> Answer:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return sandbox.call("POST", path, urlencode(fields).encode(), kind)


def proof(account: dict[str, Any]) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": account["channel_id"],
        "client_secret": account["channel_secret"],
    }


def assertion(sandbox: Client, account: dict[str, Any], **changes: Any) -> dict[str, str]:
    now = sandbox.get("/control/clock")["now"] // 1000
    claims = {
        "iss": account["channel_id"],
        "sub": account["channel_id"],
        "aud": "https://api.line.me/",
        "exp": now + 30 * MINUTE - 5,
        "token_exp": 30 * DAY,
    } | changes
    token = jwt.encode(claims, KEY, "RS256", {"kid": "key-1"})
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}


def grant_of(sandbox: Client, channel: dict[str, Any]) -> dict[str, str]:
    return assertion(sandbox, channel) | {"grant_type": "client_credentials"}


def works(sandbox: Client, token: str) -> bool:
    sandbox.token = token
    return sandbox.line("GET", "/v2/bot/info").status == 200


def test_a_stateless_token_lives_a_quarter_of_an_hour(
    sandbox: Client, account: dict[str, Any]
) -> None:
    issued = form(sandbox, "/oauth2/v3/token", **proof(account)).body
    assert (issued["expires_in"], issued["token_type"]) == (899, "Bearer")
    assert works(sandbox, issued["access_token"])
    sandbox.post("/control/clock", {"forward": 15 * MINUTE})
    assert not works(sandbox, issued["access_token"])
    assert works(sandbox, account["access_token"])
    assert form(sandbox, "/oauth2/v3/token", **grant_of(sandbox, account)).status == 200
    wrong = proof(account) | {"client_secret": "x"}
    assert form(sandbox, "/oauth2/v3/token", **wrong).status == 400


def test_thirty_tokens_v21_are_issued_and_no_more(sandbox: Client, account: dict[str, Any]) -> None:
    grant = grant_of(sandbox, account)
    issued = [form(sandbox, "/oauth2/v2.1/token", **grant) for _ in range(31)]
    assert [answer.status for answer in issued] == [200] * 30 + [400]
    first = issued[0].body
    assert works(sandbox, first["access_token"])
    kids = sandbox.get(f"/oauth2/v2.1/tokens/kid?{urlencode(assertion(sandbox, account))}")["kids"]
    assert kids == [answer.body["key_id"] for answer in issued[:30]]
    verify = f"/oauth2/v2.1/verify?access_token={first['access_token']}"
    verified = sandbox.get(verify)
    assert verified["client_id"] == account["channel_id"]
    assert 0 < verified["expires_in"] <= 30 * DAY
    ended = proof(account) | {"access_token": first["access_token"]}
    assert form(sandbox, "/oauth2/v2.1/revoke", **ended).status == 200
    assert not works(sandbox, first["access_token"])
    assert sandbox.call("GET", verify).status == 400
    assert form(sandbox, "/oauth2/v2.1/token", **grant).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "1"},
        {"sub": "1"},
        {"aud": "https://example.com/"},
        {"exp": 1},
        {"exp": 9_999_999_999},
        {"token_exp": 31 * DAY},
    ],
)
def test_a_jwt_line_would_not_trust(
    sandbox: Client, account: dict[str, Any], changes: dict[str, Any]
) -> None:
    grant = assertion(sandbox, account, **changes) | {"grant_type": "client_credentials"}
    answer = form(sandbox, "/oauth2/v2.1/token", **grant)
    assert (answer.status, answer.body["error"]) == (400, "invalid_client")


def test_the_31st_short_lived_token_ends_the_first(
    sandbox: Client, account: dict[str, Any]
) -> None:
    path = "/v2/oauth/accessToken"
    issued = [form(sandbox, path, **proof(account)).body for _ in range(31)]
    tokens = [one["access_token"] for one in issued]
    assert [works(sandbox, token) for token in tokens[:2]] == [False, True]
    verified = form(sandbox, "/v2/oauth/verify", access_token=tokens[1])
    assert verified.body["client_id"] == account["channel_id"]
    assert form(sandbox, "/v2/oauth/revoke", access_token=tokens[1]).status == 200
    assert not works(sandbox, tokens[1])
    assert form(sandbox, "/v2/oauth/verify", access_token=tokens[1]).status == 400
    sandbox.post("/control/clock", {"forward": 30 * DAY})
    assert not works(sandbox, tokens[2])


def test_a_login_channel_has_three_kinds_of_token_of_its_own(
    sandbox: Client, login_channel: dict[str, Any]
) -> None:
    grant = grant_of(sandbox, login_channel)
    tokens = {
        "stateless": form(sandbox, "/oauth2/v3/token", **proof(login_channel)),
        "by JWT": form(sandbox, "/oauth2/v3/token", **grant),
        "short": form(sandbox, "/v2/oauth/accessToken", **proof(login_channel)),
        "v2.1": form(sandbox, "/oauth2/v2.1/token", **grant),
    }
    given = {kind: answer.body["access_token"] for kind, answer in tokens.items()}
    # LINE: the LIFF server API takes short-lived and stateless ones, deauthorize all but the short.
    liff = {kind: get_with(sandbox, "/liff/v1/apps", t).status for kind, t in given.items()}
    assert liff == {"stateless": 200, "by JWT": 200, "short": 200, "v2.1": 401}
    done = {kind: deauthorized(sandbox, token) for kind, token in given.items()}
    assert done == {"stateless": 204, "by JWT": 204, "short": 401, "v2.1": 204}
    assert not any(works(sandbox, token) for token in given.values())


def deauthorized(sandbox: Client, token: str) -> int:
    user = {"userAccessToken": log_in(sandbox)["access_token"]}
    bearer = {"Authorization": f"Bearer {token}"}
    return sandbox.call("POST", "/user/v1/deauthorize", user, bearer).status


def test_a_login_channels_tokens_are_listed_verified_and_revoked(
    sandbox: Client, login_channel: dict[str, Any]
) -> None:
    own = assertion(sandbox, login_channel)
    long = form(sandbox, "/oauth2/v2.1/token", **own, grant_type="client_credentials").body
    kids = sandbox.get(f"/oauth2/v2.1/tokens/kid?{urlencode(own)}")["kids"]
    assert kids == [long["key_id"]]
    verify = f"/oauth2/v2.1/verify?access_token={long['access_token']}"
    assert sandbox.get(verify)["client_id"] == login_channel["channel_id"]
    ended = proof(login_channel) | {"access_token": long["access_token"]}
    wrong = ended | {"client_secret": "x"}
    assert form(sandbox, "/oauth2/v2.1/revoke", **wrong).status == 400
    assert form(sandbox, "/oauth2/v2.1/revoke", **ended).status == 200
    assert sandbox.call("GET", verify).status == 400
    short = form(sandbox, "/v2/oauth/accessToken", **proof(login_channel)).body["access_token"]
    assert form(sandbox, "/v2/oauth/revoke", access_token=short).status == 200
    assert get_with(sandbox, "/liff/v1/apps", short).status == 401


def test_a_channel_is_not_given_anothers_token(
    sandbox: Client, account: dict[str, Any], login_channel: dict[str, Any]
) -> None:
    own = form(sandbox, "/oauth2/v3/token", **proof(account)).body["access_token"]
    assert get_with(sandbox, "/liff/v1/apps", own).status == 401
    mixed = proof(account) | {"client_secret": login_channel["channel_secret"]}
    for path in ("/oauth2/v3/token", "/v2/oauth/accessToken"):
        assert form(sandbox, path, **mixed).status == 400
    kept = form(sandbox, "/oauth2/v2.1/token", **grant_of(sandbox, account)).body["access_token"]
    form(sandbox, "/oauth2/v2.1/revoke", **proof(login_channel), access_token=kept)
    assert works(sandbox, kept)


def test_tokens_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "world.sqlite"
    world = World(store=Store(file))
    channel = world.logins.channels.put(LoginChannel("会員"))
    token = world.tokens.issue_short(channel)["access_token"]
    world.store.close()
    again = World(store=Store(file))
    found = again.tokens.find(token)
    assert found
    assert (found.channel, found.kind) == (channel.channel_id, "short")
    again.store.close()
