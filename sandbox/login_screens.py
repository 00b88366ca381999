"""The pages a person meets on the way into an app: who are you, do you agree, add a friend."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from sandbox.login_words import WORDS
from sandbox.logins import LoginChannel
from sandbox.talks import Talks
from sandbox.world import Person, World

# LINE: these can be refused while the rest is agreed to.
OPTIONAL = frozenset({"email", "chat_message.write"})
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: https: http:;"
    " base-uri 'none'; frame-ancestors 'self'; form-action 'self'"
)
_COOKIE = "sandbox_person"
_PHONE = "sandbox_phone"


class Screens:
    """Renders the pages, and does what a person decides on them."""

    def __init__(self, world: World, talks: Talks) -> None:
        self._world = world
        self._talks = talks

    def visitor(self) -> tuple[Person, int] | None:
        """Who looks at the page, and when they logged in (virtual milliseconds).

        Inside the phone that is whose phone it is: by the query, or, where another site has sent
        the frame here, by the phone's own cookie. Else it is who has logged in with the browser.
        """
        world = self._world
        owner = self.owner()
        if owner is not None:
            return owner, world.clock.now()
        key, _, at = request.cookies.get(_COOKIE, "").partition(":")
        person = world.people.get(key)
        return (person, int(at)) if person and at.isdecimal() else None

    def owner(self) -> Person | None:
        """Whose phone the page is in; None in an outside browser."""
        in_phone = request.args.get("__person")
        if in_phone is None and request.headers.get("Sec-Fetch-Dest") == "iframe":
            in_phone = request.cookies.get(_PHONE)
        return None if in_phone is None else self._world.person(in_phone)

    def remember(self, response: Response, person: Person) -> Response:
        """Keep who has logged in with this browser."""
        value = f"{person.key}:{self._world.clock.now()}"
        response.set_cookie(_COOKIE, value, httponly=True, samesite="Lax")
        return response

    def forget(self, response: Response) -> Response:
        """Log this browser out."""
        response.delete_cookie(_COOKIE)
        return response

    def choose(self, channel_name: str, leads_to: str = "") -> Response:
        """Ask who is there; a phone has only its own person to offer.

        `leads_to`, here and below: where the answer may send the browser in the end.
        """
        everybody = self._world.people
        own = everybody.get(request.args.get("__person", ""))
        people = [own] if own else list(everybody.values())
        return self._page("choose", None, leads_to, people=people, channel=channel_name)

    def consent(
        self,
        channel: LoginChannel,
        person: Person,
        scopes: Iterable[str],
        *,
        offer_friend: bool,
        leads_to: str,
    ) -> Response:
        """Ask for these scopes, and for the friend where one is offered."""
        linked = self.offered_account(channel, person) if offer_friend else None
        asked = [(scope, scope in OPTIONAL) for scope in scopes]
        account = linked and linked[1]
        return self._page(
            "consent", person, leads_to, asked=asked, channel=channel.name, account=account
        )

    def friend(self, channel: LoginChannel, person: Person, *, leads_to: str) -> Response:
        """Offer the linked account on a page of its own."""
        linked = self.offered_account(channel, person)
        return self._page("friend", person, leads_to, account=linked and linked[1])

    def note(self, name: str, person: Person | None, status: int = 200, **words: str) -> Response:
        """A page that only says something: `name` names its words."""
        return self._page("note", person, name=name, status=status, **words)

    def error(self, detail: str, status: int = 400) -> Response:
        """What LINE says where it cannot send the browser back."""
        return self._page("note", None, name="error", status=status, detail=detail)

    def failed(self, status: int, words: str) -> Response:
        """What LINE says where it fails itself."""
        return self.error(f"{status}: {words}", status)

    def agree(self, channel: LoginChannel, person: Person, scopes: list[str]) -> None:
        """Note what the consent page's form says about these scopes."""
        ticked = set(request.form.getlist("scope"))
        refused = {scope for scope in scopes if scope in OPTIONAL and scope not in ticked}
        with self._world.lock:
            agreed = [scope for scope in scopes if scope not in refused]
            self._world.logins.grant(channel, person.key, agreed, refused)

    def offered_account(self, channel: LoginChannel, person: Person) -> tuple[str, str] | None:
        """Slug and name of the linked account, if the person could become its friend."""
        account = self._world.accounts.get(channel.linked_account or "")
        if account is None:
            return None
        talk = self._world.talk(person.key, account.slug)
        return None if talk.status == "friend" else (account.slug, account.name)

    def befriend(self, channel: LoginChannel, person: Person) -> bool:
        """Add or unblock the linked account; tell whether anything has changed."""
        offered = self.offered_account(channel, person)
        if offered is None:
            return False
        blocked = self._world.talk(person.key, offered[0]).status == "blocked"
        (self._talks.unblock if blocked else self._talks.add)(person.key, offered[0])
        return True

    def _page(
        self,
        template: str,
        person: Person | None,
        leads_to: str = "",
        *,
        status: int = 200,
        **values: Any,
    ) -> Response:
        language = self._language(person)
        page = render_template(
            f"login/{template}.html", w=WORDS[language], lang=language, person=person, **values
        )
        response = make_response(page, status)
        parts = urlsplit(leads_to)
        # Browsers hold the form's action against where the answer redirects, too.
        target = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
        response.headers["Content-Security-Policy"] = _POLICY + target
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _language(self, person: Person | None) -> str:
        if person:
            return "ja" if person.language.startswith("ja") else "en"
        wanted = request.args.get("ui_locales", "").split(" ")[0].partition("-")[0]
        return wanted if wanted in WORDS else request.accept_languages.best_match(WORDS) or "ja"
