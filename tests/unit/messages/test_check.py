"""The last check before sending, against LINE's limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.line.limits import graphemes, utf16_len
from app.messages.catalogue import render
from app.messages.check import problems
from tests.unit.messages.examples import EVERY, URL

OK = {"type": "text", "text": "x"}
SAY = {"type": "message", "label": "x", "text": "x"}
COLUMN = {"text": "x", "actions": [SAY]}
ITEM = {"type": "action", "action": SAY}


def template(**fields):
    return {"type": "template", "altText": "x", "template": fields}


def buttons(**fields):
    return template(**({"type": "buttons", "text": "x", "actions": [SAY]} | fields))


def flex(*contents, alt="x"):
    body = {"type": "box", "layout": "vertical", "contents": list(contents)}
    return {"type": "flex", "altText": alt, "contents": {"type": "bubble", "body": body}}


@pytest.mark.parametrize(("name", "data"), EVERY)
def test_every_notice_passes(name, data):
    assert problems(render(name, data, language="ja", person_name=None, shop="x")) == []


@pytest.mark.parametrize("count", [0, 6])
def test_a_call_takes_one_to_five_messages(count):
    assert problems([OK] * count) == [f"messages: has {count} instead of 1 to 5"]


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ({"type": "poem"}, "messages[0]: unknown type"),
        ({}, "messages[0]: unknown type"),
        ({"type": "text"}, "messages[0].text: is empty"),
        ({"type": "text", "text": " \n"}, "messages[0].text: is empty"),
        ({"type": "text", "text": "𠮷" * 2501}, ".text: is longer than 5,000 UTF-16 units"),
        (OK | {"quickReply": {"items": [ITEM] * 14}}, "items: has 14 instead of 1 to 13"),
        (OK | {"quickReply": {"items": []}}, "items: has 0 instead of 1 to 13"),
        (OK | {"quickReply": {"items": [{"action": SAY | {"label": "x" * 21}}]}}, "20 graphemes"),
        ({"type": "sticker", "packageId": "1", "stickerId": ""}, "stickerId: is no number"),
        ({"type": "image", "originalContentUrl": URL}, "previewImageUrl: is no address"),
        (buttons(text="あ" * 161), "template.text: is longer than 160 graphemes"),
        (buttons(text="あ" * 61, title="x"), "template.text: is longer than 60 graphemes"),
        (buttons(text="あ" * 61, thumbnailImageUrl=URL), "text: is longer than 60 graphemes"),
        (buttons(title="あ" * 41), "template.title: is longer than 40 graphemes"),
        (buttons(actions=[SAY] * 5), "template.actions: has 5 instead of 1 to 4"),
        (buttons(actions=[{"type": "dance", "label": "x"}]), "actions[0]: unknown type"),
        (buttons(actions=[SAY | {"text": "あ" * 301}]), "text: is longer than 300 graphemes"),
        (
            buttons(actions=[{"type": "postback", "label": "x", "data": "𠮷" * 151}]),
            "data: is longer than 300 UTF-16 units",
        ),
        (
            buttons(actions=[{"type": "postback", "label": "x", "data": "x", "displayText": ""}]),
            "displayText: is empty",
        ),
        (buttons(actions=[{"type": "uri", "label": "x", "uri": "ftp://x"}]), "uri: is no address"),
        (
            buttons(actions=[{"type": "uri", "label": "x", "uri": f"{URL}{'x' * 1000}"}]),
            "uri: is longer than 1,000",
        ),
        (template(type="confirm", text="x", actions=[SAY]), "actions: needs exactly 2"),
        (template(type="confirm", text="x" * 241, actions=[SAY, SAY]), "longer than 240"),
        (template(type="carousel", columns=[]), "columns: has 0 instead of 1 to 10"),
        (
            template(
                type="carousel", columns=[{"text": "x", "actions": [SAY] * n} for n in (1, 2)]
            ),
            "columns: the number of actions differs",
        ),
        (template(type="image_map"), "template: unknown type"),
        (flex({"type": "text", "text": ""}), "body.contents[0].text: is empty"),
        (flex({"type": "text", "text": "x" * 30_720}), "is larger than 30,720 bytes"),
        (flex({"type": "text", "text": "x"}, alt="x" * 1501), "altText: is longer than 1,500"),
        (flex({"type": "image", "url": "http://x/y.png"}), "url: is no address that LINE takes"),
        (
            flex({"type": "button", "action": SAY | {"label": "x" * 41}}),
            "contents[0].action.label: is longer than 40 graphemes",
        ),
    ],
)
def test_what_line_would_refuse_is_told(message, problem):
    assert problem in "; ".join(problems([message]))


def test_a_flex_carousel_has_twelve_bubbles_in_50_kb():
    bubble = flex({"type": "text", "text": "x" * 9_000})["contents"]
    many = {
        "type": "flex",
        "altText": "x",
        "contents": {"type": "carousel", "contents": [bubble] * 13},
    }

    assert problems([many]) == [
        "messages[0].contents: has 13 instead of 1 to 12",
        "messages[0].contents: is larger than 51,200 bytes",
    ]


@given(st.text(max_size=6000))
def test_a_text_passes_exactly_when_line_takes_it(text):
    assert (problems([{"type": "text", "text": text}]) == []) == (
        bool(text.strip()) and utf16_len(text) <= 5000
    )


@given(st.text(max_size=60))
def test_a_label_passes_exactly_when_line_takes_it(label):
    message = buttons(actions=[SAY | {"label": label}])

    assert (problems([message]) == []) == (bool(label.strip()) and graphemes(label) <= 20)
