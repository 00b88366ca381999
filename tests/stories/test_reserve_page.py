"""Reservations by the calls of the page /liff/reserve: once each, one's own only, told in words."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app import clock
from app.domain.accounts.queries import find
from app.domain.links import service as links
from sandbox.entities import Person
from tests.support import http
from tests.support.members import a_member, asker
from tests.support.shop import Shop
from tests.support.visitor import InLine

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def wish(hanako: InLine, service: str = "お席のご予約") -> dict[str, Any]:
    """What the page asks for at the first store: a table for two."""
    store = hanako.get("reserve").json["stores"][0]
    [found] = [one for one in store["services"] if one["name"]["ja"] == service]
    return {"store": store["id"], "service": found["id"], "party": 2}


def free_starts(hanako: InLine, wanted: dict[str, Any]) -> list[str]:
    """The free times of a day next week."""
    day = date.fromisoformat(hanako.get("reserve").json["stores"][0]["today"]) + timedelta(days=7)
    days = {"first": day.isoformat(), "last": day.isoformat()}
    months = hanako.post("reserve/month", **wanted, **days).json["days"]
    assert months == {day.isoformat(): "free"}
    return hanako.post("reserve/times", **wanted, **days).json["times"][day.isoformat()]


def reserved(hanako: InLine, wanted: dict[str, Any], start: str) -> Any:
    """What is reserved by the two calls of the page: held at the choice, and confirmed."""
    held = hanako.post("reservations/holds", {"Idempotency-Key": "1"}, **wanted, starts_at=start)
    code = held.json["reservation"]["code"]
    return hanako.post(f"reservations/{code}/confirm", {"Idempotency-Key": "1"}, note="").json


def test_sent_again_a_reservation_counts_once(shop: Shop, phone) -> None:
    phone("hanako").adds()
    hanako = InLine(shop)
    wanted = wish(hanako)
    start = free_starts(hanako, wanted)[0]
    key = {"Idempotency-Key": "the-same-press"}
    holds = "reservations/holds"

    assert hanako.post(holds, **wanted, starts_at=start).code == "idempotency_key_missing"
    first = hanako.post(holds, key, **wanted, starts_at=start)
    again = hanako.post(holds, key, **wanted, starts_at=start)
    other = hanako.post(holds, key, **(wanted | {"party": 3}), starts_at=start)
    assert (first.status, again.status, other.status) == (201, 201, 422)
    assert first.json == again.json
    assert hanako.get("reserve").json["open"] == []

    code = first.json["reservation"]["code"]
    confirm = f"reservations/{code}/confirm"
    confirmed = [hanako.post(confirm, key, note="窓側").json for _ in range(2)]
    assert confirmed[0] == confirmed[1]
    assert [one["code"] for one in hanako.get("reserve").json["open"]] == [code]


def test_who_waits_for_a_full_day_is_offered_what_becomes_free(shop: Shop, phone) -> None:
    for person in ("hanako", "taro"):
        phone(person).adds()
    hanako, taro = InLine(shop), InLine(shop, "taro")
    wanted = wish(hanako) | {"party": 4}
    day = free_starts(hanako, wanted)[0][:10]
    key = {"Idempotency-Key": "1"}
    whole = {"day": day, "from_time": "00:00", "to_time": "36:00"}
    places = [taro.post("waitlist", {"Idempotency-Key": name}, **wanted, **whole) for name in "ab"]
    assert [place.status for place in places] == [201, 201]
    first, second = places[1].json["waiting"]
    assert [each["state"] for each in (first, second)] == ["offered", "offered"]
    assert taro.post(f"waitlist/{first['code']}/accept").json["open"][0]["party"] == 4
    assert taro.post(f"waitlist/{second['code']}/decline").json["waiting"] == []
    assert taro.post("waitlist", key, **wanted, **(whole | {"to_time": "23:59"})).status == 422


def test_of_many_at_once_one_has_the_last_room_and_the_others_hear_what_is_free(
    shop: Shop, phone
) -> None:
    guests = [f"guest{number}" for number in range(8)]
    for person in guests:
        shop.line.world.add_person(Person(person, person))
        phone(person).adds()
        with shop.app.app_context():
            guest = asker(find("main").id, shop.user_id(person))
            links.link(guest, a_member(f"{person}@example.jp"), proof="joined")
    shop.settle()
    asking = [InLine(shop, person) for person in guests]
    wanted = wish(asking[0], "個室の貸切")
    day = date.fromisoformat(asking[0].get("reserve").json["stores"][0]["today"])
    days = {"first": (day + timedelta(days=3)).isoformat(),
            "last": (day + timedelta(days=10)).isoformat()}  # fmt: skip
    times = asking[0].post("reserve/times", **wanted, **days).json["times"]
    start = next(start for starts in times.values() for start in starts)
    body = {**wanted, "starts_at": start}

    def ask(who: InLine) -> Any:
        return who.post("reservations/holds", {"Idempotency-Key": "1"}, **body)

    with ThreadPoolExecutor(len(asking)) as pool:
        answers = list(pool.map(ask, asking))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    refused = [answer for answer in answers if answer.status == 409]
    assert [answer.code for answer in refused] == ["slot_taken"] * 7
    assert all(answer.json["nearest"] for answer in refused)


def test_nobody_sees_or_changes_what_another_has_reserved(shop: Shop, phone) -> None:
    for person in ("hanako", "taro"):
        phone(person).adds()
    hanako, taro = InLine(shop), InLine(shop, "taro")
    wanted = wish(hanako)
    start, later = free_starts(hanako, wanted)[:2]
    made = reserved(hanako, wanted, start)
    code = made["reservation"]["code"]

    change = {"starts_at": later, "version": 1, "party": 2, "options": [], "note": ""}
    refused = [
        taro.post(f"reservations/{code}/move", {"Idempotency-Key": "2"}, **change),
        taro.post(f"reservations/{code}/cancel", {"Idempotency-Key": "3"}),
    ]
    assert [(one.status, one.code) for one in refused] == [(404, "no_such_reservation")] * 2
    assert taro.get("reserve").json["open"] == []
    assert hanako.get("reserve").json["open"][0]["starts_at"] == start


def test_a_private_room_is_for_members(shop: Shop, phone) -> None:
    phone("taro").adds()
    taro = InLine(shop, "taro")
    wanted = wish(taro, "個室の貸切")
    day = date.fromisoformat(taro.get("reserve").json["stores"][0]["today"])
    days = {"first": (day + timedelta(days=3)).isoformat(),
            "last": (day + timedelta(days=10)).isoformat()}  # fmt: skip
    times = taro.post("reserve/times", **wanted, **days).json["times"]
    start = next(start for starts in times.values() for start in starts)

    refused = taro.post("reservations/holds", {"Idempotency-Key": "1"}, **wanted, starts_at=start)
    assert (refused.status, refused.code) == (403, "not_for_you")


def test_the_file_for_a_calendar_has_an_address_for_a_day(shop: Shop, phone) -> None:
    phone("hanako").adds()
    hanako = InLine(shop)
    wanted = wish(hanako)
    start = free_starts(hanako, wanted)[0]
    made = reserved(hanako, wanted, start)
    address = shop.url + made["reservation"]["calendar"]

    file = http.request("GET", address, retries=False)
    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "お席のご予約" in file.data.decode()
    forged = http.request("GET", address.replace(".ics", "x.ics"), retries=False)
    with freeze_time(clock.now() + timedelta(days=2)):
        old = http.request("GET", address, retries=False)
    assert (forged.status, old.status) == (404, 404)
