"""A payment provider that lives in this process, and loses answers when told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from flask import Flask, redirect
from werkzeug.wrappers import Response

from app.domain.payments import provider
from app.domain.payments.provider import Asked, Begun, ProviderAway
from tests.support.phone_page import serve

_PAGE = """<!doctype html><html lang="ja"><title>Pays</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<main><h1>Pays</h1>
<form method="post"><button>支払う</button></form><a href="{back}">お店に戻る</a></main></html>"""


class Pays:
    """Knows payments by key; `agreed` are those whose customers have said yes on its page.

    `backs`: where each of them leads from there. With `deaf` it does what it is asked, and its
    answer is lost.
    """

    name = "pays"

    def __init__(self, url: str = "https://pays.example") -> None:
        self.url = url
        self.begun: dict[str, str] = {}
        self.backs: dict[str, str] = {}
        self.agreed: set[str] = set()
        self.done: dict[str, tuple[str, str, int]] = {}
        self.deaf = False

    def begin(self, asked: Asked) -> Begun:
        ref = self.begun.setdefault(asked.key, f"pay_{len(self.begun) + 1}")
        self.backs[ref] = asked.back
        self._answered()
        return Begun(ref, f"{self.url}/{ref}")

    def capture(self, ref: str, yen: int, *, key: str) -> bool:
        if ref not in self.agreed:
            return False
        self._do("capture", ref, yen, key)
        return True

    def cancel(self, ref: str, *, key: str) -> None:
        self._do("cancel", ref, 0, key)

    def refund(self, ref: str, yen: int, *, key: str) -> None:
        self._do("refund", ref, yen, key)

    def money(self) -> list[tuple[str, str, int]]:
        """What was done, each once however often it was asked, in its order."""
        return list(self.done.values())

    def app(self) -> Flask:
        """Its pages, on which a customer says yes or goes back."""
        app = Flask("pays")
        app.add_url_rule("/<ref>", "page", self._page)
        app.add_url_rule("/<ref>", "agree", self._agree, methods=["POST"])
        return app

    def _page(self, ref: str) -> str:
        return _PAGE.format(back=escape(self.backs[ref]))

    def _agree(self, ref: str) -> Response:
        self.agreed.add(ref)
        return redirect(self.backs[ref], 303)

    def _do(self, what: str, ref: str, yen: int, key: str) -> None:
        self.done.setdefault(key, (what, ref, yen))
        self._answered()

    def _answered(self) -> None:
        if self.deaf:
            raise ProviderAway("the answer was lost")


@contextmanager
def paying() -> Iterator[Pays]:
    """The shop has this provider until the block ends."""
    pays = Pays()
    provider.install(pays)
    try:
        yield pays
    finally:
        provider.install(None)


@contextmanager
def paying_on_its_page() -> Iterator[Pays]:
    """The same, with pages that a browser can open."""
    with paying() as pays, serve(pays.app()) as pays.url:
        yield pays
