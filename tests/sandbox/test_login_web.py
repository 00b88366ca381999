"""LINE Login in a browser: who are you, do you agree, and back with a code."""

from typing import Any

import pytest

from tests.sandbox.helpers import Client, Receiver
from tests.sandbox.login_helpers import (
    CALLBACK,
    Browser,
    add_channel,
    authorize_url,
    challenge_of,
    exchange,
    get_code,
    get_with,
    location,
    log_in,
    returned,
)

DAY = 24 * 60 * 60


@pytest.fixture(autouse=True)
def _channel(sandbox: Client) -> None:
    add_channel(sandbox)


def test_a_person_logs_in_agrees_and_comes_back_with_a_code(sandbox: Client) -> None:
    browser = Browser(sandbox)
    url = authorize_url(redirect_uri=f"{CALLBACK}?shop=1", state="a b&c")
    assert "ログインする人を選ぶ".encode() in browser.open(url).body
    consent = browser.log_in(url)
    assert "同意する".encode() in consent.body
    assert "プロフィール情報".encode() in consent.body
    answer = browser.agree(url)
    assert location(answer).startswith(f"{CALLBACK}?shop=1&code=")
    assert returned(answer)["state"] == "a b&c"


def test_who_has_agreed_is_not_asked_again(sandbox: Client) -> None:
    get_code(sandbox)
    browser = Browser(sandbox)
    assert "code" in returned(browser.log_in(authorize_url()))
    assert "code" in returned(browser.open(authorize_url()))
    assert browser.open(authorize_url(prompt="consent")).status == 200


def test_who_wants_more_asks_again(sandbox: Client) -> None:
    get_code(sandbox, scope="openid")
    assert Browser(sandbox).log_in(authorize_url()).status == 200


def test_a_refusal_goes_back_with_lines_words(sandbox: Client) -> None:
    browser = Browser(sandbox)
    browser.log_in(authorize_url())
    answer = browser.press(authorize_url(), step="consent", decision="cancel")
    assert returned(answer) == {
        "error": "access_denied",
        "error_description": "The resource owner denied the request.",
        "state": "st",
    }


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"state": None}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile everything"}, "invalid_scope"),
        ({"scope": "openid email"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
        ({"prompt": "maybe"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"code_challenge": "x" * 43}, "invalid_request"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error(
    sandbox: Client, changes: dict[str, Any], error: str
) -> None:
    told = returned(Browser(sandbox).open(authorize_url(**changes)))
    assert told["error"] == error
    assert told.get("state") == changes.get("state", "st")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "1"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": f"{CALLBACK}/more"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": f"{CALLBACK}#x"},
    ],
)
def test_nobody_is_sent_to_an_unknown_place(sandbox: Client, changes: dict[str, Any]) -> None:
    answer = Browser(sandbox).open(authorize_url(**changes))
    assert answer.status == 400
    assert b"400 Bad Request" in answer.body
    assert "Location" not in answer.headers


def test_prompt_none_never_shows_a_page(sandbox: Client) -> None:
    browser = Browser(sandbox)
    browser.log_in(authorize_url())
    asked = authorize_url(prompt="none")
    assert returned(browser.open(asked))["error"] == "interaction_required"
    browser.agree(authorize_url())
    assert "code" in returned(browser.open(asked))


def test_prompt_login_and_max_age_ask_who_is_there(sandbox: Client) -> None:
    browser = Browser(sandbox)
    browser.log_in(authorize_url())
    browser.agree(authorize_url())
    again = authorize_url(prompt="login")
    assert "山田 花子".encode() in browser.open(again).body
    assert "code" in returned(browser.log_in(again))
    recent = authorize_url(max_age="60")
    assert browser.open(recent).status == 303
    sandbox.post("/control/clock", {"forward": 61})
    assert browser.open(recent).status == 200
    assert "code" in returned(browser.log_in(recent))


def test_somebody_else_can_log_in_instead(sandbox: Client) -> None:
    browser = Browser(sandbox)
    browser.log_in(authorize_url())
    browser.press(authorize_url(), step="other")
    assert "ログインする人を選ぶ".encode() in browser.open(authorize_url()).body


def test_the_phone_says_who_is_there(sandbox: Client) -> None:
    browser = Browser(sandbox)
    url = authorize_url(__person="emma")
    page = browser.open(url).body
    assert b"Logged in as Emma Wilson" in page
    assert b"Continue as somebody else" not in page
    assert "code" in returned(browser.agree(url))
    assert sandbox.call("GET", authorize_url(__person="nobody")).status == 404


def test_a_forged_choice_is_asked_again(sandbox: Client) -> None:
    browser = Browser(sandbox)
    assert browser.press(authorize_url(), step="person", person="nobody").status == 200
    assert browser.agree(authorize_url()).status == 200
    browser.cookie = "sandbox_person=hanako:soon"
    assert "ログインする人を選ぶ".encode() in browser.open(authorize_url()).body


