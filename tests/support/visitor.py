"""A person at the shop's pages, inside LINE or in a browser of their own, without the scripts.

Inside LINE the phone opens the LIFF app and gets tokens from LINE; the pages' scripts send those
with each call, and so does this. tests/browser runs the scripts themselves.
"""

import json
import re
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import urllib3

from tests.support import http
from tests.support.shop import LIFF, Shop

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Answer:
    """Status, headers and body of an answer."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.data.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The machine word of a problem."""
        return str(self.json["type"]).removeprefix("urn:tsunagu:")


class InLine:
    """A person who has opened the shop's LIFF app in their talk with it."""

    def __init__(self, shop: Shop, person: str = "hanako") -> None:
        self._shop = shop
        self.id_token, self.access_token = _opened(shop, person)

    def get(self, path: str, **headers: str) -> Answer:
        return self._call("GET", path, None, headers)

    def post(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> Answer:
        return self._call("POST", path, body, headers or {})

    def put(self, path: str, **body: Any) -> Answer:
        return self._call("PUT", path, body, {})

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        tokens = {
            "Authorization": f"Bearer {self.id_token}",
            "X-LINE-Access-Token": self.access_token,
        }
        url = f"{self._shop.url}/liff/api/{path}"
        # A page does not wait for Retry-After by itself.
        answer = http.request(method, url, json=body, headers=tokens | headers, retries=False)
        self._shop.settle()
        return Answer(answer)


def _opened(shop: Shop, person: str) -> tuple[str, str]:
    query = urlencode({"__person": person, "__account": "main"})
    url = f"{shop.line.url}/liff.line.me/{LIFF}?{query}"
    answer = http.request("GET", url, redirect=False)
    if answer.status == 200:  # LINE asks once what the app may know.
        granted = urlencode({"decision": "allow", "scope": "profile"})
        http.request("POST", url, body=granted, headers=_FORM, redirect=False)
        answer = http.request("GET", url, redirect=False)
    told = dict(parse_qsl(urlsplit(answer.headers["Location"]).fragment))
    return told["id_token"], told["access_token"]


class Outside:
    """A browser outside of LINE: one jar of cookies for the shop, one for LINE."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._jars: dict[str, dict[str, str]] = {}
        self.url = shop.url

    def open(self, address: str) -> Answer:
        """Follow an address, and wherever it leads, to a page."""
        self.url = urljoin(self.url, address)
        answer = self._send("GET", self.url)
        while answer.status in (302, 303):
            self.url = urljoin(self.url, answer.headers["Location"])
            answer = self._send("GET", self.url)
        return answer

    def press(self, **form: str) -> Answer:
        """Send the page's form to where it came from, and follow where that leads."""
        answer = self._send("POST", self.url, body=urlencode(form), headers=_FORM)
        if answer.status in (302, 303):
            return self.open(answer.headers["Location"])
        return answer

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Call the shop's API as its pages do."""
        url = f"{self._shop.url}/liff/api/{path}"
        ours = {"X-Requested-With": "tsunagu"}
        answer = self._send(method, url, json=body, headers=ours | headers)
        self._shop.settle()
        return answer

    def log_in(self, person: str, page: str = "/liff/link", *, add_friend: bool = True) -> Answer:
        """Log in with LINE as somebody, agreeing to everything that is asked."""
        answer = self.open(f"/login/line?next={page}")
        for form in (
            {"step": "person", "person": person},
            {"decision": "allow", "scope": "profile"},
            {"step": "friend", "decision": "add" if add_friend else "skip"},
        ):
            if self.url.startswith(self._shop.line.url):
                answer = self.press(**form)
        return answer

    def cookies(self) -> dict[str, str]:
        """The shop's cookies."""
        return self._jars.get(urlsplit(self._shop.url).netloc, {})

    def _send(self, method: str, url: str, **what: Any) -> Answer:
        jar = self._jars.setdefault(urlsplit(url).netloc, {})
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        headers |= what.pop("headers", {})
        response = http.request(method, url, redirect=False, headers=headers, **what)
        for line in response.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                jar[name] = morsel.value
        return Answer(response)


def field(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]
