"""The control API: accounts, people, time, reset and refusals."""

from typing import Any

import pytest

from tests.sandbox.helpers import Client

ACCOUNT = {"slug": "new", "name": "New", "webhook_url": "http://127.0.0.1:9/"}


def test_a_new_account_has_what_line_would_give_it(sandbox: Client) -> None:
    account = sandbox.post("/control/accounts", ACCOUNT)
    assert len(account["channel_secret"]) == 32
    assert len(account["bot_user_id"]) == 33
    assert not account["redelivery"]
    sandbox.token = account["access_token"]
    assert sandbox.line("GET", "/v2/bot/info").body["userId"] == account["bot_user_id"]


def test_an_account_can_be_changed(sandbox: Client) -> None:
    changed = sandbox.call("PATCH", "/control/accounts/main", {"access_token": "rotated"})
    assert changed.body["access_token"] == "rotated"
    assert sandbox.line("GET", "/v2/bot/info").status == 401
    sandbox.token = "rotated"
    assert sandbox.line("GET", "/v2/bot/info").status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/control/accounts", {**ACCOUNT, "slug": "main"}, 409),
        ("POST", "/control/accounts", {**ACCOUNT, "slug": "No Good"}, 422),
        ("POST", "/control/accounts", {**ACCOUNT, "webhook_url": "ftp://x"}, 422),
        ("POST", "/control/accounts", {**ACCOUNT, "colour": "red"}, 422),
        ("POST", "/control/accounts", b"[", 400),
        ("POST", "/control/accounts", [], 422),
        ("PATCH", "/control/accounts/none", {"name": "x"}, 404),
        ("PATCH", "/control/accounts/main", {"slug": "x"}, 422),
        ("POST", "/control/people", {"key": "hanako", "name": "x"}, 409),
        ("POST", "/control/faults", {"endpoint": "push", "kind": "flood"}, 422),
        ("POST", "/control/faults", {"endpoint": "pull", "kind": "rate"}, 422),
        ("POST", "/control/faults", {"endpoint": "push", "kind": "rate", "account": "x"}, 404),
        ("POST", "/control/faults", {"endpoint": "push", "kind": "rate", "times": 0}, 422),
        ("POST", "/control/faults", {"endpoint": "push", "kind": "rate", "probability": 2}, 422),
        ("POST", "/control/faults", {"endpoint": "push", "kind": "failed"}, 422),
        ("POST", "/control/faults", {"endpoint": "*", "kind": "failed"}, 422),
        ("POST", "/control/faults", {"endpoint": "login.nothing", "kind": "rate"}, 422),
        ("POST", "/control/clock", {"forward": -1}, 422),
        ("POST", "/control/clock", {}, 422),
        ("POST", "/control/deliveries/send", {"account": "none"}, 404),
        ("POST", "/control/deliveries/release", {"account": "none"}, 404),
        ("GET", "/control/accepted?since=x", None, 400),
        ("GET", "/control/accepted?since=" + "9" * 5000, None, 400),
        ("GET", "/control/nothing", None, 404),
        ("PUT", "/control/clock", {}, 405),
    ],
)
def test_bad_input_is_a_problem(
    sandbox: Client, method: str, path: str, body: Any, status: int
) -> None:
    answer = sandbox.call(method, path, body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["title"]
    assert answer.body["detail"]


def test_logs_are_read_from_a_number_on(sandbox: Client) -> None:
    for _ in range(3):
        sandbox.line("GET", "/v2/bot/info")
    calls = sandbox.get("/control/calls?since=1")
    assert [call["n"] for call in calls["items"]] == [2, 3]
    assert (calls["last"], calls["lost"]) == (3, 0)
    assert sandbox.get("/control/calls?since=99")["items"] == []


def test_the_clock_goes_forward_and_back_with_a_reset(sandbox: Client) -> None:
    before = sandbox.get("/control/clock")
    after = sandbox.post("/control/clock", {"forward": 3600})
    assert after["ahead_seconds"] == before["ahead_seconds"] + 3600
    assert 3_600_000 <= after["now"] - before["now"] < 3_660_000
    sandbox.post("/control/reset")
    assert sandbox.get("/control/clock")["ahead_seconds"] == 0


def test_a_reset_returns_to_the_start(sandbox: Client) -> None:
    sandbox.act("add")
    sandbox.post("/control/faults", {"endpoint": "*", "kind": "rate"})
    last = sandbox.get("/control/deliveries")["last"]
    sandbox.settle()
    sandbox.post("/control/reset")
    state = sandbox.get("/control/state")
    assert (state["accounts"], state["people"], state["faults"]) == ([], [], [])
    deliveries = sandbox.get("/control/deliveries")
    assert deliveries["items"] == []
    assert deliveries["last"] >= last
