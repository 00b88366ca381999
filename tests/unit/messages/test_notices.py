"""What people read: the notices of each feature, and promise P21 through whole messages."""

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.line.limits import QUICK_REPLIES
from app.messages.catalogue import render
from tests.unit.messages.examples import CHOICES, QUESTION, STORE

SHOP = "こもれび珈琲"
NASTY = st.text(min_size=1, max_size=60).filter(str.strip)


def say(name, data=None, *, language="ja", person_name="山田 花子") -> list[dict[str, Any]]:
    return render(name, data or {}, language=language, person_name=person_name, shop=SHOP)


def quick_replies(message: dict[str, Any]) -> dict[str, str]:
    """Label and data (or text) of each quick reply."""
    actions = [item["action"] for item in message["quickReply"]["items"]]
    return {action["label"]: action.get("data") or action["text"] for action in actions}


def build(value: Any) -> Any:
    """The shape of a message: all of it but the characters of its texts."""
    if isinstance(value, dict):
        return {key: build(child) for key, child in value.items()}
    if isinstance(value, list):
        return [build(child) for child in value]
    return "text" if isinstance(value, str) else value


def test_a_new_friend_is_greeted_by_name():
    text, card = say("greeting.hello")

    assert text["text"].startswith("山田 花子様、はじめまして。\nこもれび珈琲です。")
    assert card["type"] == "flex"
    assert list(quick_replies(card)) == ["営業時間", "メニュー", "質問する"]


def test_a_friend_without_a_name_is_greeted_too():
    assert say("greeting.hello", person_name=None)[0]["text"].startswith("お客様、はじめまして。")


def test_an_english_speaker_is_greeted_in_english():
    text, card = say("greeting.hello", language="en", person_name="Emma")

    assert text["text"].startswith("Hello Emma, and welcome to こもれび珈琲.")
    assert list(quick_replies(card)) == ["Opening hours", "Menu", "Ask a question"]


def test_a_question_offers_its_answers():
    (message,) = say("dialogs.ask", QUESTION)

    assert message["text"] == "お店について、どのようなことをお知りになりたいですか。"
    assert quick_replies(message) == {
        "営業時間": "topic=hours",
        "神保町店": "store=2",
        "戻る": "back",
        "やめる": "cancel",
    }


def test_a_question_without_answers_to_tap():
    (message,) = say("dialogs.ask", {"question": "shop.ask_topic"})

    assert "quickReply" not in message


@pytest.mark.parametrize("count", [1, 11, 12, 13, 14, 40, 100])
@pytest.mark.parametrize("controls", [{}, {"cancel": "c"}, {"back": "b", "cancel": "c"}])
def test_pages_show_every_answer_once(count, controls):
    choices = [{"text": f"選択{n}", "data": f"n={n}"} for n in range(count)]
    asked = {"question": "shop.ask_store", "choices": choices, "more": "page="} | controls
    seen, page = [], 0
    while page is not None:
        shown = list(quick_replies(say("dialogs.ask", asked | {"page": page})[0]).items())
        assert len(shown) <= QUICK_REPLIES
        seen += [data for _, data in shown if data.startswith("n=")]
        following = dict(shown).get("次へ")
        page = int(following.removeprefix("page=")) if following else None

    assert seen == [f"n={n}" for n in range(count)]


def test_a_page_leads_back_to_the_one_before():
    choices = [{"text": f"選択{n}", "data": f"n={n}"} for n in range(40)]
    asked = {"question": "shop.ask_store", "choices": choices, "more": "page=", "page": 2}

    assert quick_replies(say("dialogs.ask", asked)[0])["前へ"] == "page=1"


def test_a_page_that_is_not_there_shows_the_nearest():
    asked = QUESTION | {"page": 99}

    assert say("dialogs.ask", asked) == say("dialogs.ask", QUESTION)


def test_a_wrong_answer_is_told_what_is_possible_and_asked_again():
    reason, question = say("dialogs.wrong", QUESTION)

    assert reason["text"] == "申し訳ありません。次の中からお選びください。\n・営業時間\n・神保町店"
    assert [question] == say("dialogs.ask", QUESTION)


