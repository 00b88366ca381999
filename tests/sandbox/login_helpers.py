"""Tools of the tests of login and LIFF: a browser that only follows addresses, and token calls."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.sandbox.helpers import Answer, Client

CHANNEL = "2000000001"
SECRET = "8f2b6d1e4a9c47d0b3e5f6a7c8d9e0f1"
CALLBACK = "https://shop.example/callback"
LIFF_ID = f"{CHANNEL}-TestTest"
ENDPOINT = "https://shop.example/liff/"
VERIFIER = "v" * 43
AUTHORIZE = "/oauth2/v2.1/authorize"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def add_channel(client: Client, **more: Any) -> None:
    """The login channel of the tests, linked to the account "main"."""
    channel = {
        "name": "こもれび",
        "channel_id": CHANNEL,
        "channel_secret": SECRET,
        "redirect_uris": [CALLBACK],
        "linked_account": "main",
    }
    client.post("/control/login_channels", channel | more)


def add_app(client: Client, **more: Any) -> None:
    """The LIFF app of the tests."""
    scopes = ["openid", "profile", "chat_message.write"]
    app = {"login_channel": CHANNEL, "liff_id": LIFF_ID, "endpoint": ENDPOINT, "scopes": scopes}
    client.post("/control/liff_apps", app | more)


def authorize_url(**changes: str | None) -> str:
    """An authorization address; None leaves a parameter out."""
    query: dict[str, str | None] = {
        "response_type": "code",
        "client_id": CHANNEL,
        "redirect_uri": CALLBACK,
        "state": "st",
        "scope": "openid profile",
        **changes,
    }
    return f"{AUTHORIZE}?" + urlencode({n: v for n, v in query.items() if v is not None})


def liff_authorize_url(**changes: str | None) -> str:
    """Where liff.login() leads; None leaves a parameter out."""
    query: dict[str, str | None] = {
        "app_id": LIFF_ID,
        "state": "st",
        "response_type": "code",
        "code_challenge_method": "S256",
        "code_challenge": challenge_of(VERIFIER),
        **changes,
    }
    return "/liff/v1/authorize?" + urlencode({n: v for n, v in query.items() if v is not None})


class Browser:
    """Opens pages and presses buttons; it runs no scripts and has one jar of cookies."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.cookie = ""

    def open(self, url: str, **headers: str) -> Answer:
        return self._call("GET", url, None, headers)

    def press(self, url: str, **form: str) -> Answer:
        """Send a page's form back to the page's address."""
        return self._call("POST", url, urlencode(form).encode(), dict(FORM))

    def log_in(self, url: str, person: str = "hanako") -> Answer:
        """Choose who is there, and open where that leads."""
        return self.open(location(self.press(url, step="person", person=person)))

    def agree(self, url: str, **more: str) -> Answer:
        return self.press(url, step="consent", decision="allow", **more)

    def _call(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self.cookie:
            headers["Cookie"] = self.cookie
        answer = self._client.call(method, url, body, headers)
        if "Set-Cookie" in answer.headers:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer


def location(answer: Answer) -> str:
    """Where a page leads."""
    assert answer.status == 303, answer
    return str(answer.headers["Location"])


def returned(answer: Answer) -> dict[str, str]:
    """What came back to the application in the query."""
    query = parse_qs(urlsplit(location(answer)).query)
    return {name: values[0] for name, values in query.items()}


def handed_over(answer: Answer) -> dict[str, str]:
    """What the phone hands to a LIFF app in the fragment."""
    fragment = parse_qs(urlsplit(location(answer)).fragment)
    return {name: values[0] for name, values in fragment.items()}


def post_form(client: Client, path: str, **form: str) -> Answer:
    return client.call("POST", path, urlencode(form).encode(), FORM)


def get_with(client: Client, path: str, token: str) -> Answer:
    return client.call("GET", path, headers={"Authorization": f"Bearer {token}"})


def get_code(client: Client, person: str = "hanako", **changes: str | None) -> str:
    """Log in and agree in a fresh browser; return the code."""
    url = authorize_url(**changes)
    browser = Browser(client)
    answer = browser.log_in(url, person)
    if answer.status == 200:
        answer = browser.agree(url)
    return returned(answer)["code"]


def exchange(client: Client, code: str, **changes: str) -> Answer:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": CHANNEL,
        "client_secret": SECRET,
    }
    return post_form(client, "/oauth2/v2.1/token", **(form | changes))


def log_in(client: Client, person: str = "hanako", **changes: str | None) -> Any:
    """The whole way to the tokens."""
    answer = exchange(client, get_code(client, person, **changes))
    assert answer.status == 200, answer
    return answer.body


def verify(client: Client, id_token: str, **more: str) -> Answer:
    form = {"id_token": id_token, "client_id": CHANNEL}
    return post_form(client, "/oauth2/v2.1/verify", **(form | more))


def open_liff(client: Client, rest: str = "", person: str = "hanako", **more: str) -> Answer:
    """Open the LIFF app in somebody's phone from the talk with "main", agreeing if asked."""
    query = {"__person": person, "__account": "main", **more}
    query = {name: value for name, value in query.items() if value}
    path, _, asked = rest.partition("?")
    url = f"/liff.line.me/{LIFF_ID}{path}?" + "&".join(filter(None, [asked, urlencode(query)]))
    browser = Browser(client)
    answer = browser.open(url)
    if answer.status == 200:
        answer = browser.open(location(browser.agree(url, scope="chat_message.write")))
    return answer
