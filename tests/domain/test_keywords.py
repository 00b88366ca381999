"""Keyword answers: which rule takes a text, when, for whom, and that no pattern hangs a worker."""

import time as stopwatch
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.domain.accounts import queries as accounts
from app.domain.keywords import queries, rules, service
from app.domain.keywords.errors import BadPattern, BadRule
from app.domain.keywords.queries import Answer
from app.domain.people import service as people
from app.domain.people.service import Sighting
from app.i18n import plain

TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
BLOCKS = [{"kind": "text", "text": {"ja": "はい"}}]
SLOW = "(a+)+$"


@dataclass
class Rule:
    """A rule as the pure part sees it."""

    id: int = 1
    priority: int = 0
    kind: str = "contains"
    pattern: str = "時間"
    weekdays: str | None = None
    from_time: time | None = None
    to_time: time | None = None


times = st.times().map(lambda moment: moment.replace(microsecond=0))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=TOKYO)
)


@pytest.mark.parametrize(
    ("kind", "pattern", "text", "taken"),
    [
        ("exact", "営業時間", " 営業時間 ", True),
        ("exact", "営業時間", "営業時間は？", False),
        ("exact", "ＭＥＮＵ", "menu", True),
        ("contains", "ﾎﾟｲﾝﾄ", "ポイントを使う", True),
        ("contains", "wi-fi", "Wi-Fiはありますか", True),
        ("contains", "wifi", "Wi-Fiはありますか", False),
        ("contains", "STRASSE", "Große Straße", True),
        ("regex", "何時(から|まで)", "今日は何時までですか", True),
        ("regex", "Menu|お品書き", "ＭＥＮＵ", True),
        ("regex", "^予約$", "予約したい", False),
        ("regex", SLOW, "a" * 5000 + "!", False),
        ("regex", "(", "(", False),
        ("fallback", "", "何でも", False),
    ],
)
def test_which_texts_a_rule_takes(kind: str, pattern: str, text: str, taken: bool) -> None:
    assert rules.matches(Rule(kind=kind, pattern=pattern), plain(text)) is taken


def test_a_catastrophic_pattern_ends_soon() -> None:
    begun = stopwatch.monotonic()

    assert not rules.matches(Rule(kind="regex", pattern=SLOW), "a" * 5000 + "!")
    assert stopwatch.monotonic() - begun < 1


@given(st.text(min_size=1), st.text(), st.text())
def test_contains_finds_its_words_wherever_they_stand(words: str, before: str, after: str) -> None:
    rule = Rule(pattern=words)

    assert rules.matches(rule, plain(before) + plain(words) + plain(after))


@given(st.text())
def test_comparing_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("start", "end", "weekdays", "at", "speaks"),
    [
        (None, None, None, FRIDAY, True),
        (None, None, "4", FRIDAY, True),
        (None, None, "56", FRIDAY, False),
        (time(12), time(13), None, FRIDAY, True),
        (time(11), time(12), None, FRIDAY, False),
        (time(12, 1), None, None, FRIDAY, False),
        (None, time(12, 1), None, FRIDAY, True),
        (time(9), time(9), None, FRIDAY, True),
        # From ten on Friday evening until two: Saturday has its first hours.
        (time(22), time(2), "4", FRIDAY.replace(hour=23), True),
        (time(22), time(2), "4", FRIDAY.replace(day=21, hour=1, minute=59), True),
        (time(22), time(2), "4", FRIDAY.replace(day=21, hour=2), False),
        (time(22), time(2), "4", FRIDAY.replace(day=21, hour=23), False),
        (time(22), time(2), "4", FRIDAY.replace(hour=1), False),
    ],
)
def test_when_a_rule_speaks(
    start: time | None, end: time | None, weekdays: str | None, at: datetime, speaks: bool
) -> None:
    rule = Rule(from_time=start, to_time=end, weekdays=weekdays)

    assert rules.speaks_at(rule, at) is speaks


@given(start=times, end=times, at=moments)
def test_a_window_and_the_hours_outside_it_make_up_the_day(
    start: time, end: time, at: datetime
) -> None:
    inside, outside = Rule(from_time=start, to_time=end), Rule(from_time=end, to_time=start)

    if start != end:
        assert rules.speaks_at(inside, at) is not rules.speaks_at(outside, at)


@given(start=times, end=times, day=st.integers(0, 6), at=moments)
def test_a_window_belongs_to_the_day_it_began_on(
    start: time, end: time, day: int, at: datetime
) -> None:
    rule = Rule(from_time=start, to_time=end, weekdays=str(day))
    began = at if start < end or at.time() >= start else at - timedelta(days=1)

    every_day = Rule(from_time=start, to_time=end)
    assert rules.speaks_at(rule, at) is (rules.speaks_at(every_day, at) and began.weekday() == day)


