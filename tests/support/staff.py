"""People who work at the shop, at the level of verbs; and the links of their mail."""

import re
from typing import Any

import orjson
import pyotp

from app import clock
from app.domain.staff import queries, service, sessions, team
from app.domain.staff.actor import Actor
from app.domain.staff.sessions import Browser
from app.domain.staff.team import Place
from tests.support.members import a_shop, letters

OWNER = "owner@komorebi.example"
PASSWORD = "correct horse"
BROWSER = Browser("192.0.2.1", "Firefox")
PAGE = "http://shop.example/staff/x"


def an_owner(email: str = OWNER) -> Actor:
    """The shop with an owner, who is logged in."""
    a_shop()
    service.create_owner(email, "店主", PASSWORD)
    return logged_in(email)


def logged_in(email: str, password: str = PASSWORD) -> Actor:
    """Somebody who logs in at a new browser."""
    actor = sessions.enter(sessions.log_in(email, password, BROWSER).token)
    assert actor is not None
    return actor


def hired(owner: Actor, role: str, **scope: Any) -> Actor:
    """Somebody who was invited to a role and has accepted."""
    email = f"{role}{len(queries.team(owner))}@komorebi.example"
    team.invite(owner, email, role, Place(role, **scope), PAGE)
    actor = sessions.enter(service.accept(link("invite"), PASSWORD, BROWSER).token)
    assert actor is not None
    return actor


def link(purpose: str) -> str:
    """The token of the newest letter's link."""
    data = orjson.loads(letters(f"mail.staff_{purpose}")[-1].data or b"{}")
    found = re.fullmatch(r"http://[^?]+\?token=([\w-]+)", data["link"])
    assert found
    return found[1]


def code_of(secret: str) -> str:
    """What the app on the phone shows at this moment."""
    return pyotp.TOTP(secret).at(clock.now())
