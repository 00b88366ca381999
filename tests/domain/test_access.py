"""P14: every route, every method, everybody: what the mark declares is what happens.

The cells are generated from `app.url_map`, so a new route is held to its mark from its first day.
One with a new kind of object in its address needs a row here, or the test fails.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.db import transaction
from app.domain.counter import service as counter
from app.domain.coupons import gifts
from app.domain.coupons import service as coupons
from app.domain.hooks import queries as hook_queries
from app.domain.hooks import service as hooks
from app.domain.hooks import work as hook_work
from app.domain.hooks.service import NewEndpoint
from app.domain.keys import service as api_keys
from app.domain.keys.scopes import SCOPES
from app.domain.keys.service import NewKey
from app.domain.links import service as links
from app.domain.links import web
from app.domain.orders import outside
from app.domain.orders import queries as orders
from app.domain.points import service as points
from app.domain.points.adjustments import ask_adjustment
from app.domain.reservations.asker import Guest
from app.domain.staff import roles, rules, sessions
from app.domain.staff.actor import Actor
from app.facts import feed
from app.facts.record import record
from app.liff import identity as liff
from app.staff import identity as staff
from tests.support.cast import add_account, add_store
from tests.support.members import a_member, asker
from tests.support.points import a_key
from tests.support.staff import BROWSER, an_owner, hired
from tests.support.week import a_salon_at

CANARY = "みつからないはずの人"
GONE = ("not_logged_in", 401)
FORBIDDEN = ("not_allowed", 403)
NO_KEY = ("bad_api_key", 401)
# A key of ours is no token of LINE's.
NO_TOKEN = ("bad_token", 401)
NO_SCOPE = ("scope_missing", 403)
# What LINE would have to say; there is none in this test.
NO_LINE = ("line_unavailable", 503)

# What else stands in addresses, and names no object of anybody.
FILLED = {
    "slug": "main", "release": "0", "name": "look.css", "page": "home", "language": "ja",
    "filename": "calm.css", "product": "LATTE", "store": "ginza", "secret": "x" * 43,
    "token": "x",
}  # fmt: skip


@dataclass
class Cast:
    """Everybody who may ask, by name; and the ids of somebody's objects.

    `shared` are ids of what belongs to the whole company: a role sees all of it or none. `placed`
    belongs to a store, whatever the account.
    """

    client: FlaskClient
    people: dict[str, Actor]
    customer: str
    keys: dict[str, str]
    objects: dict[str, int]
    shared: dict[str, int]
    placed: dict[str, str | int]
    counter: int  # A session at the counter of "of ginza", whom no principal is.

    def headers(self, who: str) -> dict[str, str]:
        """What this principal's page sends; a session for each call, for some calls end it."""
        sent = {"Accept": "application/json", "X-Requested-With": "tsunagu"}
        if who == "customer":
            return sent | {"Cookie": f"{liff.COOKIE}={self.customer}"}
        if who in self.keys:
            secret = {"Authorization": f"Bearer {self.keys[who]}"}
            return sent | secret | {"Idempotency-Key": secrets.token_hex()}
        if who == "anonymous":
            return sent
        token = self._token(who)
        cookie = {"Cookie": f"{staff.COOKIE}={token}"}
        return sent | cookie | {staff.CSRF_HEADER: rules.csrf(token)}

    def _token(self, who: str) -> str:
        actor = self.people.get(who, self.people["owner"])
        with transaction():
            row = sessions.locked(actor.staff_id)
            token = sessions.open_session(row, BROWSER, proved=True).token
        if who == "revoked":
            entered = sessions.enter(token)
            assert entered
            sessions.log_out(entered)
        return token

    def ask(self, who: str, method: str, url: str) -> tuple[str, int, str]:
        """The problem's code, the status, and the text of an answer."""
        answer = self.client.open(url, method=method, headers=self.headers(who))
        told: Any = answer.get_json(silent=True) if answer.is_json else None
        kind = told.get("type", "") if isinstance(told, dict) else ""
        text = answer.text
        answer.close()
        return kind.removeprefix("urn:tsunagu:"), answer.status_code, text


KEYS = ("key", "key without scope", "revoked key", "key of other store", "key of other account")
PRINCIPALS = (
    *("anonymous", "customer", *roles.ROLES, "other store", "other account", "revoked"),
    *KEYS[:3],
)
ONE_SCOPE = "visits.write"
OF_KEYS = {
    "transfer_id": "key of other store",
    "endpoint_id": "key of other account",
    "delivery_id": "key of other account",
    "number": "key of other store",
}
BODIES = {"transfer_id": {"reason": "x"}, "number": {"state": "accepted"}}
"""What stands in addresses of /api/v1 and is of a store or an account -> who must not see it."""


