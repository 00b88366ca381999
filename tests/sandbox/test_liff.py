"""Opening LIFF apps, in the phone and outside, and what their tokens can do."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from tests.sandbox.helpers import Client, Receiver
from tests.sandbox.login_helpers import (
    CHANNEL,
    ENDPOINT,
    LIFF_ID,
    VERIFIER,
    Browser,
    add_app,
    add_channel,
    get_with,
    handed_over,
    liff_authorize_url,
    location,
    open_liff,
    post_form,
    returned,
    verify,
)


@pytest.fixture(autouse=True)
def _app(sandbox: Client) -> None:
    add_channel(sandbox)
    add_app(sandbox)


def claims_of(token: str) -> Any:
    return jwt.decode(token, options={"verify_signature": False})


def payload_of(context_token: str) -> Any:
    return jwt.api_jws.base64url_decode(context_token.split(".")[1]).decode("ascii")


def test_the_phone_hands_tokens_to_the_endpoint(sandbox: Client) -> None:
    opened = open_liff(sandbox)
    assert location(opened).startswith(f"{ENDPOINT}#access_token=")
    assert opened.headers["Cache-Control"] == "no-store"
    handed = handed_over(opened)
    assert handed["client_id"] == CHANNEL
    assert jwt.get_unverified_header(handed["id_token"])["alg"] == "ES256"
    claims = verify(sandbox, handed["id_token"]).body
    assert (claims["name"], claims["aud"]) == ("山田 花子", CHANNEL)
    profile = get_with(sandbox, "/v2/profile", handed["access_token"]).body
    assert profile["userId"] == claims["sub"]


def test_the_key_set_checks_a_liff_token(sandbox: Client) -> None:
    token = handed_over(open_liff(sandbox))["id_token"]
    (key,) = sandbox.get("/oauth2/v2.1/certs")["keys"]
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    checked = jwt.decode(token, jwt.PyJWK(key).key, algorithms=["ES256"], audience=CHANNEL)
    assert checked["iss"] == "https://access.line.me"


@pytest.mark.parametrize(
    ("rest", "fragment", "state"),
    [
        ("", "", None),
        ("/", "", None),
        ("/points", "", "/points"),
        ("/points/?from=menu&a=%E8%B1%86", "", "/points/?from=menu&a=%E8%B1%86"),
        ("?x=1", "", "?x=1"),
        ("/%E8%B1%86", "", "/%E8%B1%86"),
        ("/a", "top", "/a#top"),
    ],
)
def test_the_rest_of_the_address_travels_in_liff_state(
    sandbox: Client, rest: str, fragment: str, state: str | None
) -> None:
    opened = open_liff(sandbox, rest, __fragment=fragment)
    query = parse_qs(urlsplit(location(opened)).query)
    assert query == ({"liff.state": [state]} if state else {})


def test_a_browser_is_asked_for_the_fragment_first(sandbox: Client) -> None:
    html = {"Accept": "text/html,application/xhtml+xml"}
    path = f"/liff.line.me/{LIFF_ID}/points"
    page = Browser(sandbox).open(path, **html)
    assert page.status == 200
    assert b"liff/fragment.js" in page.body
    assert b"__fragment" in sandbox.get("/static/liff/fragment.js")
    told = Browser(sandbox).open(f"{path}?__fragment=", **html)
    assert location(told) == f"{ENDPOINT}?liff.state=%2Fpoints"


def test_an_endpoint_keeps_its_own_query(sandbox: Client) -> None:
    changed = {"endpoint": "https://shop.example/camp/?k=v"}
    sandbox.call("PATCH", f"/control/liff_apps/{LIFF_ID}", changed)
    bare = location(open_liff(sandbox, "/A?k1=v1")).partition("#")[0]
    assert bare == "https://shop.example/camp/?k=v&liff.state=%2FA%3Fk1%3Dv1"


def test_an_outside_browser_gets_no_tokens(sandbox: Client) -> None:
    browser = Browser(sandbox)
    there = f"{ENDPOINT}?liff.state=%2Fpoints"
    assert location(browser.open(f"/liff.line.me/{LIFF_ID}/points")) == there
    in_a_tab = f"/liff.line.me/{LIFF_ID}/points?__person=hanako&__account=main"
    opened = browser.open(in_a_tab, **{"Sec-Fetch-Dest": "document"})
    assert location(opened) == there


def test_an_app_that_opens_itself_anew_in_the_phone_gets_fresh_tokens(sandbox: Client) -> None:
    first = handed_over(open_liff(sandbox))["access_token"]
    browser = Browser(sandbox)
    browser.cookie = "sandbox_phone=hanako"
    address = f"/liff.line.me/{LIFF_ID}/points"
    anew = handed_over(browser.open(address, **{"Sec-Fetch-Dest": "iframe"}))
    assert anew["access_token"] != first
    outside = browser.open(address, **{"Sec-Fetch-Dest": "document"})
    assert location(outside) == f"{ENDPOINT}?liff.state=%2Fpoints"


def test_the_person_agrees_once_and_may_leave_out_what_is_optional(sandbox: Client) -> None:
    url = f"/liff.line.me/{LIFF_ID}?__person=hanako&__account=main"
    browser = Browser(sandbox)
    assert "トークへのメッセージの送信".encode() in browser.open(url).body
    opened = browser.open(location(browser.agree(url)))
    token = handed_over(opened)["access_token"]
    told = sandbox.get(f"/oauth2/v2.1/verify?access_token={token}")
    assert told["scope"] == "openid profile"
    assert sandbox_send(sandbox, token).status == 403
    assert browser.open(url).status == 303


def test_an_app_that_asks_for_more_asks_again(sandbox: Client) -> None:
    sandbox.call("PATCH", f"/control/liff_apps/{LIFF_ID}", {"scopes": ["chat_message.write"]})
    url = f"/liff.line.me/{LIFF_ID}?__person=hanako&__account=main"
    browser = Browser(sandbox)
    assert browser.open(location(browser.agree(url))).status == 303
    sandbox.call("PATCH", f"/control/liff_apps/{LIFF_ID}", {"scopes": ["profile"]})
    assert browser.open(url).status == 200


def test_a_refusal_closes_the_sheet(sandbox: Client) -> None:
    url = f"/liff.line.me/{LIFF_ID}?__person=hanako"
    page = Browser(sandbox).press(url, step="consent", decision="cancel")
    assert page.status == 200
    assert b"liff/close.js" in page.body
    assert b"closeWindow" in sandbox.get("/static/liff/close.js")


@pytest.mark.parametrize("bot_prompt", ["normal", "aggressive"])
def test_a_friend_is_offered_on_the_way(
    sandbox: Client, receiver: Receiver, bot_prompt: str
) -> None:
    sandbox.call("PATCH", f"/control/liff_apps/{LIFF_ID}", {"bot_prompt": bot_prompt})
    url = f"/liff.line.me/{LIFF_ID}?__person=hanako&__account=main"
    browser = Browser(sandbox)
    answer = browser.agree(url, add_friend="1") if bot_prompt == "normal" else browser.agree(url)
    if bot_prompt == "aggressive":
        assert answer.status == 200
        answer = browser.press(url, step="friend", decision="add")
    assert browser.open(location(answer)).status == 303
    sandbox.settle()
    assert [event["type"] for event in receiver.events] == ["follow"]


def test_an_unknown_app_or_person_is_refused(sandbox: Client) -> None:
    browser = Browser(sandbox)
    assert browser.open("/liff.line.me/1-x").status == 400
    assert browser.open(f"/liff.line.me/{LIFF_ID}?__person=nobody").status == 404
    assert browser.press(f"/liff.line.me/{LIFF_ID}", step="consent", decision="allow").status == 400
    assert open_liff_from(sandbox, "nothing").status == 404


def open_liff_from(sandbox: Client, account: str) -> Any:
    return open_liff(sandbox, __account=account)


def test_without_openid_there_is_no_id_token(sandbox: Client) -> None:
    sandbox.call("PATCH", f"/control/liff_apps/{LIFF_ID}", {"scopes": ["profile"]})
    assert "id_token" not in handed_over(open_liff(sandbox))


def test_closing_the_sheet_kills_the_access_token_only(sandbox: Client) -> None:
    handed = handed_over(open_liff(sandbox))
    sandbox.post("/phone/api/liff/close", {"access_token": handed["access_token"]})
    sandbox.post("/phone/api/liff/close", {"access_token": handed["access_token"]})
    assert get_with(sandbox, "/v2/profile", handed["access_token"]).status == 401
    assert verify(sandbox, handed["id_token"]).status == 200


def test_tokens_live_twelve_hours_and_one_hour(sandbox: Client) -> None:
    handed = handed_over(open_liff(sandbox))
    sandbox.post("/control/clock", {"forward": 3601})
    assert verify(sandbox, handed["id_token"]).body["error_description"] == "IdToken expired."
    assert get_with(sandbox, "/v2/profile", handed["access_token"]).status == 200
    sandbox.post("/control/clock", {"forward": 11 * 3600})
    assert get_with(sandbox, "/v2/profile", handed["access_token"]).status == 401


def liff_code(sandbox: Client, **changes: str | None) -> dict[str, str]:
    browser = Browser(sandbox)
    url = liff_authorize_url(**changes)
    browser.log_in(url)
    return returned(browser.agree(url))


def liff_exchange(sandbox: Client, code: str, **changes: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "client_id": CHANNEL,
        "appId": LIFF_ID,
        "code": code,
        "code_verifier": VERIFIER,
        "redirect_uri": ENDPOINT,
        "id_token_key_type": "JWK",
    }
    return post_form(sandbox, "/oauth2/v2.1/token", **(form | changes))


def test_liff_login_outside(sandbox: Client) -> None:
    told = liff_code(sandbox)
    assert told["liffClientId"] == CHANNEL
    assert told["liffRedirectUri"] == ENDPOINT
    tokens = liff_exchange(sandbox, told["code"]).body
    assert tokens["expires_in"] == 12 * 3600
    assert tokens["scope"] == "openid profile"
    assert claims_of(tokens["id_token"])["aud"] == CHANNEL
    assert sandbox_send(sandbox, tokens["access_token"]).status == 403


@pytest.mark.parametrize(
    "changes", [{"appId": "1-x"}, {"code_verifier": "w" * 43}, {"client_id": "1"}, {"code": "x"}]
)
def test_a_liff_code_needs_its_app_and_verifier(sandbox: Client, changes: dict[str, str]) -> None:
    code = liff_code(sandbox)["code"]
    given = dict(changes)
    answer = liff_exchange(sandbox, given.pop("code", code), **given)
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("redirect_uri", "good"),
    [
        (f"{ENDPOINT}points?a=1", True),
        ("https://shop.example/liff", True),
        ("https://shop.example/liffs", False),
        ("https://shop.example/", False),
        ("http://shop.example/liff/", False),
        ("https://evil.example/liff/", False),
    ],
)
def test_liff_login_returns_below_the_endpoint_only(
    sandbox: Client, redirect_uri: str, good: bool
) -> None:
    answer = Browser(sandbox).open(liff_authorize_url(redirect_uri=redirect_uri))
    assert answer.status == (200 if good else 400)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
    ],
)
def test_a_wrong_liff_login_goes_back_marked(
    sandbox: Client, changes: dict[str, Any], error: str
) -> None:
    told = returned(Browser(sandbox).open(liff_authorize_url(**changes)))
    assert (told["error"], told["liffOAuth2Error"]) == (error, "true")
    assert Browser(sandbox).open(liff_authorize_url(app_id="1-x")).status == 400


def sandbox_send(sandbox: Client, token: str, *messages: Any) -> Any:
    body = {"messages": list(messages) or [{"type": "text", "text": "いつもの"}]}
    headers = {"Authorization": f"Bearer {token}"}
    return sandbox.call("POST", "/message/v3/share", body, headers)


def test_messages_are_sent_as_the_person(sandbox: Client, receiver: Receiver) -> None:
    token = handed_over(open_liff(sandbox))["access_token"]
    picture = {
        "originalContentUrl": "https://x.example/a.png",
        "previewImageUrl": "https://x.example/p.png",
    }
    flex = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": []}}
    answer = sandbox_send(
        sandbox,
        token,
        {"type": "text", "text": "いつもの"},
        {"type": "image", **picture},
        {"type": "flex", "altText": "注文", "contents": flex},
    )
    assert (answer.status, answer.body) == (200, {})
    sandbox.settle()
    # LINE: Flex Messages and templates from LIFF cause no webhook.
    text, image = (event["message"] for event in receiver.events)
    assert text["text"] == "いつもの"
    assert image["contentProvider"] == {"type": "external", **picture}
    lines = sandbox.get("/phone/api/talks/hanako/main/messages")["messages"]
    assert [line["message"]["type"] for line in lines] == ["text", "image", "flex"]
    assert {line["from"] for line in lines} == {"person"}
    assert lines[1]["message"]["originalContentUrl"] == picture["originalContentUrl"]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "imagemap"},
        {"type": "unknown"},
        {"type": "text"},
        "text",
        {"type": "text", "text": "x", "quoteToken": "q"},
        {
            "type": "template",
            "altText": "a",
            "template": {
                "type": "confirm",
                "text": "t",
                "actions": [
                    {"type": "message", "label": "a", "text": "a"},
                    {"type": "uri", "label": "b", "uri": "https://x.example/"},
                ],
            },
        },
    ],
)
def test_what_liff_cannot_send_is_refused(sandbox: Client, message: Any) -> None:
    token = handed_over(open_liff(sandbox))["access_token"]
    answer = sandbox_send(sandbox, token, message)
    assert answer.status == 400
    assert answer.body["details"]
    assert sandbox.get("/phone/api/talks/hanako/main/messages")["messages"] == []


def test_one_to_five_messages(sandbox: Client) -> None:
    token = handed_over(open_liff(sandbox))["access_token"]
    text = {"type": "text", "text": "x"}
    assert sandbox_send(sandbox, token, *[text] * 6).status == 400
    headers = {"Authorization": f"Bearer {token}"}
    for body in ({"messages": []}, {}, []):
        assert sandbox.call("POST", "/message/v3/share", body, headers).status == 400
    assert sandbox_send(sandbox, token, *[text] * 5).status == 200


def test_an_app_from_outside_a_talk_cannot_write(sandbox: Client) -> None:
    token = handed_over(open_liff(sandbox, __account=""))["access_token"]
    assert sandbox_send(sandbox, token).status == 403
    assert sandbox_send(sandbox, "wrong").status == 401


def test_the_context_tells_where_the_app_is_open(sandbox: Client) -> None:
    handed = handed_over(open_liff(sandbox))
    inside = claims_of(handed["context_token"])
    assert (inside["type"], inside["viewType"]) == ("utou", "full")
    assert inside["endpointUrl"] == ENDPOINT
    assert payload_of(handed["context_token"])
    path = f"/liff/v2/apps/{LIFF_ID}/contextToken"
    outside = claims_of(sandbox.get(path)["contextToken"])
    assert outside["type"] == "external"
    assert "userId" not in outside
    known = get_with(sandbox, path, handed["access_token"]).body
    assert claims_of(known["contextToken"])["userId"] == inside["userId"]
    assert sandbox.call("GET", "/liff/v2/apps/1-x/contextToken").status == 404
    assert sandbox.call("GET", f"/liff/v2/apps/{LIFF_ID}/featureToken").status == 401


def test_the_sdk_can_add_the_friend(sandbox: Client) -> None:
    token = handed_over(open_liff(sandbox))["access_token"]
    path = f"/liff/v2/apps/{LIFF_ID}/friendship"
    for _ in range(2):
        headers = {"Authorization": f"Bearer {token}"}
        assert sandbox.call("POST", path, headers=headers).status == 200
    assert get_with(sandbox, "/friendship/v1/status", token).body == {"friendFlag": True}
    assert sandbox.call("POST", path).status == 401


def test_the_scripts_are_where_a_page_looks_for_them(sandbox: Client) -> None:
    for path in ("/liff/edge/2/sdk.js", "/liff/edge/versions/2.31.0/sdk.js"):
        answer = sandbox.call("GET", path)
        assert b"window.liff = liff" in answer.body
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert b"liffClientExtension" in sandbox.get("/liff/edge/2/ios-extensions_2_22_0.js")
    assert "ja" in sandbox.get("/xlt/manifest.json")["languages"]
    assert sandbox.get("/xlt/ja.json") == {}


def test_the_phone_learns_how_to_show_an_app(sandbox: Client) -> None:
    told = sandbox.get(f"/phone/api/liff/{LIFF_ID}")
    assert told == {"view": "full", "name": "LIFF", "endpoint": ENDPOINT, "module": False}
    assert sandbox.call("GET", "/phone/api/liff/1-x").status == 404
    assert sandbox.call("POST", "/phone/api/liff/close", {}).status == 422
