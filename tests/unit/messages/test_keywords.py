"""The closed format of what staff write, and what they are told when it is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages.catalogue import BadNotice, render
from app.messages.keywords import answer_mistakes
from tests.unit.messages.examples import BLOCKS, OPEN, PICK, POSTBACK, SAY, URL

COLUMN = BLOCKS["carousel"]["columns"][0]


def text(ja: str) -> dict:
    return {"blocks": [{"kind": "text", "text": {"ja": ja}}]}


def say(data, language="ja", person_name="花子"):
    return render(
        "keywords.answer", data, language=language, person_name=person_name, shop="こもれび珈琲"
    )


@pytest.mark.parametrize("kind", BLOCKS)
def test_every_kind_of_block_can_be_saved_and_said(kind):
    data = {"blocks": [BLOCKS[kind]]}

    assert answer_mistakes(data) == []
    assert len(say(data)) == 1


def test_a_text_is_said_in_the_persons_language():
    data = {"blocks": [BLOCKS["text"]]}

    assert say(data)[0]["text"] == "花子様"
    assert say(data, "en", "Emma")[0]["text"] == "Dear Emma"
    assert say(data, "en", None)[0]["text"] == "Dear guest"


def test_without_english_everybody_reads_japanese():
    assert say(text("ようこそ"), "en")[0]["text"] == "ようこそ"


def test_several_blocks_are_said_in_order():
    data = {"blocks": [BLOCKS["sticker"], BLOCKS["text"], BLOCKS["card"]]}

    assert [message["type"] for message in say(data)] == ["sticker", "text", "flex"]


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"kind": "video"}, "does not match any of the expected tags"),
        ({"text": {"ja": "x"}}, "Unable to extract tag using discriminator 'kind'"),
        ({"kind": "text", "text": "x"}, "text: a text is written as {ja: ..., en: ...}"),
        ({"kind": "text", "text": {"en": "x"}}, "text: a text is written as {ja: ..., en: ...}"),
        ({"kind": "text", "text": {"ja": "x", "fr": "y"}}, "a text is written as"),
        ({"kind": "text", "text": {"ja": 5}}, "the text in ja is no text"),
        ({"kind": "text", "text": {"ja": " "}}, "the text in ja is empty"),
        ({"kind": "text", "text": {"ja": "x", "en": ""}}, "the text in en is empty"),
        ({"kind": "text", "text": {"ja": "x", "en": "{"}}, "the text in en: '{' is no placeholder"),
        ({"kind": "text", "text": {"ja": "{point}"}}, "the text in ja: there is no {point}"),
        ({"kind": "text", "text": {"ja": "{name}様"}}, "{name} is empty and has no fallback"),
        ({"kind": "text", "text": {"ja": "あ" * 5001}}, "longer than 5,000 UTF-16 units"),
        (BLOCKS["text"] | {"size": "xl"}, "size: Extra inputs are not permitted"),
        (BLOCKS["text"] | {"quick_replies": [SAY] * 14}, "has 14 instead of 0 to 13"),
        (BLOCKS["sticker"] | {"sticker": "x"}, "sticker: String should match pattern"),
        (BLOCKS["image"] | {"url": "http://example.com/a.png"}, "url: String should match"),
        (BLOCKS["image"] | {"url": URL + "x" * 2000}, "url: longer than 2,000 UTF-16 units"),
        (BLOCKS["confirm"] | {"buttons": [SAY]}, "buttons.1: Field required"),
        (BLOCKS["buttons"] | {"text": {"ja": "あ" * 61}}, "longer than 60 graphemes"),
        (
            BLOCKS["buttons"] | {"title": None, "image": None, "text": {"ja": "あ" * 161}},
            "than 160",
        ),
        (BLOCKS["buttons"] | {"buttons": []}, "has 0 instead of 1 to 4"),
        (BLOCKS["card"] | {"buttons": [OPEN | {"uri": "javascript:alert(1)"}]}, "uri: String"),
        (BLOCKS["card"] | {"buttons": [POSTBACK | {"data": "x" * 301}]}, "longer than 300"),
        (BLOCKS["card"] | {"buttons": [SAY | {"label": {"ja": "あ" * 21}}]}, "than 20 graphemes"),
        (BLOCKS["card"] | {"buttons": [PICK | {"mode": "year"}]}, "mode: Input should be"),
        (
            BLOCKS["carousel"] | {"columns": [COLUMN, COLUMN | {"buttons": [SAY, SAY]}]},
            "columns differ in title, image or number of buttons",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(block, told):
    (mistake,) = answer_mistakes({"blocks": [block]})

    assert mistake.startswith("blocks.0")
    assert told in mistake


def test_a_mistake_that_was_saved_all_the_same_is_never_sent():
    with pytest.raises(BadNotice, match=r"keywords\.answer: blocks\.0\.text\.text: .* \{point\}"):
        say(text("{point}"))


def test_five_messages_are_the_most():
    assert answer_mistakes({"blocks": [BLOCKS["text"]] * 6}) == ["blocks: has 6 instead of 1 to 5"]


def test_quick_replies_stand_under_the_last_message():
    data = {"blocks": [BLOCKS["card"], BLOCKS["text"]]}

    assert answer_mistakes(data) == [
        "messages[0]: LINE shows the quick replies of the last message only"
    ]


def test_unknown_fields_are_refused():
    assert answer_mistakes(text("x") | {"when": "now"}) == ["when: Extra inputs are not permitted"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "text", "ja", "en", "blocks", "buttons"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["blocks", "x"]), JSON))
def test_whatever_is_written_is_said_or_told_wrong(data):
    if answer_mistakes(data):
        return
    assert say(data, person_name=None)


@given(ja=st.text(max_size=200), name=st.text(max_size=50))
def test_what_is_saved_can_be_said_to_anybody(ja, name):
    if not answer_mistakes(text(ja)):
        assert say(text(ja), person_name=name)