@pytest.fixture
def cast(app: Flask, inside: object) -> Cast:
    login = {"login_channel_id": "2000000001", "login_channel_secret": "s", "liff_id": "x"}
    first = add_account("main", **login)
    second = add_account("osaka", bot_user_id="U" + "c" * 32)
    ginza, ueno = add_store("ginza"), add_store("ueno")
    owner = an_owner()
    people = {"owner": owner}
    for role in roles.ROLES[1:]:
        people[role] = hired(owner, role)
    people["other store"] = hired(owner, "manager", store_ids=[ueno])
    people["other account"] = hired(owner, "manager", account_ids=[second])
    place = {"store_ids": [ginza], "account_ids": [first]}
    clerk = hired(owner, "clerk", **place)
    with transaction():
        sessions.locked(clerk.staff_id).name = CANARY
    person = asker(first)
    member_id = a_member()
    links.link(person, member_id, proof="code")
    customer = web.open_session(person, "access-token")
    objects = {"staff_id": clerk.staff_id, "session_id": clerk.session_id, **_wallet()}
    objects["adjustment_id"] = _asked_for(member_id, clerk)
    objects |= _told(member_id, ginza, first)
    client = app.test_client(use_cookies=False)
    made = _keys(store_id=ueno, account_id=second)
    shared = {"member_id": member_id, "key_id": 2**31 - 1}
    placed = {**_reserved(ginza), "number": _ordered()}
    people["of ginza"] = clerk
    served = counter.open_by_look_up(
        member_id, staff_id=clerk.staff_id, store_id=ginza, reason=CANARY
    )
    return Cast(client, people, customer, made, objects, shared, placed, served.id)


def _keys(*, store_id: int, account_id: int) -> dict[str, str]:
    """Principal -> the secret of its key; the last two are good for one store, one account."""
    every = tuple(SCOPES)
    wanted = [NewKey("all", every), NewKey("one", [ONE_SCOPE]), NewKey("gone", every)]
    of_store = [scope for scope in every if scope != "webhooks"]
    wanted.append(NewKey("ueno", of_store, store_id=store_id))
    wanted.append(NewKey("osaka", every, account_id=account_id))
    made = [api_keys.create(each) for each in wanted]
    api_keys.revoke(made[2].id)
    return dict(zip(KEYS, (each.secret for each in made), strict=True))


def _told(member_id: int, store_id: int, account_id: int) -> dict[str, int]:
    """What a till has done in one store, and what one account's facts are told to."""
    earned = points.earn(member_id, paid=0, store_id=store_id, key=a_key())
    endpoint = NewEndpoint("https://pos.example/hook", ["*"], account_id)
    endpoint_id = hooks.add(endpoint)
    record("test.done", cause=CANARY, account_id=account_id)
    hook_work.spread(feed.newest())
    (delivery,) = hook_queries.deliveries(endpoint_id, limit=2)
    return {
        "transfer_id": earned.transfer_id,
        "endpoint_id": endpoint_id,
        "delivery_id": delivery.id,
    }


def _reserved(store_id: int) -> dict[str, str | int]:
    """Somebody's reservation at a store, and who it is with."""
    salon = a_salon_at(store_id)
    booking = salon.reserved("10:00", salon.aoi, Guest(name=CANARY))
    return {"code": booking.code, "resource_id": salon.aoi}


def _ordered() -> str:
    """The number of somebody's order at a store."""
    line = {"code": "X", "name": {"ja": CANARY}, "pieces": 1, "price": 500, "tax": 8}
    written = {"origin": "register", "id": "R-1", "state": "placed", "total": 500, "store": "ginza"}
    order_id = outside.put({**written, "placed_at": clock.now(), "lines": [line]})
    return orders.order(order_id).number


def _wallet() -> dict[str, int]:
    """A coupon and a gift code of another customer."""
    words = {"ja": CANARY, "en": CANARY}
    coupons.put({"code": "C1", "title": words, "text": words})
    pool = gifts.put({"name": "POOL", "title": words, "text": words})
    gifts.load("POOL", [(1, CANARY)])
    other = a_member("other@example.jp")
    grant = coupons.issue("C1", other, cause="test")
    gift = gifts.take(pool, other)
    return {"grant_id": grant, "gift_id": gift or 0}


def _asked_for(member_id: int, clerk: Actor) -> int:
    """A request for points that the asker may not give by themselves."""
    asker = {"staff_id": clerk.staff_id, "own_member_id": None, "limit": 0}
    return ask_adjustment(member_id, 50, reason=CANARY, key=a_key(), **asker).id


@dataclass(frozen=True)
class Cell:
    """A route's method, its mark, its address filled in, and what kinds of things are in that."""

    mark: str
    method: str
    url: str
    kinds: frozenset[str]


