"""The staff's pages about reservations over HTTP: seen, made, moved and ended, each act once."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from app.domain.audit import queries as audit
from app.domain.counter import queries as counter
from app.domain.hours import queries as hours
from app.domain.links import service as links
from app.domain.members import queries as members
from app.domain.reservations import queries, waitlist
from app.domain.reservations.asker import Guest
from app.domain.reservations.offer import Wanted
from app.domain.staff.actor import Actor
from tests.support.cards import Holder, a_holder
from tests.support.cast import add_store
from tests.support.members import a_member, asker
from tests.support.pages import Answer, Desk, desk
from tests.support.reservations import NOW, a_cause, a_customer, problems, told
from tests.support.staff import an_owner, hired
from tests.support.tills import Till, Told, a_till
from tests.support.week import Salon, a_salon_at

PAGE = "/staff/reservations"
AT = re.compile(r'name="at" value="([^"]+)"')

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("inside"),
]


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOW) as time:
        yield time


@pytest.fixture
def owner(account: int, time: FrozenDateTimeFactory) -> Actor:
    return an_owner()


@pytest.fixture
def salon(owner: Actor) -> Salon:
    return a_salon_at(add_store("kichijoji"))


@pytest.fixture
def clerk(app: Flask, owner: Actor, salon: Salon) -> Desk:
    return desk(app, hired(owner, "clerk", store_ids=[salon.store_id]))


@pytest.fixture
def hanako(salon: Salon, account: int) -> Holder:
    return a_holder(account, phone="090-1234-5678")


def log(count: int) -> list[str]:
    """What the audit log holds last, newest first."""
    return [entry.action for entry in audit.listed(limit=count)]


def books(clerk: Desk, salon: Salon, **form: str) -> Answer:
    """Reserve by telephone, for ten o'clock tomorrow unless the form says otherwise."""
    usual = {"store": "kichijoji", "service": str(salon.cut), "party": "1", "name": "鈴木 一郎"}
    usual |= {"day": salon.tomorrow.isoformat(), "time": "10:00", "act": "book"}
    return clerk.send(f"{PAGE}/new", clerk.hidden(f"{PAGE}/new?store=kichijoji"), **usual | form)


def made(answer: Answer) -> Any:
    """The reservation that an answer leads to."""
    status, leads_to = answer
    assert status == 303, leads_to
    code = re.findall(r"/reservations/(\w{10})", leads_to)[0]
    (found,) = [each for each in every() if each.code == code]
    return found


def every() -> list[Any]:
    """What is reserved within a week."""
    (store_id,) = queries.stores_that_take()
    today = hours.today(store_id)
    return queries.between(store_id, today, today.replace(day=today.day + 7))


def test_who_calls_gets_a_reservation_and_everything_until_they_leave_is_noted(clerk, salon, time):
    spa = f"{salon.cut}:spa"
    today = hours.today(salon.store_id)
    form = {"phone": "03-1", "note": "窓ぎわ", "option": spa, "day": today.isoformat()}
    booking = made(books(clerk, salon, **form))
    assert (booking.guest_name, booking.guest_phone, booking.note) == (
        "鈴木 一郎",
        "03-1",
        "窓ぎわ",
    )
    assert (booking.state, booking.origin, booking.price) == ("confirmed", "counter", 7500)
    page = f"{PAGE}/{booking.code}"
    for path in (PAGE, f"{PAGE}?view=week"):
        assert "鈴木 一郎" in clerk.open(path)

    assert clerk.act(page, "no-show")[0] == 409
    time.move_to(salon.at("10:00", today))
    assert clerk.act(page, "arrive") == (303, f"{page}?done=arrived")
    assert clerk.act(page, "cancel", reason="まちがい")[0] == 409
    assert clerk.act(page, "finish") == (303, f"{page}?done=finished")
    acts = [each for each in log(20) if each.startswith("reservations") and "seen" not in each]
    ends = ["reservations.finished", "reservations.arrived", "reservations.booked"]
    assert (acts, problems()) == (ends, [])


def test_a_form_that_is_sent_twice_reserves_once(clerk, salon):
    hidden = clerk.hidden(f"{PAGE}/new?store=kichijoji")
    form = {"store": "kichijoji", "service": str(salon.cut), "party": "1", "name": "鈴木"}
    form |= {"day": salon.tomorrow.isoformat(), "time": "10:00", "act": "book"}
    first, again = (clerk.send(f"{PAGE}/new", hidden, **form) for _ in range(2))
    assert (first, len(every())) == (again, 1)


