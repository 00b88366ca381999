"""Programmed faults of LINE Login, LIFF and channel access tokens."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import urllib3

from tests.sandbox.helpers import Answer, Client
from tests.sandbox.login_helpers import (
    CHANNEL,
    LIFF_ID,
    SECRET,
    Browser,
    add_app,
    add_channel,
    authorize_url,
    exchange,
    get_code,
    get_with,
    handed_over,
    liff_authorize_url,
    log_in,
    open_liff,
    post_form,
    returned,
    verify,
)

PROOF = {"grant_type": "client_credentials", "client_id": CHANNEL, "client_secret": SECRET}


@pytest.fixture(autouse=True)
def _channel(sandbox: Client) -> None:
    add_channel(sandbox)
    add_app(sandbox)


def program(sandbox: Client, endpoint: str, kind: str, **more: Any) -> None:
    sandbox.post("/control/faults", {"endpoint": endpoint, "kind": kind, **more})


def call(sandbox: Client, endpoint: str, tokens: Any, own: str) -> Answer:
    """One call of this endpoint that succeeds where no fault strikes."""
    user, path = tokens["access_token"], f"/liff/v1/apps/{LIFF_ID}"
    bearer = {"Authorization": f"Bearer {own}"}
    as_user = {"Authorization": f"Bearer {user}"}
    in_talk = {"Authorization": f"Bearer {tokens['in_talk']}"}
    ended = {"access_token": user, "client_id": CHANNEL, "client_secret": SECRET}
    view = {"view": {"type": "full", "url": "https://shop.example/"}}
    text = {"messages": [{"type": "text", "text": "x"}]}
    calls: dict[str, tuple[Any, ...]] = {
        "login.verify_access": ("GET", f"/oauth2/v2.1/verify?access_token={user}"),
        "login.certs": ("GET", "/oauth2/v2.1/certs"),
        "login.discovery": ("GET", "/.well-known/openid-configuration"),
        "login.userinfo": ("GET", "/oauth2/v2.1/userinfo", None, as_user),
        "login.profile": ("GET", "/v2/profile", None, as_user),
        "login.friendship": ("GET", "/friendship/v1/status", None, as_user),
        "login.deauthorize": ("POST", "/user/v1/deauthorize", {"userAccessToken": user}, bearer),
        "liff_apps.list": ("GET", "/liff/v1/apps", None, bearer),
        "liff_apps.add": ("POST", "/liff/v1/apps", view, bearer),
        "liff_apps.change": ("PUT", path, {}, bearer),
        "liff_apps.remove": ("DELETE", path, None, bearer),
        "liff_api.context_token": ("GET", f"/liff/v2/apps/{LIFF_ID}/contextToken"),
        "liff_api.share": ("POST", "/message/v3/share", text, in_talk),
    }
    if endpoint in calls:
        return sandbox.call(*calls[endpoint])
    forms: dict[str, tuple[str, dict[str, str]]] = {
        "login.revoke": ("/oauth2/v2.1/revoke", ended),
        "login.verify_id": (
            "/oauth2/v2.1/verify",
            {"id_token": tokens["id_token"], "client_id": CHANNEL},
        ),
        "tokens.issue_stateless": ("/oauth2/v3/token", PROOF),
        "tokens.issue_short": ("/v2/oauth/accessToken", PROOF),
    }
    to, form = forms[endpoint]
    return post_form(sandbox, to, **form)


@pytest.mark.parametrize(
    ("endpoint", "again"),
    [
        ("login.verify_access", 200),
        ("login.verify_id", 200),
        ("login.certs", 200),
        ("login.discovery", 200),
        ("login.userinfo", 200),
        ("login.profile", 200),
        ("login.friendship", 200),
        # What has been accepted although it was not answered is done, and cannot be done again.
        ("login.revoke", 400),
        ("login.deauthorize", 400),
        ("liff_apps.list", 200),
        ("liff_apps.add", 200),
        ("liff_apps.change", 200),
        ("liff_apps.remove", 404),
        ("liff_api.context_token", 200),
        ("liff_api.share", 200),
        ("tokens.issue_stateless", 200),
        ("tokens.issue_short", 200),
    ],
)
def test_each_endpoint_can_fail_before_and_after(
    sandbox: Client, endpoint: str, again: int
) -> None:
    tokens = log_in(sandbox)
    tokens["in_talk"] = handed_over(open_liff(sandbox))["access_token"]
    own = str(post_form(sandbox, "/oauth2/v3/token", **PROOF).body["access_token"])
    for kind, status in (("rate", 429), ("401", 401), ("500_before", 500), ("500_after", 500)):
        program(sandbox, endpoint, kind)
        answer = call(sandbox, endpoint, tokens, own)
        assert (answer.status, bool(answer.body["message"])) == (status, True)
        last = sandbox.get("/control/calls")["items"][-1]
        assert (last["endpoint"], last["fault"], last["status"]) == (endpoint, kind, status)
    assert call(sandbox, endpoint, tokens, own).status == again


def test_a_token_request_fails_in_the_words_of_oauth(sandbox: Client) -> None:
    code = get_code(sandbox)
    program(sandbox, "login.token", "500_before")
    answer = exchange(sandbox, code)
    assert (answer.status, answer.body["error"]) == (500, "server_error")
    program(sandbox, "login.token", "500_after")
    assert exchange(sandbox, code).status == 500
    assert exchange(sandbox, code).body["error"] == "invalid_grant"
    program(sandbox, "login.profile", "403")
    assert set(get_with(sandbox, "/v2/profile", "any").body) == {"message"}


def test_a_connection_breaks_or_nobody_answers(sandbox: Client) -> None:
    program(sandbox, "login.certs", "drop_before")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        sandbox.call("GET", "/oauth2/v2.1/certs")
    assert sandbox.get("/control/calls")["items"][-1]["status"] is None
    program(sandbox, "login.certs", "timeout", seconds=60)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        sandbox.call("GET", "/oauth2/v2.1/certs", timeout=0.3)
    assert sandbox.get("/oauth2/v2.1/certs")["keys"]


def test_a_fault_strikes_as_often_and_as_likely_as_told(sandbox: Client) -> None:
    def statuses() -> list[int]:
        return [sandbox.call("GET", "/oauth2/v2.1/certs").status for _ in range(20)]

    program(sandbox, "login.certs", "rate", times=2)
    assert statuses() == [429] * 2 + [200] * 18
    seen = []
    for _ in range(2):
        sandbox.call("DELETE", "/control/faults")
        program(sandbox, "login.certs", "rate", probability=0.5, seed=7)
        seen.append(statuses())
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 429}


def test_a_fault_of_an_account_strikes_its_login_channel_only(sandbox: Client) -> None:
    sister = {"slug": "sister", "name": "Sister", "webhook_url": "http://127.0.0.1:9/"}
    sandbox.post("/control/accounts", sister)
    tokens = log_in(sandbox)
    program(sandbox, "*", "rate", account="sister", times=None)
    assert get_with(sandbox, "/v2/profile", tokens["access_token"]).status == 200
    sandbox.call("DELETE", "/control/faults")
    program(sandbox, "*", "rate", account="main", times=None)
    asked = [
        get_with(sandbox, "/v2/profile", tokens["access_token"]),
        sandbox.call("GET", f"/oauth2/v2.1/verify?access_token={tokens['access_token']}"),
        verify(sandbox, tokens["id_token"]),
        post_form(sandbox, "/oauth2/v3/token", **PROOF),
        sandbox.call("GET", f"/liff/v2/apps/{LIFF_ID}/contextToken"),
        Browser(sandbox).open(liff_authorize_url()),
    ]
    assert [answer.status for answer in asked] == [429] * 6
    # The keys are everybody's.
    assert sandbox.call("GET", "/oauth2/v2.1/certs").status == 200


def test_the_login_page_tells_the_application_of_lines_failure(sandbox: Client) -> None:
    program(sandbox, "authorize.web", "500_before")
    told = returned(Browser(sandbox).open(authorize_url()))
    assert (told["error"], told["state"]) == ("server_error", "st")
    program(sandbox, "authorize.liff", "500_after")
    told = returned(Browser(sandbox).open(liff_authorize_url()))
    assert (told["error"], told["liffOAuth2Error"]) == ("server_error", "true")
    program(sandbox, "authorize.web", "500_before", times=2)
    page = Browser(sandbox).open(authorize_url(client_id="1"))
    assert (page.status, b"Internal Server Error" in page.body) == (500, True)
    assert returned(Browser(sandbox).open(authorize_url()))["error"] == "server_error"
    program(sandbox, "authorize.web", "rate")
    assert Browser(sandbox).open(authorize_url()).status == 429
    assert get_code(sandbox)


def test_a_liff_app_does_not_open(sandbox: Client) -> None:
    program(sandbox, "liff.open", "403")
    url = f"/liff.line.me/{LIFF_ID}/points?{urlencode({'__person': 'hanako'})}"
    assert Browser(sandbox).open(url).status == 403
    state = parse_qs(urlsplit(open_liff(sandbox, "/points").headers["Location"]).query)
    assert state == {"liff.state": ["/points"]}


def test_a_page_elsewhere_asking_first_is_no_call(sandbox: Client) -> None:
    program(sandbox, "login.profile", "rate")
    origin = {"Origin": "https://shop.example"}
    assert sandbox.call("OPTIONS", "/v2/profile", headers=origin).status == 200
    token = log_in(sandbox)["access_token"]
    struck = get_with(sandbox, "/v2/profile", token)
    assert (struck.status, struck.headers["Access-Control-Allow-Origin"]) == (429, "*")