def cells(app: Flask, cast: Cast) -> Iterator[Cell]:
    """One of each method of every route."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        static = rule.endpoint.rpartition(".")[2] == "static"
        mark = "anyone" if static else view.access  # type: ignore[attr-defined]
        known = FILLED | cast.objects | cast.shared | cast.placed
        if rule.endpoint.startswith("staff_counter."):
            known["session_id"] = cast.counter
        assert rule.arguments <= known.keys(), f"{rule} needs a row in this test"
        built = rule.build({name: known[name] for name in rule.arguments})
        assert built, rule
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Cell(mark, method, built[1], frozenset(rule.arguments))


def expected(mark: str, who: str) -> set[tuple[str, int]] | None:
    """What must come; None where the view itself decides."""
    if mark == "anyone":
        return None
    if mark == "signed_by_line":
        return {("unauthorized", 401), ("bad_signature", 401), ("", 401)}
    if mark in ("person", "live_person"):
        return None if who == "customer" else {NO_TOKEN if who in KEYS else GONE}
    if mark.startswith("api:"):
        if who not in KEYS or who == "revoked key":
            return {NO_KEY}
        return {NO_SCOPE} if who == KEYS[1] and mark != f"api:{ONE_SCOPE}" else None
    if who in ("anonymous", "customer", "revoked") or who in KEYS:
        return {GONE}
    permission = mark.partition(":")[2]
    role = "manager" if who.startswith("other") else who
    allowed = not permission or role in roles.PERMISSIONS[permission]
    return None if allowed else {FORBIDDEN}


def faults(cast: Cast, asked: Cell) -> list[str]:
    """What one cell does for anybody against its mark."""
    wrong = []
    for who in PRINCIPALS:
        code, status, text = cast.ask(who, asked.method, asked.url)
        wanted = expected(asked.mark, who)
        refused = (code, status) in (GONE, NO_KEY, NO_SCOPE) or code == "not_allowed"
        stray = refused if wanted is None else (code, status) not in wanted or CANARY in text
        if stray or (status >= 500 and (code, status) != NO_LINE):
            wrong.append(f"{who}: {asked} was {status} {code}")
    return wrong


def test_every_route_does_for_everybody_what_its_mark_declares(app: Flask, cast: Cast) -> None:
    everything = list(cells(app, cast))
    found = [fault for cell in everything for fault in faults(cast, cell)]

    assert "\n".join(found) == ""
    assert len(everything) > 50


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_route_that_does_not_do_what_it_says_is_found(app: Flask, cast: Cast) -> None:
    (audit,) = [cell for cell in cells(app, cast) if cell.url == "/staff/audit"]
    assert faults(cast, audit) == []
    for mark in ("anyone", "person", "staff", "staff:points.adjust"):
        assert faults(cast, replace(audit, mark=mark)) != [], mark


def test_what_belongs_to_another_store_or_account_is_not_there(app: Flask, cast: Cast) -> None:
    everything = list(cells(app, cast))
    named = [cell for cell in everything if cell.kinds & cast.objects.keys()]
    placed = [cell for cell in everything if cell.kinds & cast.placed.keys()]
    theirs = [cell for cell in named if cell.mark.startswith("staff")]
    assert len(theirs) > 5
    for cell in named:
        if (cell.mark, cell.method) == ("person", "GET"):
            _, status, text = cast.ask("customer", cell.method, cell.url)
            assert (status, CANARY in text) == (404, False), cell
    assert len(placed) > 5
    for cell in placed:
        if cell.mark.startswith("staff"):
            _, status, text = cast.ask("other store", cell.method, cell.url)
            assert (status, CANARY in text) == (404, False), cell
    for who in ("other store", "other account"):
        for cell in theirs:
            _, status, text = cast.ask(who, cell.method, cell.url)
            assert (status, CANARY in text) == (404, False), (who, cell)
        for path in ("", "team", "audit", "adjustments", "reservations"):
            _, status, text = cast.ask(who, "GET", f"/staff/{path}")
            assert (status, CANARY in text) == (200, False), (who, path)
    assert CANARY in cast.ask("owner", "GET", "/staff/team")[2]
    served = [cell for cell in theirs if cell.url.startswith("/staff/api/counter/")]
    assert len(served) > 5
    # It is there for the one clerk whose session it is, though these calls say nothing.
    assert {cast.ask("of ginza", cell.method, cell.url)[1] for cell in served} == {422}


def test_what_belongs_to_another_store_or_account_is_not_there_for_a_key(
    app: Flask, cast: Cast
) -> None:
    named = [cell for cell in cells(app, cast) if cell.kinds & OF_KEYS.keys()]
    named = [cell for cell in named if cell.mark.startswith("api")]
    assert {kind for cell in named for kind in cell.kinds} == OF_KEYS.keys()
    for cell in named:
        who = next(OF_KEYS[kind] for kind in cell.kinds)
        body = next((BODIES[kind] for kind in cell.kinds if kind in BODIES), {})
        answer = cast.client.open(
            cell.url, method=cell.method, headers=cast.headers(who), json=body
        )
        assert (answer.status_code, CANARY in answer.text) == (404, False), cell


def test_a_write_without_the_sessions_token_is_refused(app: Flask, cast: Cast) -> None:
    writes = [cell for cell in cells(app, cast) if cell.method != "GET"]
    wrong = []
    for cell in writes:
        sent = cast.headers("owner")
        for token in ("", rules.csrf("another session")) if cell.mark.startswith("staff") else ():
            headers = sent | {staff.CSRF_HEADER: token}
            answer = cast.client.open(cell.url, method=cell.method, headers=headers)
            if answer.get_json()["type"] != "urn:tsunagu:foreign_write":
                wrong.append(cell)
    assert wrong == []
