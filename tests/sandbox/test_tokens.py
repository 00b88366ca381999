"""Channel access tokens that are issued over the API: their kinds, lives, numbers and ends."""

import json
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.sandbox.helpers import Answer, Client

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
MINUTE, DAY = 60, 86400


@pytest.fixture
def account(sandbox: Client) -> dict[str, Any]:
    """The account "main" with a registered key."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    keys = {"assertion_keys": [{**public, "kid": "key-1", "alg": "RS256"}]}
    changed: dict[str, Any] = sandbox.call("PATCH", "/control/accounts/main", keys).body
    return changed


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
    by_key = assertion(sandbox, account) | {"grant_type": "client_credentials"}
    assert form(sandbox, "/oauth2/v3/token", **by_key).status == 200
    wrong = proof(account) | {"client_secret": "x"}
    assert form(sandbox, "/oauth2/v3/token", **wrong).status == 400


def test_thirty_tokens_v21_are_issued_and_no_more(sandbox: Client, account: dict[str, Any]) -> None:
    grant = assertion(sandbox, account) | {"grant_type": "client_credentials"}
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