def test_a_member_is_found_as_at_the_counter_and_told_of_what_was_reserved_for_them(
    clerk, salon, hanako
):
    status, page = books(clerk, salon, act="search", q="090-1234-5678", note="窓ぎわ")
    assert (status, 'value="窓ぎわ"' in page, log(1)) == (200, True, ["members.searched"])
    assert f'name="member" value="{hanako.member_id}"' in page
    assert members.member(hanako.member_id).number not in page

    booking = made(books(clerk, salon, member=str(hanako.member_id), name=""))
    assert (booking.member_id, booking.guest_name) == (hanako.member_id, None)
    assert [notice["code"] for notice in told("reservations.made")] == [booking.code]
    assert "山田 花子" in clerk.open(f"{PAGE}/{booking.code}")


def test_who_walks_in_is_here_at_once_and_hears_nothing(clerk, salon, time):
    shown = clerk.open(f"{PAGE}/new?store=kichijoji&walk_in=1")
    assert 'value="09:00"' in shown
    today = hours.today(salon.store_id).isoformat()
    walked_in = made(books(clerk, salon, walk_in="1", name="", day=today, time="09:00"))
    assert (walked_in.state, walked_in.guest_name) == ("arrived", "ご来店のお客様")
    assert told() == []


def test_a_taken_time_is_refused_and_the_nearest_free_ones_are_one_tap_away(clerk, salon):
    salon.reserved("10:00", salon.aoi)
    status, page = books(clerk, salon, resource=str(salon.aoi), phone="03-2")
    assert (status, "埋まっています" in page, 'value="03-2"' in page) == (409, True, True)
    offered = AT.findall(page)
    assert (salon.at("11:00").isoformat() in offered, len(every())) == (True, 1)

    taken = made(books(clerk, salon, resource=str(salon.aoi), at=salon.at("11:00").isoformat()))
    assert taken.starts_at == salon.at("11:00")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"name": ""}, 422),
        ({"time": "10時"}, 422),
        ({"day": "いつか", "time": ""}, 422),
        ({"at": "2030-05-02T10:00:00"}, 422),
        ({"time": "08:00"}, 409),
        ({"time": "10:01"}, 422),
        ({"party": "0"}, 422),
        ({"service": "99"}, 404),
        ({"note": "x" * 201}, 422),
        ({"store": "ueno"}, 404),
    ],
)
def test_what_makes_no_sense_is_refused_and_reserves_nothing(clerk, salon, form, status):
    assert books(clerk, salon, **form)[0] == status
    assert every() == []


def test_a_form_moves_it_and_who_saw_an_older_state_moves_nothing(clerk, salon, hanako):
    booking = salon.reserved("10:00", salon.aoi, Guest(member_id=hanako.member_id))
    page, form = f"{PAGE}/{booking.code}", {"party": "1", "day": salon.tomorrow.isoformat()}
    move = {**form, "version": "1", "time": "13:00", "resource": str(salon.ren), "note": "急ぎ"}
    assert clerk.act(page, "move", **move) == (303, f"{page}?done=moved")
    (moved,) = every()
    assert (moved.starts_at, moved.note, moved.version) == (salon.at("13:00"), "急ぎ", 2)
    assert [used.id for used in moved.resources] == [salon.ren]
    assert len(told("reservations.moved")) == 1

    status, said = clerk.act(page, "move", **{**move, "time": "15:00"})
    assert (status, "先に変更しました" in said, every()) == (409, True, [moved])


def test_a_reason_is_needed_to_cancel_and_is_told(clerk, salon, hanako):
    booking = salon.reserved("10:00", salon.aoi, Guest(member_id=hanako.member_id))
    page = f"{PAGE}/{booking.code}"
    assert clerk.act(page, "cancel", reason=" ")[0] == 422
    assert clerk.act(page, "cancel", reason="体調不良")[0] == 303
    (said,) = told("reservations.cancelled")
    assert (said["reason"], said["by"], len(said["nearest"])) == ({"ja": "体調不良"}, "staff", 3)
    assert "体調不良" in clerk.open(f"{PAGE}?day={salon.tomorrow}")


class Mover:
    """Somebody who drags reservations."""

    def __init__(self, clerk: Desk) -> None:
        self._clerk = clerk
        self._csrf = clerk.hidden(f"{PAGE}/new?store=kichijoji")["csrf"]

    def move(self, booking: Any, key: str = "one", **body: Any) -> tuple[int, Any]:
        headers = {"X-CSRF-Token": self._csrf, "Idempotency-Key": key}
        path = f"/staff/api/reservations/{booking.code}/move"
        answer = self._clerk.client.post(path, json={"version": 1, **body}, headers=headers)
        return answer.status_code, answer.get_json()


