"""How a staff page is made: the frame with what the role may do, its words, its headers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from flask import Response, current_app, make_response, render_template

from app.config import Settings
from app.domain.shops import queries as shops
from app.domain.staff import rules
from app.domain.staff.actor import Actor
from app.errors import TsunaguError
from app.staff import words
from app.staff.identity import token
from app.web import headers

_RULES: Final[Mapping[str, Sequence[str]]] = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


class Door(NamedTuple):
    """One way of the frame and of the home page; `permission` None: for every role."""

    name: str
    address: str
    icon: str
    permission: str | None = None


DOORS: Final = (
    Door("home", "/staff/", "home"),
    Door("scan", "/staff/scan", "scan", "counter.scan"),
    Door("reservations", "/staff/reservations", "calendar", "reservations.keep"),
    Door("orders", "/staff/orders", "bag", "orders.keep"),
    Door("members", "/staff/members", "search", "members.look_up"),
    Door("team", "/staff/team", "users", "team.manage"),
    Door("keys", "/staff/keys", "key", "keys.manage"),
    Door("audit", "/staff/audit", "history", "audit.read"),
    Door("me", "/staff/me", "user"),
)
"""A page that belongs into the frame is added here; its words are `door.NAME` and its text."""


def page(
    template: str,
    actor: Actor | None = None,
    *,
    status: int = 200,
    allows: Mapping[str, Sequence[str]] = MappingProxyType({}),
    permissions: str = headers.NOTHING,
    **what: Any,
) -> Response:
    """A page of templates/staff with its headers; nobody keeps a copy.

    `allows` adds sources to directives of the Content Security Policy.
    """
    language = words.language()
    doors = [door for door in DOORS if actor and _opens(actor, door)]
    text = render_template(
        f"staff/{template}.html",
        language=language,
        w=words.TEXTS[language],
        shop=shops.company_name() or "Tsunagu",
        actor=actor,
        doors=doors,
        csrf=rules.csrf(token()),
        **what,
    )
    rules_of_page = {name: [*to, *allows.get(name, ())] for name, to in _RULES.items()}
    answer = make_response(text, status)
    return headers.secure(answer, headers.policy(rules_of_page), permissions)


def told(refusal: TsunaguError) -> str:
    """The words for a refusal, with its figures, beside the form that met it."""
    known = words.TEXTS[words.language()]
    field = refusal.extra.get("field")
    said = known.get(f"refused.{field or refusal.code}", known["refused.other"])
    return said.format(**refusal.extra)


def address_of(path: str) -> str:
    """The whole address of a page, for a mail."""
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url + path


def _opens(actor: Actor, door: Door) -> bool:
    return door.permission is None or actor.may(door.permission)