def test_a_wrong_answer_to_an_open_question():
    reason, _ = say("dialogs.wrong", {"question": "shop.ask_store"})

    assert reason["text"] == "申し訳ありません、うまく読み取れませんでした。"


def test_a_wrong_answer_with_its_own_reason():
    reason, _ = say("dialogs.wrong", {"question": "shop.ask_store", "reason": "dialogs.expired"})

    assert reason["text"].startswith("しばらくお返事がなかったため")


def test_a_question_about_the_shop_is_answered_with_the_stores_card():
    text, card, thanks = say("shop.answer", {"topic": "seats", "store": STORE})

    assert text["text"].startswith("吉祥寺店のお席とご予約は、お電話で承っております。")
    assert card["altText"] == "吉祥寺店"
    call, place = (button["action"] for button in card["contents"]["footer"]["contents"])
    assert call["uri"] == "tel:0422001111"
    assert unquote(place["uri"]).endswith(STORE["address"])
    assert thanks["text"].startswith("お問い合わせありがとうございました。")


def test_a_store_known_in_two_languages_is_told_in_the_persons():
    record = {
        "code": "kichijoji",
        "name": {"ja": "吉祥寺店", "en": "Kichijoji"},
        "hours": {"ja": "8時から20時", "en": ""},
        "phone": "0422-00-1111",
    }
    asked = {"topic": "hours", "store": record}

    assert say("shop.answer", asked)[1]["altText"] == "吉祥寺店"
    text, card, _ = say("shop.answer", asked, language="en")
    assert text["text"] == "Here are the opening hours of Kichijoji."
    assert "8時から20時" in str(card)


def test_a_card_leaves_out_what_the_store_has_not_told():
    _, card, _ = say("shop.answer", {"topic": "hours", "store": {"name": "神保町店"}})

    assert "footer" not in card["contents"]
    assert len(card["contents"]["body"]["contents"]) == 1


@given(name=NASTY)
@example("{{7*7}}")
@example('"},{"type":"button"')
@example("\x00")
@example("\u202e花子")
@example("👨‍👩‍👧")
def test_a_name_arrives_as_those_very_characters(name):
    usual = say("greeting.hello")
    greeted = say("greeting.hello", person_name=name)

    assert greeted[0]["text"] == usual[0]["text"].replace("山田 花子", name)
    assert build(greeted) == build(usual)


@given(name=NASTY, hours=NASTY, address=NASTY)
@example("{{7*7}}", '"},{"type":"button"', "%00\x00&query=x#")
def test_what_a_record_holds_arrives_as_those_very_characters(name, hours, address):
    store = STORE | {"name": name, "hours": hours, "address": address}
    usual = say("shop.answer", {"topic": "hours", "store": STORE})
    answered = say("shop.answer", {"topic": "hours", "store": store})

    assert answered[0]["text"] == usual[0]["text"].replace("吉祥寺店", name)
    title, _, *rows = answered[1]["contents"]["body"]["contents"]
    values = [row["contents"][1]["text"] for row in rows]
    assert (title["text"], values[0], values[2]) == (name, hours, address)
    assert (
        unquote(answered[1]["contents"]["footer"]["contents"][1]["action"]["uri"]).endswith(
            f"&query={address}"
        )
        or len(answered[1]["contents"]["footer"]["contents"]) == 1
    )


@given(choice=st.text(min_size=1).filter(str.strip))
@example("名" * 400)
@example("{name}")
def test_a_choice_is_shown_whole_and_shortened_only_on_its_button(choice):
    asked = QUESTION | {"choices": [*CHOICES, {"text": choice, "data": "x"}]}
    (message,) = say("dialogs.ask", asked)
    action = message["quickReply"]["items"][2]["action"]

    assert action["data"] == "x"
    for shown in (action["label"], action["displayText"]):
        assert shown == choice or choice.startswith(shown.removesuffix("…"))


@given(data=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3))
def test_notices_without_data_ignore_it(data):
    assert say("greeting.welcome_back", data) == say("greeting.welcome_back")