def test_what_is_dragged_is_moved_once_and_a_conflict_names_free_times(clerk, salon):
    first, second = salon.reserved("10:00", salon.aoi), salon.reserved("13:00", salon.aoi)
    mover, there = Mover(clerk), {"starts_at": salon.at("10:30").isoformat()}
    status, refusal = mover.move(second, resource=salon.aoi, **there)
    assert (status, refusal["type"]) == (409, "urn:tsunagu:slot_taken")
    assert salon.at("11:00").isoformat() in refusal["nearest"]

    moved = {"version": 2, "starts_at": salon.at("10:30").isoformat()}
    for _ in range(2):
        assert mover.move(second, "two", resource=salon.ren, **there) == (200, moved)
    assert mover.move(second, "three", resource=salon.ren, **there)[0] == 409
    assert [each.version for each in every()] == [1, 2]
    assert mover.move(first, "four")[0] == 422
    assert mover.move(first, "five", day=str(salon.tomorrow), **there)[0] == 422
    assert mover.move(first, "six", starts_at="2030-05-02T10:00:00")[0] == 422
    assert problems() == []


def test_on_another_day_it_keeps_its_time(clerk, salon):
    booking = salon.reserved("10:30", salon.aoi)
    later = salon.tomorrow.replace(day=salon.tomorrow.day + 1)
    answered = Mover(clerk).move(booking, resource=salon.ren, day=later.isoformat())
    assert answered == (200, {"version": 2, "starts_at": salon.at("10:30", later).isoformat()})


def test_the_calendar_says_how_many_wait_for_a_day(clerk, salon, account):
    for resource in (salon.aoi, salon.ren):
        salon.reserved("10:00", resource)
    wanted = Wanted(salon.store_id, salon.cut)
    waitlist.join(a_customer(account), wanted, salon.tomorrow, "10:00", "10:00", cause=a_cause())
    for view in ("day", "week"):
        day = salon.tomorrow.isoformat()
        assert "キャンセル待ち 1名" in clerk.open(f"{PAGE}?day={day}&view={view}")


def test_another_store_is_not_there(app, clerk, owner, salon):
    booking = salon.reserved("10:00", salon.aoi)
    elsewhere = desk(app, hired(owner, "manager", store_ids=[add_store("ueno")]))
    assert "予約を受け付ける店舗がありません" in elsewhere.open(PAGE)
    for path in ("?store=kichijoji", f"/{booking.code}", "/day-off?store=kichijoji"):
        assert elsewhere.client.get(PAGE + path).status_code == 404
    assert "鈴木" in clerk.open(f"{PAGE}?day={salon.tomorrow}")


def test_a_day_is_closed_with_two_taps_and_everybody_is_told_once(app, owner, salon, hanako):
    manager = desk(app, hired(owner, "manager"))
    salon.reserved("10:00", salon.aoi, Guest(member_id=hanako.member_id))
    salon.reserved("11:00", salon.ren)
    day = salon.tomorrow.isoformat()
    page = f"{PAGE}/day-off?store=kichijoji&day={day}"
    assert page.replace("&", "&amp;") in manager.open(f"{PAGE}?day={day}")
    assert "2件のご予約があります" in manager.open(page)
    form = {"store": "kichijoji", "day": day, "reason": "weather", "more": "台風のため。"}
    hidden = manager.hidden(page)
    assert manager.send(f"{PAGE}/day-off", hidden, **form | {"reason": "x"})[0] == 422
    for _ in range(2):
        leads_to = f"{PAGE}?store=kichijoji&day={day}&done=closed"
        assert manager.send(f"{PAGE}/day-off", hidden, **form) == (303, leads_to)
    (said,) = told("reservations.cancelled")
    assert (said["by"], len(said["nearest"])) == ("shop", 3)
    assert said["reason"]["ja"] == "悪天候のため、臨時休業とさせていただきます。 台風のため。"
    assert said["reason"]["en"].startswith("We are closed because of bad weather.")
    assert {each.state for each in every()} == {"cancelled"}
    closed = manager.open(f"{PAGE}?day={day}")
    assert "この日はお休みです" in closed
    assert 'href="tel:03-0000-0009"' in closed  # Who cannot be told in a talk is called.

    assert manager.send(f"{PAGE}/day-off/end", manager.hidden(page), **form)[0] == 303
    assert hours.open_times(salon.store_id, salon.tomorrow, salon.tomorrow)[salon.tomorrow]
    assert log(1) == ["reservations.day_opened"]