@given(st.lists(st.tuples(st.integers(-2, 2), st.booleans()), max_size=8))
def test_the_highest_priority_goes_first_then_the_oldest(drawn: list[tuple[int, bool]]) -> None:
    some = [
        Rule(id=number, priority=priority, pattern="時間" if fits else "席")
        for number, (priority, fits) in enumerate(drawn)
    ]

    order = [(-rule.priority, rule.id) for rule in rules.matching(some, "営業時間", FRIDAY)]

    assert order == sorted(order)
    assert len(order) == sum(fits for _, fits in drawn)


def put(account: int, name: str, **fields: Any) -> int:
    return service.put(account, {"name": name, "answer": BLOCKS, "kind": "contains", **fields})


def ask(account: int, text: str, person: int | None = None) -> Answer | None:
    return queries.answer_for(account, text, person, clock.now(), TOKYO)


def somebody(account: int) -> int:
    sighting = Sighting(accounts.provider_of(account), account, "Uhanako", 0, "1")
    return people.seen(sighting).id


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"kind": "regex", "pattern": "("}, BadPattern),
        ({"kind": "regex", "pattern": "(((a{100}){100}){100}){100}"}, BadPattern),
        ({"pattern": " "}, BadRule),
        ({"pattern": "a" * 201}, BadRule),
        ({"kind": "fallback", "pattern": "a"}, BadRule),
        ({"kind": "often", "pattern": "a"}, BadRule),
        ({"pattern": "a", "weekdays": "7"}, BadRule),
        ({"pattern": "a", "answer": []}, BadRule),
        ({"pattern": "a", "from_time": "25:00"}, BadRule),
        ({"pattern": "a", "cooldown_seconds": -1}, BadRule),
        ({"pattern": "a", "cool_down": 1}, BadRule),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    account: int, fields: dict[str, Any], error: type[BadRule]
) -> None:
    with pytest.raises(error) as refused:
        put(account, "bad", **fields)

    assert refused.value.status == 422
    assert ask(account, "a") is None


def test_a_rule_is_replaced_by_its_name(account: int) -> None:
    first = put(account, "hours", pattern="時間")

    assert put(account, "hours", pattern="何時") == first
    assert ask(account, "営業時間") is None
    assert ask(account, "何時から") == Answer(first, BLOCKS, False, timedelta(0))


def test_a_rule_that_is_switched_off_is_silent(account: int) -> None:
    put(account, "hours", pattern="時間", enabled=False)

    assert ask(account, "営業時間") is None


def test_a_fallback_answers_what_no_rule_knows(account: int) -> None:
    known, fallback = put(account, "hours", pattern="時間"), put(account, "else", kind="fallback")

    assert ask(account, "ゾウ") == Answer(fallback, BLOCKS, True, timedelta(0))
    assert ask(account, "時間") == Answer(known, BLOCKS, False, timedelta(0))


def test_a_fallback_outside_its_hours_is_silence(account: int) -> None:
    fallback = put(account, "at night", kind="fallback", from_time="22:00", to_time="06:00")

    with freeze_time(FRIDAY):
        assert ask(account, "ゾウ") == Answer(fallback, None, True, timedelta(0))
    with freeze_time(FRIDAY.replace(hour=23)):
        assert ask(account, "ゾウ") == Answer(fallback, BLOCKS, True, timedelta(0))


def test_a_rule_cools_down_towards_the_person_it_answered(account: int) -> None:
    hanako = somebody(account)
    rule = put(account, "thanks", pattern="ありがとう", cooldown_seconds=60)
    put(account, "else", kind="fallback")

    for seconds, blocks in ((0, BLOCKS), (59, None), (60, BLOCKS), (119, None), (121, BLOCKS)):
        with freeze_time(FRIDAY + timedelta(seconds=seconds)):
            answer = ask(account, "ありがとう", hanako)
            assert answer == Answer(rule, blocks, False, timedelta(seconds=60)), seconds
            if blocks:
                service.note_answered(answer, hanako, clock.now())
            assert ask(account, "ありがとう") == Answer(rule, BLOCKS, False, answer.cooldown)


def test_while_a_rule_cools_down_another_one_may_answer(account: int) -> None:
    hanako = somebody(account)
    put(account, "long", pattern="ありがとう", priority=1, cooldown_seconds=60)
    short = put(account, "short", pattern="ありがとう")

    answer = ask(account, "ありがとう", hanako)
    assert answer is not None
    service.note_answered(answer, hanako, clock.now())

    assert ask(account, "ありがとう", hanako) == Answer(short, BLOCKS, False, timedelta(0))
