"""Which of the bot's abilities answers an event: at most one, and nobody who did not ask."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import clock
from app.db import db
from app.dialogs.models import DialogState
from app.domain.keywords import service as keywords
from app.domain.people import service as people
from app.domain.people.models import LineUser
from app.domain.shops import service as shops
from app.domain.shops.queries import StoreCard
from app.facts.models import Fact
from app.handlers import dispatch
from app.inbox.models import InboxEvent
from app.inbox.put import put
from app.inbox.run import Inbox
from app.messages import catalogue
from app.outbox.models import OutboxItem
from tests.support.cast import message

Json = dict[str, Any]

NOON = "2026-11-21T12:00:00Z"
GROUP = {"type": "group", "groupId": "G1", "userId": "U1"}


@pytest.fixture
def shop(account: int) -> int:
    """An account with two stores and an answer to 時間 and to 店; answers the account's id."""
    for code, name in (("kichijoji", "吉祥寺店"), ("jimbocho", "神保町店")):
        words = {"ja": name, "en": code.title()}
        shops.put_store(StoreCard(code, words, {"ja": "東京"}, {"ja": "8–20"}, "03-0000-0002"))
    for words in ("時間", "店"):
        answer = [{"kind": "text", "text": {"ja": f"{words}のこと"}}]
        keywords.put(
            account, {"name": words, "kind": "contains", "pattern": words, "answer": answer}
        )
    return account


def receive(account: int, *events: Json) -> str:
    """Let events arrive and be handled; answers the outcome of the last."""
    for event in events:
        put(account, [{"replyToken": "a" * 32, **event}])
        Inbox(dispatch.handle).drain()
    db.session.rollback()
    last = db.session.scalars(select(InboxEvent).order_by(InboxEvent.id.desc()).limit(1)).one()
    assert last.state == "done"
    return str(last.outcome)


def event(kind: str, **changes: Any) -> Json:
    happened = message()
    del happened["message"]
    return happened | {"type": kind} | changes


def pressed(data: str) -> Json:
    return event("postback", postback={"data": data})


def queued(route: str | None = None) -> list[OutboxItem]:
    """What is queued for LINE, oldest first; by default without looks at profiles."""
    db.session.rollback()
    items = db.session.scalars(select(OutboxItem).order_by(OutboxItem.id))
    return [item for item in items if item.route == (route or item.route)]


def said() -> list[str]:
    """The notices of the answers so far."""
    return [item.notice for item in queued() if item.route != "profile"]


def facts() -> list[str]:
    return list(db.session.scalars(select(Fact.kind).order_by(Fact.id)))


def test_a_new_friend_is_greeted_after_one_look_at_their_profile(account: int) -> None:
    assert receive(account, event("follow", follow={"isUnblocked": False})) == "answered"

    look, greeting = queued()
    assert (look.route, look.holds_back) == ("profile", True)
    assert (greeting.route, greeting.notice) == ("reply", "greeting.hello")
    assert greeting.recipient == look.recipient == "U1"
    assert facts() == ["friend.added"]


def test_a_friend_we_know_does_not_wait_for_the_profile(account: int) -> None:
    receive(account, event("follow"))
    person = db.session.scalars(select(LineUser)).one()
    people.know(person.id, name="山田 花子", language="ja", picture_url=None)

    receive(account, event("unfollow"), event("follow", follow={"isUnblocked": True}))

    assert [look.holds_back for look in queued("profile")] == [True, False]
    assert said() == ["greeting.hello", "greeting.welcome_back"]
    assert facts() == ["friend.added", "friend.blocked", "friend.returned"]


def test_a_follow_that_comes_after_its_block_is_not_greeted(account: int) -> None:
    late = event("follow", timestamp=clock.to_ms(clock.now()) - 1000)

    assert receive(account, event("unfollow"), late) == "noted"
    assert queued() == []
    assert facts() == ["friend.blocked", "friend.added"]


