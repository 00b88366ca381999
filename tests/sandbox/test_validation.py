"""What LINE refuses in messages, each with the place it names."""

from typing import Any

import pytest
from linebot.v3 import messaging

from sandbox import validate
from tests.sandbox.helpers import Client, text

ACTION = {"type": "message", "label": "はい", "text": "はい"}
PICTURE = "https://example.com/a.png"
EMOJI = {"type": "emoji", "productId": "1", "emojiId": "2"}
SWITCH = {"type": "richmenuswitch", "data": "a", "richMenuAliasId": "a"}
HI = [text("hi")]
PUSH = {"to": "U1", "messages": HI}
MODELS = {
    "push": messaging.PushMessageRequest,
    "reply": messaging.ReplyMessageRequest,
    "multicast": messaging.MulticastRequest,
    "validate": messaging.ValidateMessageRequest,
}
validated = validate.messages(messaging.ValidateMessageRequest)


def flex(**bubble: Any) -> dict[str, Any]:
    return {"type": "flex", "altText": "a", "contents": {"type": "bubble", **bubble}}


def box(*contents: Any) -> dict[str, Any]:
    return {"type": "box", "layout": "vertical", "contents": list(contents)}


def template(**parts: Any) -> dict[str, Any]:
    return {"type": "template", "altText": "a", "template": parts}


def buttons(*actions: Any, **more: Any) -> dict[str, Any]:
    return template(type="buttons", **({"text": "t"} | more), actions=list(actions))


def column(count: int, words: str = "t") -> dict[str, Any]:
    return {"text": words, "actions": [ACTION] * count}


def emoji(index: int) -> dict[str, Any]:
    return {"index": index, "productId": "1", "emojiId": "2"}


def image(original: str = PICTURE, preview: str = PICTURE) -> dict[str, Any]:
    return {"type": "image", "originalContentUrl": original, "previewImageUrl": preview}


def location(title: str) -> dict[str, Any]:
    place = {"latitude": 35.6, "longitude": 139.7}
    return {"type": "location", "title": title, "address": "東京", **place}


def postback(**more: Any) -> dict[str, Any]:
    return {"type": "postback", "label": "t", "data": "d", **more}


def tile(label: str) -> dict[str, Any]:
    return {"imageUrl": PICTURE, "action": {**ACTION, "label": label}}


def button(label: str) -> dict[str, Any]:
    return {"type": "button", "action": {**ACTION, "label": label}}


def carousel(*bubbles: Any) -> dict[str, Any]:
    contents = {"type": "carousel", "contents": list(bubbles)}
    return {"type": "flex", "altText": "a", "contents": contents}


def imagemap(width: int) -> dict[str, Any]:
    size = {"width": width, "height": 1040}
    parts = {"baseUrl": PICTURE, "altText": "a", "baseSize": size, "actions": []}
    return {"type": "imagemap", **parts}


def quick(*actions: Any) -> dict[str, Any]:
    items = [{"type": "action", "action": action} for action in actions]
    return {**text("t"), "quickReply": {"items": items}}


