"""Store calendars: a usual week, and the days that are otherwise."""

from datetime import date, datetime

import pytest

from app.domain.hours import queries, service
from app.domain.hours.errors import BadHours
from app.domain.hours.rules import Week
from tests.support.cast import add_store

WEEK = Week({"wed": [["09:00", "12:00"], ["13:00", "18:00"]]}, last_order_minutes=30)
WEDNESDAY, THURSDAY = date(2030, 5, 8), date(2030, 5, 9)
TYPHOON = {"ja": "台風のため", "en": "A typhoon"}


@pytest.fixture
def store_id(inside):
    return add_store("ginza")


def shown(store_id: int, first: date, last: date) -> dict[int, list[str]]:
    zone = queries.zone_of(store_id)
    return {
        day.day: [
            f"{each.begin.astimezone(zone):%H:%M}-{each.end.astimezone(zone):%H:%M}"
            for each in opens
        ]
        for day, opens in queries.open_times(store_id, first, last).items()
    }


def test_a_store_is_open_as_its_week_says_but_for_some_days(store_id):
    assert shown(store_id, WEDNESDAY, WEDNESDAY) == {8: []}
    service.put_week(store_id, WEEK)
    usual = {8: ["09:00-12:00", "13:00-18:00"], 9: []}
    assert shown(store_id, WEDNESDAY, THURSDAY) == usual

    service.set_day(store_id, WEDNESDAY, [], TYPHOON)
    service.set_day(store_id, THURSDAY, [["10:00", "11:00"]])
    assert shown(store_id, WEDNESDAY, THURSDAY) == {8: [], 9: ["10:00-11:00"]}
    assert queries.calendar(store_id, WEDNESDAY, WEDNESDAY).days[WEDNESDAY].reason == TYPHOON
    service.set_day(store_id, THURSDAY, [])
    service.clear_day(store_id, WEDNESDAY)
    service.clear_day(store_id, WEDNESDAY)
    assert shown(store_id, WEDNESDAY, THURSDAY) == usual


def test_a_store_abroad_has_its_own_time(store_id):
    service.put_week(store_id, Week(WEEK.weekly, zone="Europe/Berlin"))
    [morning, _] = queries.open_times(store_id, WEDNESDAY, WEDNESDAY)[WEDNESDAY]

    assert morning.begin == datetime.fromisoformat("2030-05-08T09:00:00+02:00")
    assert queries.zone_of(store_id).key == "Europe/Berlin"


def test_a_night_belongs_to_the_day_it_began_on(store_id):
    service.put_week(store_id, Week({"wed": [["18:00", "26:00"]], "thu": [["18:00", "24:00"]]}))
    begin, end = queries.calendar(store_id, WEDNESDAY, WEDNESDAY).span(WEDNESDAY)

    assert begin == datetime.fromisoformat("2030-05-08T00:00:00+09:00")
    assert end == datetime.fromisoformat("2030-05-09T02:00:00+09:00")


@pytest.mark.parametrize(
    "week",
    [
        Week({"wed": [["18:00", "09:00"]]}),
        Week({}, holidays="never"),
        Week({}, last_order_minutes=601),
        Week({}, zone="Asia/Edo"),
        Week({}, zone="../etc/passwd"),
    ],
)
def test_a_week_that_cannot_be_is_refused(store_id, week):
    with pytest.raises(BadHours):
        service.put_week(store_id, week)
    assert queries.week_of(store_id) is None


@pytest.mark.parametrize("reason", [{"en": "A typhoon"}, {"ja": " "}, {"ja": "あ" * 201}])
def test_a_reason_needs_japanese_words(store_id, reason):
    with pytest.raises(BadHours):
        service.set_day(store_id, WEDNESDAY, [], reason)
