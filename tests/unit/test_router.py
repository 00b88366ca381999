"""The router, and what is read out of LINE's JSON before a listener gets it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from app.handlers import catalogue, reading
from app.handlers.chat import Chat
from app.handlers.reading import Place, Pressed
from app.handlers.router import BadButton, RegisteredTwice, Router
from app.messages.translator import spellings

NOTHING: dict[str, Any] = {}


class Spend(BaseModel):
    amount: int = Field(gt=0)


def listener(chat: Chat) -> None: ...


def test_words_are_compared_without_width_case_and_margins() -> None:
    router = Router()
    router.text("Ｐoints", "ﾎﾟｲﾝﾄ")(listener)

    for said in ("points", " POINTS\n", "ｐｏｉｎｔｓ", "ポイント"):
        assert router.for_text(said, private=True) is listener
    assert router.for_text("points?", private=True) is None


def test_what_follows_a_word_is_handed_on() -> None:
    router, heard = Router(), []
    router.text("coupon", private=True)(listener)
    router.prefix("coupon")(lambda _chat, code: heard.append(code))

    assert router.for_text("coupon ", private=True) is listener
    for said in ("Coupon HARU", "ｃｏｕｐｏｎ\u3000 ＨＡＲＵ "):
        found = router.for_text(said, private=True)
        assert found
        found(None)  # type: ignore[arg-type]
    assert heard == ["haru", "haru"]
    assert router.for_text("couponHARU", private=True) is None
    assert router.for_text("coupon HARU", private=False) is None


def test_a_private_word_is_not_taken_where_nobody_is_known() -> None:
    router = Router()
    router.text("points", private=True)(listener)

    assert router.for_text("points", private=False) is None


def test_what_is_registered_twice_fails_at_import() -> None:
    router = Router()
    router.text("points")(listener)
    router.postback("points.show")(listener)
    router.event("follow")(listener)

    for register in (
        router.text("ＰＯＩＮＴＳ"),
        router.postback("points.show"),
        router.event("follow"),
    ):
        with pytest.raises(RegisteredTwice):
            register(listener)


def test_a_button_is_parsed_before_its_listener_is_called() -> None:
    router = Router()
    spent: list[int] = []
    router.postback("points.spend", Spend)(lambda chat, asked: spent.append(asked.amount))

    found = router.for_button(Pressed("points.spend?amount=30", NOTHING))

    assert found is not None
    found(None)  # type: ignore[arg-type]
    assert spent == [30]


def test_what_a_date_picker_adds_is_read_too() -> None:
    router = Router()
    router.postback("points.spend", Spend)(listener)

    assert router.for_button(Pressed("points.spend", {"amount": "5"})) is not None


@pytest.mark.parametrize("data", ["points.spend", "points.spend?amount=0", "points.spend?amount=x"])
def test_a_button_with_other_data_names_the_fields_and_not_their_values(data: str) -> None:
    router = Router()
    router.postback("points.spend", Spend)(listener)

    with pytest.raises(BadButton, match=r"^amount$"):
        router.for_button(Pressed(data, NOTHING))


def test_a_button_of_nobody_has_no_listener() -> None:
    assert Router().for_button(Pressed("points.spend?amount=1", NOTHING)) is None


def test_the_words_on_our_buttons_are_words_of_the_router() -> None:
    for word in spellings("words.ask"):
        assert catalogue.router.for_text(word, private=True), word


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "follow"}, "follow"),
        ({"type": "message", "message": {"type": "text"}}, "message.text"),
        ({"type": "message", "message": "?"}, "message.unknown"),
        ({"type": 7}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_kinds_of_events(event: dict[str, Any], kind: str) -> None:
    assert reading.kind(event) == kind


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ({"type": "user", "userId": "U1"}, Place(True, "U1")),
        ({"type": "user"}, Place(True, None)),
        ({"type": "group", "groupId": "G1", "userId": "U1"}, Place(False, "G1")),
        ({"type": "room", "roomId": "R1"}, Place(False, "R1")),
        ({"type": "space", "spaceId": "S1"}, Place(False, None)),
        (None, Place(False, None)),
    ],
)
def test_places(source: Any, place: Place) -> None:
    assert reading.place({"source": source}) == place


def said_in_a_group(text: str, *mentionees: dict[str, Any]) -> str | None:
    message = {"type": "text", "text": text, "mention": {"mentionees": list(mentionees)}}
    return reading.text({"source": {"type": "group", "groupId": "G1"}, "message": message})


def test_a_mention_is_cut_out_in_utf_16_units() -> None:
    # 🍰 is two units long, so the mention begins at 3 for LINE and at 2 for Python.
    mention = {"index": 3, "length": 5, "type": "user", "isSelf": True}

    assert said_in_a_group("🍰 @こもれび 営業時間", mention) == "🍰  営業時間"


def test_two_mentions_are_both_cut_out() -> None:
    us = [{"index": index, "length": 2, "isSelf": True} for index in (0, 6)]

    assert said_in_a_group("@a 時間 @b", *us) == "時間"


def test_a_text_that_does_not_mention_us_is_not_for_us() -> None:
    somebody = {"index": 0, "length": 3, "type": "user", "isSelf": False}

    assert said_in_a_group("@太郎 営業時間", somebody, {"type": "all"}) is None
    assert said_in_a_group("営業時間") is None


@given(text=st.text(), index=st.integers() | st.text(), length=st.integers() | st.none())
def test_no_mention_breaks_the_reading(text: str, index: Any, length: Any) -> None:
    assert said_in_a_group(text, {"index": index, "length": length, "isSelf": True}) is not None