GOOD = [
    text("a" * 5000),
    text("😀" * 2500),
    {"type": "textV2", "text": "{{x}} {a}", "substitution": {"a": EMOJI}},
    {**text("$ hi"), "emojis": [emoji(0)]},
    {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    image(),
    image("http://127.0.0.1:8000/a.png"),
    location("店"),
    quick(ACTION, {"type": "location", "label": "場所"}, {"type": "camera", "label": "写真"}),
    buttons(ACTION, {"type": "uri", "label": "電話", "uri": "tel:0312345678"}),
    buttons({**ACTION, "label": "👨‍👩‍👧‍👦" * 20}),
    template(type="confirm", text="よいですか", actions=[ACTION, ACTION]),
    template(type="carousel", columns=[column(2)] * 10),
    template(type="image_carousel", columns=[tile("a" * 12)]),
    flex(body=box({"type": "text", "text": "t"}, button("a" * 40))),
    carousel(*[{"type": "bubble"}] * 12),
    {**text("t"), "sender": {"name": "店長", "iconUrl": PICTURE}},
    {"type": "coupon", "couponId": "1"},
    imagemap(1040),
]

BAD = [
    ({}, "type"),
    ({"type": "unknown"}, "type"),
    (text(""), "text"),
    (text("a" * 5001), "text"),
    (text("😀" * 2501), "text"),
    ({"type": "text", "text": 5}, "text"),
    ({**text("no dollar"), "emojis": [emoji(0)]}, "emojis[0].index"),
    ({"type": "textV2", "text": "hello {name}"}, "text"),
    ({"type": "textV2", "text": "single { brace"}, "text"),
    ({"type": "sticker", "packageId": "1"}, "stickerId"),
    (image("http://example.com/a.png"), "originalContentUrl"),
    (image(preview="https://[bad"), "previewImageUrl"),
    (image(preview=PICTURE + "a" * 2000), "previewImageUrl"),
    (
        {"type": "location", "title": "a" * 101, "address": "a", "latitude": 1, "longitude": 1},
        "title",
    ),
    (quick(*[ACTION] * 14), "quickReply.items"),
    (quick({**ACTION, "label": "a" * 21}), "quickReply.items[0].action.label"),
    (quick({**ACTION, "text": "a" * 301}), "quickReply.items[0].action.text"),
    (
        quick({"type": "postback", "label": "a", "data": "a" * 301}),
        "quickReply.items[0].action.data",
    ),
    (
        quick({"type": "richmenuswitch", "label": "a", "data": "a", "richMenuAliasId": "a"}),
        "quickReply.items[0].action.type",
    ),
    ({**text("t"), "quickReply": {"items": [{"type": "action"}]}}, "quickReply.items[0].action"),
    (buttons(), "template.actions"),
    (buttons(*[ACTION] * 5), "template.actions"),
    (buttons(ACTION, text="a" * 161), "template.text"),
    (buttons(ACTION, text="a" * 61, title="t"), "template.text"),
    (buttons({"type": "message", "text": "t"}), "template.actions[0].label"),
    (buttons({"type": "location", "label": "t"}), "template.actions[0].type"),
    (buttons({"type": "uri", "label": "t", "uri": "javascript:1"}), "template.actions[0].uri"),
    (buttons({"type": "datetimepicker", "label": "t", "data": "d"}), "template.actions[0].mode"),
    (
        buttons({"type": "postback", "label": "t", "data": "d", "displayText": "a", "text": "b"}),
        "template.actions[0].text",
    ),
    (
        buttons({"type": "postback", "label": "t", "data": "d", "fillInText": "a"}),
        "template.actions[0].fillInText",
    ),
    (template(type="confirm", text="t", actions=[ACTION]), "template.actions"),
    (template(type="carousel", columns=[column(1), column(2)]), "template.columns"),
    (template(type="carousel", columns=[column(1)] * 11), "template.columns"),
    (template(type="carousel", columns=[column(4)]), "template.columns[0].actions"),
    (template(type="image_carousel", columns=[tile("a" * 13)]), "template.columns[0].action.label"),
    (template(type="unknown"), "template.type"),
    ({**flex(), "altText": "a" * 1501}, "altText"),
    (flex(body={"type": "box", "layout": "diagonal", "contents": []}), "contents.body.layout"),
    (flex(body=box({"type": "words"})), "contents.body.contents[0].type"),
    (flex(body=box({"type": "text"})), "contents.body.contents[0].text"),
    (flex(body=box({"type": "text", "text": "a" * 30 * 1024})), "contents"),
    (flex(hero={"type": "image", "url": "http://example.com/a.png"}), "contents.hero.url"),
    (flex(body=box(button("a" * 41))), "contents.body.contents[0].action.label"),
    (carousel(*[{"type": "bubble"}] * 13), "contents.contents"),
    (carousel({"type": "bubble"}, {"type": "bubble", "size": "nano"}), "contents.contents"),
    ({**text("t"), "sender": {"name": "a" * 21}}, "sender.name"),
    ({**text("t"), "sender": {"name": "LINE staff"}}, "sender.name"),
    ({"type": "coupon", "couponId": "1", "deliveryTag": "a" * 31}, "deliveryTag"),
    (imagemap(1000), "baseSize.width"),
]


@pytest.mark.parametrize("message", GOOD)
def test_a_good_message_is_taken(message: dict[str, Any]) -> None:
    assert validated({"messages": [message]}) == []


@pytest.mark.parametrize(("message", "place"), BAD)
def test_a_bad_message_is_refused_with_its_place(message: dict[str, Any], place: str) -> None:
    (problem,) = validated({"messages": [text("fine"), message]})
    assert problem["property"] == f"messages[1].{place}"
    assert problem["message"]


@pytest.mark.parametrize(
    ("endpoint", "body", "place"),
    [
        ("push", {"messages": HI}, "to"),
        ("push", {"to": "U1"}, "messages"),
        ("push", {"to": "U1", "messages": []}, "messages"),
        ("push", {"to": "U1", "messages": [text("t")] * 6}, "messages"),
        ("push", {"to": "U1", "messages": text("t")}, "messages"),
        ("push", {"to": ["U1"], "messages": HI}, "to"),
        ("push", {"to": "U1", "messages": ["t"]}, "messages[0]"),
        (
            "push",
            {"to": "U1", "messages": HI, "notificationDisabled": "no"},
            "notificationDisabled",
        ),
        (
            "push",
            {"to": "U1", "messages": HI, "customAggregationUnits": ["a", "b"]},
            "customAggregationUnits",
        ),
        (
            "push",
            {"to": "U1", "messages": HI, "customAggregationUnits": ["a b"]},
            "customAggregationUnits[0]",
        ),
        ("reply", {"messages": HI}, "replyToken"),
        ("multicast", {"to": "U1", "messages": HI}, "to"),
        ("multicast", {"to": [], "messages": HI}, "to"),
        ("multicast", {"to": ["U1"] * 501, "messages": HI}, "to"),
        ("multicast", {"to": [1], "messages": HI}, "to[0]"),
    ],
)
def test_the_body_around_the_messages_is_checked(
    endpoint: str, body: dict[str, Any], place: str
) -> None:
    (problem,) = validate.messages(MODELS[endpoint])(body)
    assert problem["property"] == place


def test_every_mistake_is_named_in_lines_form(sandbox: Client) -> None:
    answer = sandbox.push("U" + "0" * 32, {"type": "text"}, {"type": "unknown"})
    assert answer.status == 400
    assert answer.body["message"] == "The request body has 2 error(s)"
    assert [detail["property"] for detail in answer.body["details"]] == [
        "messages[0].text",
        "messages[1].type",
    ]
    assert answer.body["details"][1]["message"].startswith("Must be one of the following values: [")
