"""/api/v1: what a system with a key may do, once each, and nothing without one."""

from datetime import timedelta

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import func, select

from app.cli.invariants import check
from app.db import db
from app.domain.counter import queries as counter
from app.domain.keys import service as keys
from app.domain.keys.scopes import SCOPES
from app.domain.keys.service import NewKey
from app.domain.members import service as members
from app.domain.points import queries as points
from app.domain.shops import queries as shops
from app.facts.models import Fact
from tests.support.cast import add_store
from tests.support.members import a_member
from tests.support.points import a_shop_with_points
from tests.support.systems import System, a_system

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def shop(inside: object) -> None:
    a_shop_with_points()
    add_store("ginza")
    add_store("ueno")


@pytest.fixture
def till(app: Flask, shop: None) -> System:
    return a_system(app)


def facts(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Fact).filter_by(kind=kind)) or 0


@sqlite
def test_without_a_living_key_there_is_nothing(app: Flask, till: System) -> None:
    for secret in ("", "tsk_" + "A" * 43, till.secret[:-1]):
        told = System(app, secret).get("/members")
        assert (told.status, told.code) == (401, "bad_api_key")
        assert told.headers["WWW-Authenticate"].startswith("Bearer")
    made = keys.create(NewKey("old", ["members.read"]))
    assert System(app, made.secret).get("/members").status == 200
    keys.revoke(made.id)
    assert System(app, made.secret).get("/members").status == 401


def test_a_member_is_added_changed_and_found(till: System) -> None:
    record = {
        "name": "山田 花子",
        "email": "Hanako@Example.JP",
        "phone": "09012345678",
        "external_ids": {"ec": "77"},
    }
    first, again = (till.post("/members", "k1", **record, store="ginza") for _ in range(2))
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    assert (first.json["email"], first.json["store"]) == ("hanako@example.jp", "ginza")

    told = till.post("/members", name="山田 華子", external_ids={"ec": "77"})
    assert (told.status, told.json["id"]) == (200, first.json["id"])
    one = f"/members/{first.json['id']}"
    for wanted in (
        {"number": first.json["number"]},
        {"external_id": {"system": "ec", "id": "77"}},
        {"email": "HANAKO@example.jp"},
        {"phone": "090-1234-5678"},
    ):
        found = till.post("/members/look-ups", "", **wanted)
        assert [each["name"] for each in found.json["items"]] == ["山田 華子"], wanted
    assert till.post("/members/look-ups", "", phone="03-1111-2222").json == {"items": []}
    assert till.get(one).json == told.json


def test_an_etag_saves_reading_and_keeps_from_overwriting(till: System) -> None:
    one = f"/members/{a_member()}"
    read = till.get(one)
    tag = read.headers["ETag"]
    assert till.get(one, **{"If-None-Match": tag}).status == 304

    changed = till.ask("PATCH", one, {"kana": "ヤマダ"}, headers={"If-Match": tag})
    assert (changed.status, changed.json["kana"]) == (200, "ヤマダ")
    assert till.get(one).headers["ETag"] == changed.headers["ETag"] != tag
    late = till.ask("PATCH", one, {"kana": "サトウ"}, headers={"If-Match": tag})
    assert (late.status, late.code) == (412, "changed_meanwhile")
    assert till.get(one).json["kana"] == "ヤマダ"


