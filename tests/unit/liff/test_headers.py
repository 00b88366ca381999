"""What a page's browser may do: at LINE, and with the sandbox in LINE's place."""

import pytest
from cryptography.fernet import Fernet

from app.config import Settings
from app.liff.headers import policy

NEEDED = {"secret_key": "x" * 16, "encryption_keys": Fernet.generate_key().decode()}


def rules(**changes: str) -> dict[str, str]:
    told = policy(Settings.model_validate(NEEDED | changes)).split("; ")
    return {name: to for name, _, to in (rule.partition(" ") for rule in told)}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_at_line_only_lines_hosts_are_let_in():
    told = rules()

    assert told["default-src"] == "'none'"
    assert told["script-src"] == "'self' https://static.line-scdn.net"
    assert "https://api.line.me" in told["connect-src"].split()
    assert told["frame-ancestors"] == "'none'"
    assert told["form-action"] == "'self'"
    assert told["base-uri"] == "'none'"


def test_the_sandbox_takes_lines_place_and_may_frame_the_pages():
    told = rules(line_api_base="http://127.0.0.1:8100")

    assert told["script-src"] == "'self' http://127.0.0.1:8100"
    assert told["connect-src"] == "'self' http://127.0.0.1:8100"
    assert told["frame-ancestors"] == "http://127.0.0.1:8100"
    assert told["img-src"].endswith("http://127.0.0.1:8100")


@pytest.mark.parametrize("base", ["https://api.line.me", "http://127.0.0.1:8100"])
def test_nothing_written_in_a_page_can_run(base):
    told = rules(line_api_base=base)

    assert "'unsafe" not in " ".join(told.values())
    assert "*" not in told["script-src"] + told["connect-src"]


def test_a_form_may_lead_on_to_line():
    settings = Settings.model_validate(NEEDED)

    assert "form-action 'self' https://access.line.me;" in policy(
        settings, "https://access.line.me/dialog/bot/accountLink?linkToken=x"
    )
