"""Notices by name: registering, rendering, and what is refused."""

import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest

from app.messages import registry
from app.messages.blocks import Say, Text
from app.messages.catalogue import BadNotice, UnknownNotice, may_push, names, render
from app.messages.placeholders import parse
from app.messages.registry import notice
from tests.unit.messages.examples import EVERY, EXAMPLES


def say(name, data=None, *, language="ja", person_name="花子", **more):
    return render(
        name, data or {}, language=language, person_name=person_name, shop="こもれび珈琲", **more
    )


@pytest.fixture
def register():
    """Register notices that are gone after the test."""
    before = set(registry.names())
    yield notice
    for name in set(registry.names()) - before:
        del registry._notices[name]


def test_every_notice_has_an_example():
    assert names() == sorted(EXAMPLES)


@pytest.mark.parametrize("person_name", ["花子", None, "花" * 6000])
@pytest.mark.parametrize("language", ["ja", "en", "ko", None])
@pytest.mark.parametrize(("name", "data"), EVERY)
def test_every_notice_can_be_said_to_everybody(name, data, language, person_name):
    assert 1 <= len(say(name, data, language=language, person_name=person_name)) <= 5


@pytest.mark.parametrize(("name", "data"), EVERY)
def test_japanese_and_english_have_the_same_build(name, data):
    japanese, english = say(name, data), say(name, data, language="en")

    assert [message["type"] for message in japanese] == [message["type"] for message in english]


def test_a_name_is_registered_once(register):
    with pytest.raises(ValueError, match=r"'greeting\.hello' is registered twice"):
        register("greeting.hello", push=False)(lambda data, t: [])


def test_an_unknown_notice():
    with pytest.raises(UnknownNotice, match=r"no\.such"):
        say("no.such")
    with pytest.raises(UnknownNotice):
        may_push("no.such")


def test_only_some_notices_are_worth_a_push():
    assert may_push("greeting.hello")
    assert not may_push("dialogs.expired")


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("keywords.answer", {}, "blocks: Field required"),
        ("keywords.answer", {"blocks": []}, "blocks: has 0 instead of 1 to 5"),
        ("dialogs.ask", {"question": "no.such"}, "there is no text 'no.such'"),
        ("dialogs.ask", {"question": "shop.answer.hours"}, "there is no {store}"),
        ("shop.answer", {"topic": "x", "store": {"name": "y"}}, "topic: Input should be 'hours'"),
        ("shop.answer", {"topic": "hours", "store": {"name": ""}}, "{store} is empty"),
    ],
)
def test_wrong_data_is_a_bad_notice(name, data, problem):
    with pytest.raises(BadNotice) as caught:
        say(name, data)

    assert problem in "; ".join(caught.value.problems)
    assert caught.value.name == name


def test_what_line_would_refuse_is_a_bad_notice(register):
    @register("test.long", push=False)
    def long(data, t):
        return [Text(text=t("keywords.fallback"))] * 6

    with pytest.raises(BadNotice, match="messages: has 6 instead of 1 to 5"):
        say("test.long")


def test_a_text_too_long_by_itself_is_named_by_its_key(register):
    @register("test.label", push=False)
    def label(data, t):
        return [Text(text=t("words.ask"), quick_replies=(Say(label=t("keywords.fallback")),))]

    with pytest.raises(BadNotice, match=r"keywords\.fallback is longer than 20 graphemes"):
        say("test.label")


def test_a_bad_notice_repeats_nothing_that_a_person_wrote():
    secret = "電話は090-0000-0000"

    with pytest.raises(BadNotice) as caught:
        say("shop.answer", {"topic": secret, "store": {"name": "x", "memo": secret}})

    assert secret not in str(caught.value)


def test_moments_are_shown_in_the_zone_of_the_shop(register):
    @register("test.zone", push=False)
    def moment(data, t):
        return [Text(text=parse("at", "{at:date} {at:time}").fill(data, t.locale))]

    at = {"at": "2026-11-24T18:30:00+09:00"}

    assert say("test.zone", at)[0]["text"] == "11月24日(火) 18:30"
    assert say("test.zone", at, zone=ZoneInfo("UTC"))[0]["text"] == "11月24日(火) 09:30"


def test_rendering_needs_neither_web_nor_database_nor_sdk():
    code = (
        "import sys, app.messages.catalogue;"
        "sys.exit(bool({'flask', 'sqlalchemy', 'linebot', 'app.line.client'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
