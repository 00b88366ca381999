"""The closed grammar of placeholders, and promise P21: a value arrives as those very characters."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.messages.placeholders import Locale, Placeholder, parse
from app.messages.words import TextError

JA = Locale("ja", ZoneInfo("Asia/Tokyo"))
EN = Locale("en", ZoneInfo("Asia/Tokyo"))
MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def fill(text: str, locale: Locale = JA, **values: object) -> str:
    return parse("key", text).fill(values, locale)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("いらっしゃいませ", {}, "いらっしゃいませ"),
        ("{name}様", {"name": "花子"}, "花子様"),
        ("{name|お客}様", {"name": "花子"}, "花子様"),
        ("{name|お客}様", {"name": None}, "お客様"),
        ("{name|お客}様", {"name": " \u3000"}, "お客様"),
        ("{name|お客}様", {}, "お客様"),
        ("{n:number}ポイント", {"n": 1280}, "1,280ポイント"),
        ("{n:number}", {"n": Decimal("1280.50")}, "1,280.50"),
        ("{n:number|なし}", {"n": None}, "なし"),
        ("{n}", {"n": 0}, "0"),
        ("{n}", {"n": 1280}, "1280"),
        ("{at:date} {at:time}", {"at": MOMENT}, "11月24日(火) 18:30"),
        ("{at:date} {at:time}", {"at": "2026-11-24T18:30:00+09:00"}, "11月24日(火) 18:30"),
        ("{at:date}", {"at": "2026-12-31T15:00:00Z"}, "1月1日(金)"),
        ("{at:day} {at:clock}", {"at": "2026-11-24T00:30:00-05:00"}, "11月24日(火) 00:30"),
        ("{at:day}", {"at": "2026-11-24"}, "11月24日(火)"),
        ("{{name}}", {}, "{name}"),
        ("{{{name}}}", {"name": "花子"}, "{花子}"),
        ("", {}, ""),
    ],
)
def test_values_are_put_in(text, values, expected):
    assert fill(text, **values) == expected


def test_dates_in_english():
    assert fill("{at:date}, {at:time}", EN, at=MOMENT) == "Tue, 24 Nov, 18:30"


@pytest.mark.parametrize(
    "text",
    [
        "{", "}", "{name", "name}", "{}", "{Name}", "{name }", "{ name}", "{名前}", "{name.x}",
        "{name[0]}", "{name!r}", "{name:>10}", "{name:money}", "{name|}", "{name|a|b}", "{7*7}",
        "{{name}", "{name}}", "{a{b}}",
    ],
)  # fmt: skip
def test_anything_else_in_braces_is_a_mistake(text):
    with pytest.raises(TextError, match="key"):
        parse("key", text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{name}", {}),
        ("{name}", {"name": None}),
        ("{name}", {"name": ""}),
        ("{name}", {"name": ["a"]}),
        ("{name}", {"name": 1.5}),
        ("{n:number}", {"n": "1"}),
        ("{n:number}", {"n": True}),
        ("{at:date}", {"at": "tomorrow"}),
        ("{at:date}", {"at": "2026-11-24T18:30:00"}),
        ("{at:time}", {"at": 5}),
    ],
)
def test_a_missing_or_wrong_value_is_told_by_key_and_name(text, values):
    with pytest.raises(TextError, match=r"key: .*\{(name|n|at)\}"):
        fill(text, **values)


def test_a_text_tells_its_placeholders():
    assert parse("key", "{a|x} {b:number} {{c}}").placeholders == {
        Placeholder("a", None, "x"),
        Placeholder("b", "number", None),
    }


@given(value=st.text().filter(str.strip))
@example("{{7*7}}")
@example("{name}")
@example("{")
@example('"},{"type":"button"')
@example("\x00")
@example("\u202eabc\u202c")
@example("مرحبا")
@example("👨‍👩‍👧 ❤️ 🇯🇵")
@example("%s %(x)s ${x} \\n \\u0000")
def test_a_value_arrives_as_those_very_characters(value):
    assert fill("「{name}」{{{name|x}}}", name=value) == f"「{value}」{{{value}}}"


@given(value=st.text(st.characters()).filter(str.strip))
@example("\ud83d\ude00 \ud83d")
def test_any_value_can_be_sent_as_utf8(value):
    fill("{name}", name=value).encode()


@given(text=st.text(st.sampled_from("{}ab あ")))
def test_only_whole_placeholders_and_doubled_braces_are_taken(text):
    try:
        template = parse("key", text)
    except TextError:
        return
    written = "".join(
        f"{{{piece.name}}}" if isinstance(piece, Placeholder) else piece
        for piece in (
            piece.replace("{", "{{").replace("}", "}}") if isinstance(piece, str) else piece
            for piece in template.pieces
        )
    )
    assert written == text
