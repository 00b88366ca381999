"""Only LINE's own word about a person, for our channel, in its time, is believed."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from freezegun import freeze_time

from app.line import identity
from app.line.errors import LineError
from app.line.identity import BadToken, LoginChannel, OldToken
from tests.unit.line.server import ScriptedServer, http

CHANNEL = "2000000001"
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
HANAKO = "U" + "1" * 32


def _number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(32, "big")).rstrip(b"=").decode()


def _jwks() -> bytes:
    point = KEY.public_key().public_numbers()
    ours = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "line"}
    unread = {"kty": "RSA", "alg": "RS256", "kid": "rsa"}
    key = ours | {"x": _number(point.x), "y": _number(point.y)}
    return http(200, json.dumps({"keys": [unread, key]}).encode())


def claims(**changes: Any) -> dict[str, Any]:
    """What LINE says of Hanako; None leaves a claim out."""
    now = int(time.time())
    told = {"iss": identity.ISSUER, "aud": CHANNEL, "sub": HANAKO, "iat": now, "exp": now + 3600}
    return {name: value for name, value in (told | changes).items() if value is not None}


def token(key: Any = KEY, algorithm: str = "ES256", kid: str = "line", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={"kid": kid})


@pytest.fixture
def line() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    identity.close()
    server.close()


@pytest.fixture
def channel(line: ScriptedServer) -> LoginChannel:
    return LoginChannel(line.base, CHANNEL, "secret")


def test_line_names_a_person(line, channel):
    line.answers = [_jwks()]
    told = identity.by_id_token(channel, token(name="花子", picture=7, email="h@example.jp"))

    assert (told.user_id, told.name, told.picture_url, told.email) == (
        HANAKO,
        "花子",
        None,
        "h@example.jp",
    )


def test_lines_keys_are_remembered(line, channel):
    line.answers = [_jwks()]
    for _ in range(3):
        identity.by_id_token(channel, token())
    with pytest.raises(BadToken):  # A made-up key id does not make us ask each time.
        identity.by_id_token(channel, token(kid="made-up"))

    assert [request.path for request in line.requests] == ["/oauth2/v2.1/certs"]


def test_keys_of_a_clock_that_was_ahead_are_asked_for_anew(line, channel):
    line.answers = [_jwks(), _jwks()]
    with freeze_time("2030-01-01"):  # It freezes time.monotonic as well.
        identity.by_id_token(channel, token())
    assert identity.by_id_token(channel, token()).user_id == HANAKO

    assert [request.path for request in line.requests] == ["/oauth2/v2.1/certs"] * 2


PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
# PyJWT itself refuses to sign so; an attacker's own code does not.
_BY_HAND = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
    for part in ({"alg": "none", "kid": "line"}, claims())
)


# Made when the test begins: a token lives an hour, and a whole run of the tests may take longer.
@pytest.mark.parametrize(
    "made",
    [
        lambda: "",
        lambda: "x",
        lambda: "a.b.c",
        lambda: f"{_BY_HAND}.",
        lambda: f"{_BY_HAND}.AAAA",
        lambda: token(OTHER),
        lambda: token("secret" * 8, "HS256"),
        lambda: token("secret" * 8, "HS256", kid="rsa"),
        lambda: token(kid="rsa"),
        lambda: token(kid="unknown"),
        lambda: token(aud="1234567890"),
        lambda: token(aud=None),
        lambda: token(iss="https://evil.example"),
        lambda: token(iss=None),
        lambda: token(sub=None),
        lambda: token(sub=""),
        lambda: token(exp=None),
        lambda: token(iat=None),
        lambda: token(iat=int(time.time()) + 3600),
        lambda: token()[:-6] + "AAAAAA",
        lambda: token().replace(".", "..", 1),
    ],
)
def test_nothing_else_is_believed(line, channel, made):
    line.answers = [_jwks()]
    with pytest.raises(BadToken) as refused:
        identity.by_id_token(channel, made())
    assert not isinstance(refused.value, OldToken)


def test_a_token_that_was_good_once_is_old(line, channel):
    line.answers = [_jwks()]
    with pytest.raises(OldToken):
        identity.by_id_token(channel, token(exp=int(time.time()) - 60))


def test_a_clock_that_is_a_little_behind_does_no_harm(line, channel):
    line.answers = [_jwks()]
    now = int(time.time())
    assert identity.by_id_token(channel, token(iat=now + 10)).user_id == HANAKO


@pytest.mark.parametrize("answer", [http(500), None, http(429)])
def test_without_lines_keys_nobody_is_let_in(line, channel, answer):
    line.answers = [answer]
    with pytest.raises(LineError):
        identity.by_id_token(channel, token())


def told(**body: Any) -> bytes:
    return http(200, json.dumps(body).encode())


def test_a_living_access_token_of_the_same_person_passes(line, channel):
    line.answers = [told(client_id=CHANNEL, expires_in=9), told(userId=HANAKO)]
    identity.check_live(channel, "access", HANAKO)

    assert line.requests[1].headers["authorization"] == "Bearer access"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([told(client_id="1234567890", expires_in=9)], BadToken),
        ([told(client_id=CHANNEL, expires_in=0)], OldToken),
        ([told(client_id=CHANNEL)], OldToken),
        ([told(client_id=CHANNEL, expires_in="9")], OldToken),
        ([told(client_id=CHANNEL, expires_in=9), told(userId="U" + "2" * 32)], BadToken),
        ([told(client_id=CHANNEL, expires_in=9), told()], BadToken),
        ([http(400, b'{"error_description":"access token expired"}')], OldToken),
        ([http(400, b'{"error":"invalid_request"}')], BadToken),
        ([http(401)], BadToken),
        ([http(503)], LineError),
        ([None], LineError),
    ],
)
def test_any_other_access_token_does_not(line, channel, answers, error):
    line.answers = list(answers)
    with pytest.raises(error):
        identity.check_live(channel, "access", HANAKO)


def test_a_login_on_the_web_needs_our_nonce(line, channel):
    def log_in(**said: Any) -> identity.Grant:
        line.answers = [told(id_token="id", access_token="access"), told(**said)]
        return identity.exchange(
            channel, code="c", redirect_uri="https://x/", verifier="v", nonce="ours"
        )

    assert log_in(sub=HANAKO, nonce="ours").identity.user_id == HANAKO
    for said in ({"sub": HANAKO}, {"sub": HANAKO, "nonce": "other"}, {"nonce": "ours"}):
        with pytest.raises(BadToken):
            log_in(**said)