def test_a_calendar_has_a_secret_address_until_it_is_taken_back(app, clerk, owner, salon):
    booking = salon.reserved("10:00", salon.aoi)
    salon.reserved("10:00", salon.ren, Guest(name="高橋"))
    page, form = f"{PAGE}/feeds?store=kichijoji", {"store": "kichijoji"}
    assert clerk.client.get(page).status_code == 403
    owners = desk(app, owner)
    one = f"{PAGE}/feeds/{salon.aoi}"
    addresses = []
    for _ in range(2):
        status, shown = owners.send(f"{one}/make", owners.hidden(page), **form)
        addresses += re.findall(r'value="[^"]+(/feeds/[\w-]{43}\.ics)"', shown)
        assert status == 200
    old, new = addresses
    stranger = app.test_client()
    assert stranger.get(old).status_code == 404
    answer = stranger.get(new)
    assert answer.mimetype == "text/calendar"
    assert "SUMMARY:カット（鈴）1名" in answer.text
    assert ("DTSTART:20300502T010000Z" in answer.text, booking.code in answer.text) == (True, True)
    assert ("一郎" in answer.text, "高" in answer.text, "03-0000" in answer.text) == (False,) * 3

    assert owners.send(f"{one}/revoke", owners.hidden(page), **form)[0] == 303
    assert stranger.get(new).status_code == 404
    assert log(2) == ["reservations.feed_revoked", "reservations.feed_made"]


def test_a_file_of_reservations_comes_in_once_or_not_at_all(app, salon, tmp_path):
    file = tmp_path / "reservations.csv"

    def imported(*rows: str, options: tuple[str, ...] = ()) -> tuple[int, str]:
        head = "予約番号,店舗,メニュー,日時,名前,電話番号"
        file.write_text("\n".join([head, *rows]))
        ran = app.test_cli_runner().invoke(args=["reservations", "import", str(file), *options])
        return ran.exit_code, ran.output

    good = "A-1,kichijoji,cut,2030-05-02 10:00,鈴木,03-1"
    status, said = imported(good, "A-2,kichijoji,cut,2030-05-02 23:00,佐藤,03-2")
    assert (status, "営業時間外" in said, every()) == (1, True, [])
    assert (imported(good, options=("--dry-run",))[0], every()) == (0, [])
    assert [imported(good)[0] for _ in range(2)] == [0, 0]
    assert [(each.guest_name, each.origin) for each in every()] == [("鈴木", "import")]


@pytest.fixture
def till(app: Flask, owner: Actor, salon: Salon) -> Till:
    return a_till(app, owner, store_ids=[salon.store_id])


def states(told: Told) -> list[tuple[str, str]]:
    return [(each["time"], each["state"]) for each in told.json["reservations"]]


def test_a_scan_shows_todays_reservations_and_the_check_in_marks_the_nearest(
    till, salon, hanako, time
):
    guest, today = Guest(member_id=hanako.member_id), hours.today(salon.store_id)
    for when in ("10:00", "15:00"):
        salon.reserved(when, salon.aoi, guest, day=today)
    salon.reserved("10:00", salon.aoi, guest)
    time.move_to(salon.at("10:05", today))
    scanned = till.scan(hanako.shows())
    assert states(scanned) == [("10:00", "confirmed"), ("15:00", "confirmed")]
    assert scanned.json["reservations"][0]["with"] == ["葵"]

    served = f"/{scanned.json['session']}"
    after = [("10:00", "arrived"), ("15:00", "confirmed")]
    assert states(till.post(f"{served}/visit", "one")) == after
    before = [("10:00", "confirmed"), ("15:00", "confirmed")]
    assert states(till.post(f"{served}/undo")) == before
    # The check-in after one that was undone is about the same reservation.
    assert states(till.post(f"{served}/visit")) == after
    assert (counter.visits(hanako.member_id), problems()) == (1, [])


def test_a_friend_who_reserved_and_linked_later_is_known_at_the_scan(till, salon, account):
    person = asker(account)
    member_id = a_member()
    links.link(person, member_id, proof="code")
    salon.reserved("10:00", salon.aoi, Guest(member_id=member_id), day=hours.today(salon.store_id))
    assert states(till.scan(Holder(person, member_id).shows())) == [("10:00", "confirmed")]