@pytest.mark.parametrize("ticked", [True, False])
def test_a_friend_is_offered_on_the_consent_page(
    sandbox: Client, receiver: Receiver, ticked: bool
) -> None:
    url = authorize_url(bot_prompt="normal")
    browser = Browser(sandbox)
    assert "を友だち追加".encode() in browser.log_in(url).body
    answer = browser.agree(url, **({"add_friend": "1"} if ticked else {}))
    assert returned(answer)["friendship_status_changed"] == str(ticked).lower()
    sandbox.settle()
    assert [event["type"] for event in receiver.events] == (["follow"] if ticked else [])


@pytest.mark.parametrize(("decision", "changed"), [("add", "true"), ("skip", "false")])
def test_a_friend_is_offered_on_a_page_of_its_own(
    sandbox: Client, decision: str, changed: str
) -> None:
    sandbox.act("add")
    sandbox.act("block")
    url = authorize_url(bot_prompt="aggressive")
    browser = Browser(sandbox)
    assert "を友だち追加".encode() not in browser.log_in(url).body
    assert "友だちに追加しますか".encode() in browser.agree(url).body
    answer = browser.press(url, step="friend", decision=decision)
    assert returned(answer)["friendship_status_changed"] == changed
    token = exchange(sandbox, returned(answer)["code"]).body["access_token"]
    friendship = get_with(sandbox, "/friendship/v1/status", token).body
    assert friendship == {"friendFlag": changed == "true"}


def test_the_friends_page_is_no_way_around_the_consent(sandbox: Client) -> None:
    browser = Browser(sandbox)
    browser.log_in(authorize_url())
    told = returned(browser.press(authorize_url(), step="friend", decision="skip"))
    assert told["error"] == "access_denied"


def test_a_friend_is_offered_nothing(sandbox: Client) -> None:
    sandbox.act("add")
    for bot_prompt in ("normal", "aggressive"):
        url = authorize_url(bot_prompt=bot_prompt, prompt="consent")
        browser = Browser(sandbox)
        browser.log_in(url)
        assert "friendship_status_changed" not in returned(browser.agree(url))


def test_the_mail_address_can_be_refused(sandbox: Client) -> None:
    sandbox.call("PATCH", "/control/login_channels/2000000001", {"email_permission": True})
    url = authorize_url(scope="openid email")
    browser = Browser(sandbox)
    browser.log_in(url)
    with_mail = exchange(sandbox, returned(browser.agree(url, scope="email"))["code"]).body
    assert with_mail["scope"] == "openid"
    told = sandbox.call(
        "POST",
        "/oauth2/v2.1/verify",
        f"client_id=2000000001&id_token={with_mail['id_token']}".encode(),
        {"Content-Type": "application/x-www-form-urlencoded"},
    ).body
    assert told["email"] == "hanako@example.com"
    assert "name" not in told
    second = Browser(sandbox)
    second.log_in(url, "emma")
    answer = second.agree(url)
    assert exchange(sandbox, returned(answer)["code"]).body["scope"] == "openid"


def test_pages_are_kept_by_nobody_and_run_nothing_foreign(sandbox: Client) -> None:
    browser = Browser(sandbox)
    page = browser.log_in(authorize_url())
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' https://shop.example" in policy
    assert page.headers["Cache-Control"] == "no-store"


def test_a_name_is_never_markup(sandbox: Client) -> None:
    sandbox.post("/control/people", {"key": "eve", "name": '<b onclick="x">Eve</b>'})
    page = Browser(sandbox).open(authorize_url())
    assert b"<b onclick" not in page.body
    assert b"&lt;b onclick" in page.body


def test_pkce_binds_the_code_to_its_verifier(sandbox: Client) -> None:
    asked = {"code_challenge": challenge_of("v" * 43), "code_challenge_method": "S256"}
    for verifier in ({}, {"code_verifier": "w" * 43}):
        code = get_code(sandbox, **asked)
        assert exchange(sandbox, code, **verifier).body["error"] == "invalid_grant"
    good = exchange(sandbox, get_code(sandbox, **asked), code_verifier="v" * 43)
    assert good.status == 200


def test_providers_know_a_person_by_different_ids(sandbox: Client) -> None:
    own = log_in(sandbox)["access_token"]
    other = {"name": "Other", "provider": "other", "redirect_uris": [CALLBACK]}
    channel = sandbox.post("/control/login_channels", other)
    code = get_code(sandbox, client_id=channel["channel_id"])
    secrets = {"client_id": channel["channel_id"], "client_secret": channel["channel_secret"]}
    foreign = exchange(sandbox, code, **secrets).body["access_token"]
    ids = [get_with(sandbox, "/v2/profile", token).body["userId"] for token in (own, foreign)]
    assert ids[0] != ids[1]
    people = sandbox.get("/control/state")["people"]
    assert people[0]["user_ids"]["main"] != ids[1]
    assert get_with(sandbox, "/friendship/v1/status", foreign).status == 400
