"""What a member's fields may hold: each rule by examples, and by what must hold for every value."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.members import limits, rules
from app.domain.members.attributes import Attribute
from app.domain.members.errors import BadValue

few = settings(max_examples=50)
TODAY = date(2026, 11, 22)


# Member numbers


@pytest.mark.parametrize(
    ("digits", "digit"), [("7992739871", "3"), ("411111111111111", "1"), ("0", "0")]
)
def test_the_check_digit_is_luhns(digits, digit):
    assert rules.check_digit(digits) == digit


@few
@given(st.from_regex(r"9[0-9]{14}", fullmatch=True), st.integers(1, 15), st.integers(1, 9))
def test_one_wrong_digit_is_found(digits, place, off):
    number = digits + rules.check_digit(digits)
    wrong = str((int(number[place]) + off) % 10)
    assert rules.number(number) == number
    with pytest.raises(BadValue):
        rules.number(number[:place] + wrong + number[place + 1 :])


def test_a_new_number_is_right_and_no_other_has_it():
    numbers = {rules.new_number() for _ in range(100)}
    assert len(numbers) == 100
    assert {rules.number(number) for number in numbers} == numbers


def test_our_own_number_may_be_written_in_groups():
    number = rules.new_number()
    grouped = "-".join(number[at : at + 4] for at in range(0, 16, 4))
    full_width = number.translate(
        {ord(str(digit)): "０１２３４５６７８９"[digit] for digit in range(10)}
    )
    assert rules.number(grouped) == rules.number(full_width) == number


@pytest.mark.parametrize(
    ("written", "kept"), [("a-001", "A-001"), (" Ｋ１２ ", "K12"), ("1", "1"), ("0042", "0042")]
)
def test_numbers_of_an_older_system_are_kept(written, kept):
    assert rules.number(written) == kept


# Contact


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("090-1234-5678", "+819012345678"),
        ("０９０（１２３４）５６７８", "+819012345678"),
        ("03 1234 5678", "+81312345678"),
        ("0422-00-0001", "+81422000001"),
        ("0120-444-444", "+81120444444"),
        ("0800-123-4567", "+818001234567"),
        ("050-1234-5678", "+815012345678"),
        ("+81 90 1234 5678", "+819012345678"),
        ("+81 (0)90-1234-5678", "+819012345678"),
        ("0081-3-1234-5678", "+81312345678"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("090−1234−5678", "+819012345678"),
        ("090ー1234ー5678", "+819012345678"),
    ],
)
def test_phone_numbers(written, kept):
    assert rules.phone(written) == kept


@few
@given(st.from_regex(r"0(?:[6789]0[0-9]{8}|[1-9][1-9][0-9]{7})", fullmatch=True))
def test_a_phone_number_comes_back_as_it_was(written):
    assert rules.shown_phone(rules.phone(written)) == written


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Hanako@Example.CO.JP", "hanako@example.co.jp"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "hanako@example.com"),
        (" a..b.@docomo.ne.jp ", "a..b.@docomo.ne.jp"),
    ],
)
def test_e_mail_addresses(written, kept):
    assert rules.email(written) == kept


@pytest.mark.parametrize("written", ["180-0004", "１８０−０００４", "〒1800004", "180ー0004"])
def test_postcodes(written):
    assert rules.postal_code(written) == "1800004"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("東京", "東京都"), ("京都", "京都府"), ("北海道", "北海道"), ("大阪府", "大阪府")],
)
def test_prefectures(written, kept):
    assert rules.prefecture(written) == kept
    assert len(set(rules.PREFECTURES)) == 47


# Names


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("やまだ　はなこ", "ヤマダ ハナコ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ ハナコ"),
        ("ヴァイオレット・ー", "ヴァイオレット・ー"),
    ],
)
def test_readings_become_katakana(written, kept):
    assert rules.kana(written) == kept


@few
@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3096), min_size=1, max_size=30))
def test_a_reading_is_its_own_reading(written):
    assert rules.kana(rules.kana(written)) == rules.kana(written)


def test_the_characters_of_a_name_stay_what_they_are():
    # NFC would make 神 of the first and 塚 of the second.
    assert rules.text(" 神谷 塚 ", limits.NAME) == "神谷 塚"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("女性", "female"), ("Ｍ", "male"), ("その他", "other"), ("回答しない", None)],
)
def test_genders(written, kept):
    assert rules.gender(written) == kept


# Dates


@pytest.mark.parametrize(
    "written",
    [
        *("2001-02-03", "2001/2/3", "２００１．２．３", "20010203", "2001年2月3日"),
        *("平成13年2月3日", "H13.2.3", "h13-2-3"),
    ],
)
def test_days(written):
    assert rules.day(written) == date(2001, 2, 3)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("S1.12.25", date(1926, 12, 25)),
    ],
)
def test_eras_begin_and_end(written, kept):
    assert rules.day(written) == kept


@few
@given(st.dates(date(1900, 1, 1), TODAY))
def test_every_birthday_is_read(day):
    assert rules.birthday(day.isoformat(), TODAY) == day


# Refusals


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        *(
            (rules.number, w)
            for w in ("あ", "-1", "1" * 21, "A_1", "９１２３４５６７８９０１２３４５")
        ),
        *(
            (rules.phone, w)
            for w in ("9012345678", "090-1234-567", "03-1234-56789", "+", "+81", "電話")
        ),
        *(
            (rules.email, w)
            for w in ("a", "a@b", "@b.jp", "a@b..jp", "a@-b.jp", f"{'a' * 65}@b.jp")
        ),
        (rules.email, f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.jp"),
        *((rules.postal_code, w) for w in ("180-000", "12345678", "abc")),
        *((rules.prefecture, w) for w in ("東", "Tokyo", "京")),
        *((rules.kana, w) for w in ("山田", "Yamada", "ヤ\nマ\x00", "ア" * 101)),
        *((rules.gender, w) for w in ("x", "男女")),
        *((rules.day, w) for w in ("2001-02-29", "1/2/2001", "H31.5.1", "昭和64年1月8日", "1-2-3")),
        *((rules.day, w) for w in ("2001-13-01", "令和", "H99.1.1", "0000-01-01")),
        *(
            (lambda w: rules.text(w, 10), w)
            for w in ("a\nb", "a\x00", "a" * 11, "\ud800", "a\u2028b")
        ),
    ],
)
def test_what_breaks_a_rule_is_told_in_both_languages_without_the_value(rule, written):
    with pytest.raises(BadValue) as refused:
        rule(written)
    assert any("\u3040" <= sign <= "\u9fff" for sign in refused.value.ja)
    assert refused.value.en.isascii()
    assert len(written) < 6 or written not in str(refused.value)


@pytest.mark.parametrize("written", ["2026-11-23", "1895-12-31", "昭和64年1月8日"])
def test_a_birthday_nobody_can_have(written):
    with pytest.raises(BadValue):
        rules.birthday(written, TODAY)


# The shop's own fields


@pytest.mark.parametrize(
    ("type", "written", "kept"),
    [
        ("text", " 小麦 ", "小麦"),
        ("number", "１，２３４", 1234),
        ("number", "-1.5", -1.5),
        ("date", "2001/2/3", "2001-02-03"),
        ("choice", "ｍ", "M"),
        ("flag", "はい", True),
        ("flag", "0", False),
    ],
)
def test_attributes_are_typed(type, written, kept):
    found = Attribute("x", type, {"ja": "x"}, ("S", "M")).read(written)
    assert (found, found.__class__) == (kept, kept.__class__)


@pytest.mark.parametrize(
    ("type", "written"),
    [
        *(("number", w) for w in ("x", "1e400", "nan", "1" * 400)),
        *(("date", "soon"), ("choice", "L"), ("flag", "maybe"), ("text", "x" * 501)),
    ],
)
def test_attributes_refuse_what_is_not_of_their_type(type, written):
    with pytest.raises(BadValue):
        Attribute("x", type, {"ja": "x"}, ("S", "M")).read(written)