@pytest.mark.parametrize(
    ("age", "life"), [(0, 50), (60, 50), (20 * 60 - 10, 10), (20 * 60 + 5, -5)]
)
def test_a_reply_token_lives_a_minute_and_twenty_after_the_event(
    shop: int, age: int, life: int
) -> None:
    with freeze_time(NOON):
        receive(shop, message("時間") | {"timestamp": clock.to_ms(clock.after(-age))})

        (answer,) = queued("reply")
        assert answer.reply_until == clock.after(life)


def test_nothing_is_said_on_standby(shop: int) -> None:
    standby = {"mode": "standby"}

    assert receive(shop, event("follow", **standby)) == "noted"
    assert receive(shop, message("時間", **standby)) == "ignored"
    assert receive(shop, pressed("dialog.cancel?d=shop&s=topic") | standby) == "ignored"
    assert said() == []
    assert facts() == ["friend.added"]


def test_a_person_without_an_id_is_answered_and_not_remembered(shop: int) -> None:
    nobody = {"source": {"type": "user"}}

    receive(shop, event("follow", **nobody), message("時間", **nobody), message("質問", **nobody))

    assert said() == ["greeting.hello", "keywords.answer", "keywords.fallback"]
    assert {item.recipient for item in queued()} == {None}
    assert db.session.scalars(select(LineUser)).all() == []


def test_a_group_is_answered_only_when_it_names_us(shop: int) -> None:
    us = {"mentionees": [{"index": 0, "length": 5, "isSelf": True}]}
    named = message(source=GROUP)
    named["message"] |= {"text": "@こもれび 時間は?", "mention": us}

    assert receive(shop, message("時間", source=GROUP)) == "ignored"
    sticker = message(source=GROUP) | {"message": {"id": "1", "type": "sticker"}}
    assert receive(shop, sticker) == "ignored"
    assert receive(shop, named) == "answered"

    (answer,) = queued()
    assert (answer.notice, answer.recipient, answer.person_id) == ("keywords.answer", "G1", None)
    assert db.session.scalars(select(LineUser)).all() == []


def test_a_dialog_does_not_begin_in_a_group(shop: int) -> None:
    named = message(source=GROUP)
    us = {"mentionees": [{"index": 0, "length": 5, "isSelf": True}]}
    named["message"] |= {"text": "@こもれび 質問", "mention": us}

    receive(shop, named, pressed("dialog.answer?d=shop&s=topic&v=hours") | {"source": GROUP})

    assert said() == ["keywords.fallback"]
    assert db.session.scalars(select(DialogState)).all() == []


def test_the_order_in_which_abilities_are_asked(shop: int) -> None:
    for words, notice in (
        ("ゾウ", "keywords.fallback"),
        ("やめる", "dialogs.nothing_to_cancel"),
        ("質問", "dialogs.ask"),
        ("質問", "dialogs.ask"),  # Our own words go before the dialog,
        ("営業時間", "dialogs.ask"),  # its answers before the keywords,
        ("お店はどこ", "keywords.answer"),  # keywords before its "what was that?",
        ("ゾウ", "dialogs.wrong"),  # and that before the fallback.
        ("２", "shop.answer"),
        ("２", "keywords.fallback"),
    ):
        receive(shop, message(words))
        assert said()[-1] == notice, words
    assert len(said()) == 9


def test_the_fallback_that_staff_wrote_speaks_instead_of_ours(shop: int) -> None:
    blocks = [{"kind": "text", "text": {"ja": "お電話ください"}}]
    keywords.put(shop, {"name": "else", "kind": "fallback", "answer": blocks})

    receive(shop, message("ゾウ"), message("質問"), message("ゾウ"))

    assert said() == ["keywords.answer", "dialogs.ask", "dialogs.wrong"]


def test_the_small_dialog_by_buttons(shop: int) -> None:
    receive(shop, message("質問する"))
    receive(shop, pressed(queued("reply")[-1].notices[0]["data"]["choices"][0]["data"]))
    receive(shop, pressed(queued("reply")[-1].notices[0]["data"]["choices"][1]["data"]))

    assert said() == ["dialogs.ask", "dialogs.ask", "shop.answer"]
    assert queued("reply")[-1].notices[0]["data"]["store"]["name"]["ja"] == "神保町店"
    assert db.session.scalars(select(DialogState)).all() == []


