"""`flask keys` and `flask hooks`: a key is shown once; what was not taken is told again."""

import re

import pytest
from flask import Flask

from app.config import Settings
from app.domain.audit import queries as audit
from app.domain.hooks import queries as hooks
from app.domain.hooks import work
from app.facts import feed
from app.facts.record import record
from tests.domain.conftest import Opens
from tests.support.cast import add_account, add_store
from tests.support.members import a_shop
from tests.support.systems import System

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def app(settings: Settings, open_app: Opens) -> Flask:
    return open_app(settings.model_copy(update={"webhooks_local": True}))


def run(app: Flask, *arguments: str, status: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == status, result.output
    return result.output


def test_a_key_is_shown_once_and_revoked_at_once(app: Flask, inside: object) -> None:
    a_shop()
    add_store("ginza")
    made = run(app, "keys", "create", "POS", "--scope", "members.read", "--store", "ginza")
    (secret,) = re.findall(r"tsk_[\w-]{43}", made)
    assert System(app, secret).get("/members").status == 200

    listed = run(app, "keys", "list")
    assert secret[:10] in listed
    assert secret not in listed
    run(app, "keys", "revoke", "1")
    assert System(app, secret).get("/members").status == 401
    assert "revoked" in run(app, "keys", "list")
    assert [entry.action for entry in audit.listed()] == ["keys.revoked", "keys.created"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "x", "--scope", "members.read", "--store", "none"), "no_such_store"),
        (("create", "x", "--scope", "webhooks", "--store", "ginza"), "bad_api_key_request"),
        (("create", " ", "--scope", "members.read"), "bad_api_key_request"),
        (("create", "x", "--scope", "members.read", "--rate", "0"), "bad_api_key_request"),
        (("revoke", "9"), "no_such_api_key"),
    ],
)
def test_what_is_no_key_is_refused(
    app: Flask, inside: object, arguments: tuple[str, ...], told: str
) -> None:
    a_shop()
    add_store("ginza")
    assert told in run(app, "keys", *arguments, status=1)


def test_endpoints_and_what_they_did_not_take(app: Flask, inside: object) -> None:
    add_account("main")
    made = run(app, "hooks", "add", "http://127.0.0.1:8300/", "points.*", "--account", "main")
    assert re.search(r"whsec_[A-Za-z0-9+/]{43}=", made)
    record("points.earn", cause="test")
    work.spread(feed.newest())
    assert "points.earn" in run(app, "hooks", "deliveries", "--state", "pending")
    assert "pending 1" in run(app, "hooks", "list")
    assert "1 due again" in run(app, "hooks", "replay", "1")
    assert "0 due again" in run(app, "hooks", "replay", "--dead", "1")
    run(app, "hooks", "replay", status=2)
    assert "bad_webhook_url" in run(app, "hooks", "add", "http://10.0.0.1/", "*", status=1)

    secret = hooks.secret(1)
    assert "1 endpoints" in run(app, "account", "rotate-keys")
    assert hooks.secret(1) == secret
