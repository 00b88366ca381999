"""ID tokens: LINE's words for each that is not good, and no changed token ever passes."""

import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import id_tokens
from sandbox.id_tokens import Claims, InvalidIdToken, SigningKey
from tests.sandbox.helpers import Client
from tests.sandbox.login_helpers import CHANNEL, SECRET, add_channel, log_in, verify

KEY = SigningKey.generate()
NOW = 1_800_000_000
GOOD: Claims = {
    "iss": id_tokens.ISSUER,
    "sub": "U" + "1" * 32,
    "aud": CHANNEL,
    "exp": NOW + 3600,
    "iat": NOW,
    "nonce": "n",
}
TOKENS = {
    "HS256": id_tokens.sign_hs256(GOOD, SECRET),
    "ES256": id_tokens.sign_es256(GOOD, KEY),
}


def check(token: str, **changes: Any) -> Claims:
    asked = {"client_id": CHANNEL, "nonce": None, "user_id": None, "now": NOW, "key": KEY}
    return id_tokens.verify(token, secret_of={CHANNEL: SECRET}.get, **(asked | changes))


def refusal_of(token: str, **changes: Any) -> str:
    with pytest.raises(InvalidIdToken) as refused:
        check(token, **changes)
    return str(refused.value)


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_a_good_token_tells_its_claims(token: str) -> None:
    assert check(token) == GOOD
    assert check(token, nonce="n", user_id=GOOD["sub"]) == GOOD


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_each_refusal_has_lines_words(token: str) -> None:
    assert refusal_of(token, now=NOW + 3600) == "IdToken expired."
    assert refusal_of(token, client_id="1") == "Invalid IdToken Audience."
    assert refusal_of(token, nonce="m") == "Invalid IdToken Nonce."
    assert refusal_of(token, user_id="U" + "2" * 32) == "Invalid IdToken Subject Identifier."
    assert refusal_of(token[:-4]) == "Invalid IdToken."
    foreign = id_tokens.sign_hs256(GOOD | {"iss": "https://evil.example"}, SECRET)
    assert refusal_of(foreign) == "Invalid IdToken Issuer."


def test_only_the_two_algorithms_with_their_keys_pass() -> None:
    forged = [
        jwt.encode(GOOD, "", algorithm="none"),
        jwt.encode(GOOD, SECRET * 2, algorithm="HS512"),
        signed_with_the_public_key(),
        id_tokens.sign_es256(GOOD, SigningKey.generate()),
        id_tokens.sign_hs256(GOOD | {"aud": "1"}, SECRET),
        id_tokens.sign_hs256(GOOD, "another secret of thirty-two bytes"),
        "",
        "a.b",
        "..",
        "ほげ.ほげ.ほげ",
    ]
    for token in forged:
        assert refusal_of(token) == "Invalid IdToken."


def signed_with_the_public_key() -> str:
    """What passes where a checker takes the key set's key for an HMAC secret."""
    head = {"alg": "HS256", "kid": KEY.kid, "typ": "JWT"}
    parts = [id_tokens.encode(json.dumps(part).encode()) for part in (head, GOOD)]
    secret = json.dumps(KEY.public()).encode()
    digest = hmac.digest(secret, ".".join(parts).encode(), "sha256")
    return ".".join([*parts, id_tokens.encode(digest)])


@given(data=st.data(), name=st.sampled_from(sorted(TOKENS)))
def test_a_token_changed_anywhere_never_passes(data: st.DataObject, name: str) -> None:
    token = TOKENS[name]
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    kind = data.draw(st.sampled_from(["replace", "insert", "drop", "append"]))
    changed = {
        "replace": token[:at] + letter + token[at + 1 :],
        "insert": token[:at] + letter + token[at:],
        "drop": token[:at] + token[at + 1 :],
        "append": token + letter,
    }[kind]
    if changed != token:
        with pytest.raises(InvalidIdToken):
            check(changed)


@given(
    claim=st.sampled_from(["sub", "aud", "exp", "iss", "nonce", "admin"]),
    value=st.one_of(st.text(), st.integers(), st.none(), st.booleans()),
    name=st.sampled_from(sorted(TOKENS)),
)
def test_claims_changed_under_an_old_signature_never_pass(
    claim: str, value: object, name: str
) -> None:
    head, _, signature = TOKENS[name].split(".")
    body = id_tokens.encode(json.dumps(GOOD | {claim: value}).encode())
    if json.loads(base64.urlsafe_b64decode(body + "==")) != GOOD:
        with pytest.raises(InvalidIdToken):
            check(f"{head}.{body}.{signature}")


def test_a_web_login_gets_hs256_with_everything_it_asked_for(sandbox: Client) -> None:
    add_channel(sandbox)
    token = log_in(sandbox, nonce="abc", max_age="600")["id_token"]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    claims = verify(sandbox, token, nonce="abc").body
    assert claims["iss"] == "https://access.line.me"
    assert claims["aud"] == CHANNEL
    assert claims["name"] == "山田 花子"
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["auth_time"] - time.time()) < 120
    people = sandbox.get("/control/state")["people"]
    assert claims["sub"] == people[0]["user_ids"]["main"]


def test_the_endpoint_refuses_with_lines_words(sandbox: Client) -> None:
    add_channel(sandbox)
    token = log_in(sandbox, nonce="abc")["id_token"]
    wrong = {
        "Invalid IdToken Nonce.": {"nonce": "xyz"},
        "Invalid IdToken Subject Identifier.": {"user_id": "U" + "0" * 32},
        "Invalid IdToken Audience.": {"client_id": "1"},
        "Invalid IdToken.": {"id_token": token + "x"},
        "client_id is required": {"client_id": ""},
        "id_token is required": {"id_token": ""},
    }
    for words, changes in wrong.items():
        answer = verify(sandbox, token) if not changes else verify_with(sandbox, token, changes)
        assert answer.status == 400
        assert answer.body == {"error": "invalid_request", "error_description": words}
    sandbox.post("/control/clock", {"forward": 3601})
    assert verify(sandbox, token).body["error_description"] == "IdToken expired."


def verify_with(sandbox: Client, token: str, changes: dict[str, str]) -> Any:
    given = dict(changes)
    return verify(sandbox, given.pop("id_token", token), **given)


def test_the_key_set_stays_and_checks_tokens(sandbox: Client) -> None:
    add_channel(sandbox)
    keys = sandbox.get("/oauth2/v2.1/certs")
    (key,) = keys["keys"]
    sandbox.post("/control/reset")
    assert sandbox.get("/oauth2/v2.1/certs") == keys
    token = id_tokens.sign_es256(GOOD, KEY)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, jwt.PyJWK(key).key, algorithms=["ES256"], audience=CHANNEL)