def test_a_list_comes_in_pages(till: System) -> None:
    ids = [a_member(f"a{n}@example.jp") for n in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        told = till.get(f"/members?limit=2{cursor and f'&cursor={cursor}'}").json
        seen += [each["id"] for each in told["items"]]
        cursor = told["next"]
    assert seen == ids
    assert till.get("/members?cursor=abc").code == "bad_body"
    assert till.get("/members?limit=101").code == "bad_body"
    assert till.get("/members?page=2").code == "bad_body"


def test_points_move_once_for_a_key(till: System) -> None:
    member_id = a_member()
    path = f"/members/{member_id}/points"
    first, again = (till.post(f"{path}/earnings", "k1", paid=1250, store="ginza") for _ in "ab")
    assert (first.status, first.json["points"], again.json) == (201, 12, first.json)
    other = till.post(f"{path}/earnings", "k1", paid=1300, store="ginza")
    assert (other.status, other.code) == (422, "idempotency_key_reused")

    spent = till.post(f"{path}/redemptions", points=10)
    assert spent.json["balance"] == 2
    assert till.post(f"{path}/redemptions", points=10).code == "not_enough_points"
    undone = till.post(f"/points/transfers/{spent.json['transfer']}/reversals", reason="返品")
    assert undone.json["balance"] == 12
    twice = till.post(f"/points/transfers/{spent.json['transfer']}/reversals", reason="返品")
    assert (twice.status, twice.code) == (409, "already_reversed")

    assert till.get(path).json["balance"] == 12
    listed = till.get(f"{path}/transfers?limit=2").json
    assert [each["kind"] for each in listed["items"]] == ["reverse", "redeem"]
    rest = till.get(f"{path}/transfers?cursor={listed['next']}").json
    assert [each["store"] for each in rest["items"]] == ["ginza"]
    assert (points.balance(member_id), check()) == (12, [])


@sqlite
def test_an_id_that_no_column_holds_is_nobodys(till: System) -> None:
    for path in ("/members/0", f"/members/{2**31}", f"/members/{2**70}"):
        assert till.get(path).status == 404, path
    path = f"/points/transfers/{2**63}/reversals"
    assert till.post(path, reason="x").status == 404


def test_visits_and_own_events_become_facts_once(till: System) -> None:
    member_id = a_member()
    for _ in range(2):
        assert till.post(f"/members/{member_id}/visits", "v1", store="ginza").status == 201
    assert (counter.visits(member_id), facts("visit.made"), check()) == (1, 1, [])
    assert till.post(f"/members/{member_id}/visits").code == "no_such_store"

    event = {"id": "e-1", "kind": "cart_left", "member": member_id, "data": {"yen": 1200}}
    assert [till.post("/events", **event).json["new"] for _ in range(2)] == [True, False]
    assert facts("own.cart_left") == 1
    for nobody in (999_999, 2**31 - 1):
        assert till.post("/events", **event | {"member": nobody}).code == "no_such_member"
    assert till.post("/events", **event | {"member": 2**31}).code == "bad_body"


def test_nobody_suspended_is_served(till: System) -> None:
    member_id = a_member()
    members.suspend(member_id, "返却なし")
    path = f"/members/{member_id}"
    for told in (
        till.post(f"{path}/visits", store="ginza"),
        till.post(f"{path}/points/earnings", paid=500),
        till.post(f"{path}/points/redemptions", points=1),
    ):
        assert (told.status, told.code) == (403, "member_suspended")
    assert till.get(path).json["suspended_at"]


def test_a_key_sees_its_own_store_alone(app: Flask, till: System) -> None:
    theirs = [scope for scope in SCOPES if scope != "webhooks"]
    ueno = a_system(app, *theirs, store_id=shops.store_ids()["ueno"])
    path = f"/members/{a_member()}"
    assert ueno.post(f"{path}/visits").status == 201
    for told in (
        ueno.post(f"{path}/visits", store="ginza"),
        ueno.post(f"{path}/points/earnings", paid=500, store="ginza"),
    ):
        assert (told.status, told.code) == (404, "no_such_store")
    elsewhere = till.post(f"{path}/points/earnings", paid=500, store="ginza").json["transfer"]
    told = ueno.post(f"/points/transfers/{elsewhere}/reversals", reason="x")
    assert (told.status, told.code) == (404, "no_such_transfer")
    own = ueno.post(f"{path}/points/earnings", paid=500).json["transfer"]
    assert ueno.post(f"/points/transfers/{own}/reversals", reason="x").status == 201


@sqlite
def test_a_key_may_do_what_its_scopes_say_and_asks_as_often_as_it_may(
    app: Flask, shop: None
) -> None:
    with freeze_time("2026-11-28T03:00:00Z") as time:
        reader = a_system(app, "members.read", per_minute=3)
        told = reader.post("/members", name="誰か")
        assert (told.status, told.code) == (403, "scope_missing")
        assert told.json["scope"] == "members.write"
        assert told.headers["RateLimit"] == '"key";r=2;t=60'
        time.tick(timedelta(seconds=20))
        assert [reader.get("/members").status for _ in range(3)] == [200, 200, 429]
        refused = reader.get("/members")
        assert (refused.code, refused.headers["Retry-After"]) == ("too_many_calls", "40")
        assert refused.headers["RateLimit-Policy"] == '"key";q=3;w=60'
        time.tick(timedelta(seconds=40))
        assert reader.get("/members").status == 200


@sqlite
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/members", {"name": "a\0b"}),
        ("/members", {"name": "\ud800"}),
        ("/members", {"name": "花子", "attributes": {"x": float("inf")}}),
        ("/members", {"name": "花子", "unknown": 1}),
        ("/members", {"name": "花子", "external_ids": {"EC!": "1"}}),
        ("/members", {"name": "花子", "birthday": "2999-01-01"}),
        ("/members/look-ups", {"number": "1", "email": "a@example.jp"}),
        ("/members/1/points/earnings", {"paid": -1}),
        ("/members/1/points/earnings", {"paid": True}),
        ("/members/1/points/redemptions", {"points": 10**30}),
        ("/events", {"id": "1", "kind": "x", "data": {"y": [1]}}),
        ("/events", {"id": "1", "kind": "x", "at": "2026-11-28T00:00:00"}),
    ],
)
def test_what_is_no_sense_is_refused_and_changes_nothing(
    till: System, path: str, body: dict[str, object]
) -> None:
    a_member()
    told = till.post(path, **body)
    assert told.status == 422, told.json
    assert (facts("own.x"), len(till.get("/members").json["items"])) == (0, 1)


@sqlite
def test_a_write_needs_a_key_of_its_own(till: System) -> None:
    told = till.post("/members", "", name="花子")
    assert (told.status, told.code) == (400, "idempotency_key_missing")
    assert till.get("/members").json == {"items": [], "next": None}