def test_all_that_is_said_can_be_said_in_both_languages(shop: int) -> None:
    for words in (
        "質問",
        "ゾウ",
        "営業時間",
        "戻る",
        "やめる",
        "やめる",
        "質問",
        "4",
        "1",
        "店",
        "象",
    ):
        receive(shop, message(words))
    receive(shop, event("follow"), event("follow", follow={"isUnblocked": True}))
    receive(shop, pressed("dialog.answer?d=shop&s=topic&v=hours"))

    every = [one for item in queued() for one in item.notices if item.route != "profile"]
    assert len({one["notice"] for one in every}) == 10
    for one in every:
        for language in ("ja", "en"):
            how = {"language": language, "person_name": None, "shop": "こもれび珈琲"}
            assert catalogue.render(one["notice"], one["data"], **how), one


def test_the_same_event_twice_is_answered_once(shop: int) -> None:
    again = message("時間")

    receive(shop, again, again | {"deliveryContext": {"isRedelivery": True}})

    assert said() == ["keywords.answer"]


def test_a_button_that_cannot_be_read_is_answered_calmly(
    account: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert receive(account, pressed("dialog.answer?d=shop&v=sehr-geheim")) == "answered"
    assert said() == ["keywords.fallback"]
    assert "sehr-geheim" not in caplog.text


def test_a_button_of_somebody_else_is_left_alone(account: int) -> None:
    assert receive(account, pressed("richmenu-switch")) == "ignored"
    assert said() == []


def test_what_nothing_takes_logs_how_to_take_it(
    account: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "app.handlers"):
        assert receive(account, event("videoPlayComplete")) == "ignored"

    assert "@router.event('videoPlayComplete')" in caplog.text


def test_a_stranger_is_looked_up_once_a_day_and_the_answer_does_not_wait(shop: int) -> None:
    with freeze_time(NOON) as now:
        for _ in range(2):
            receive(shop, message("時間"))
        assert [look.holds_back for look in queued("profile")] == [False]
        now.tick(timedelta(days=1))
        receive(shop, message("時間"))
    assert len(queued("profile")) == 2


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
PARTS = ("mode", "source", "message", "postback", "follow", "unsend", "replyToken", "timestamp")
KINDS = ("message", "postback", "follow", "unfollow", "unsend", "messageEdited", "join")
INNER = ("type", "id", "text", "mention", "mentionees", "data", "params", "userId", "messageId")

parts = st.dictionaries(st.sampled_from(INNER), json, max_size=4) | json


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(KINDS),
    given_parts=st.dictionaries(st.sampled_from(PARTS), parts, max_size=5),
    private=st.booleans(),
)
def test_no_event_breaks_a_handler(
    account: int, kind: str, given_parts: Json, private: bool
) -> None:
    source = {"source": {"type": "user", "userId": "U1"}} if private else {}
    put(account, [{"type": kind, **source, **given_parts}])
    Inbox(dispatch.handle).drain()

    db.session.rollback()
    left = db.session.scalars(select(InboxEvent).where(InboxEvent.state == "pending")).all()
    assert [(row.payload, row.outcome) for row in left] == []


# Rich menus


def test_the_tile_of_the_usual_order_is_answered_where_no_store_takes_orders(shop: int) -> None:
    assert receive(shop, pressed("orders.again")) == "answered"
    assert said() == ["usual.closed"]


@pytest.mark.parametrize("status", ["SUCCESS", "RICHMENU_NOTFOUND"])
def test_a_tab_is_noted_without_a_word(shop: int, status: str) -> None:
    params = {"newRichMenuAliasId": "shops", "status": status}
    data = "richmenu.switched?to=shops"
    assert receive(shop, event("postback", postback={"data": data, "params": params})) == "noted"
    assert said() == []
