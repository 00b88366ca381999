"""Shortening: data gives way, texts do not, and no emoji or letter falls apart."""

import pytest
import regex
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.line.limits import graphemes, utf16_len
from app.messages.words import Part, TextError, Words, clean, clusters, joined, of_data, units

FAMILY = "👨‍👩‍👧"
SIZES = st.builds(
    lambda make, limit: make(limit), st.sampled_from([units, clusters]), st.integers(4, 40)
)


def greeting(name: str) -> Words:
    return Words("hello", [Part(name, data=True), Part("様", data=False)])


def test_a_text_that_fits_stays():
    assert greeting("花子").fit(clusters(3)) == "花子様"


def test_data_is_shortened_before_the_rest_of_the_text():
    assert greeting("山田 花子").fit(clusters(4)) == "山田…様"


def test_an_emoji_is_never_cut():
    assert greeting(FAMILY * 2).fit(units(16)) == f"{FAMILY}…様"
    assert greeting(FAMILY * 3).fit(clusters(3)) == f"{FAMILY}…様"


def test_the_longest_value_gives_way_first():
    words = Words("k", [Part("短い", True), Part("と", False), Part("とても長い名前", True)])

    assert words.fit(clusters(7)) == "短いととても…"


def test_a_text_too_long_by_itself_is_told_by_its_key():
    with pytest.raises(TextError, match="hello is longer than 2 graphemes"):
        Words("hello", [Part("ようこそ", data=False), Part("花子", data=True)]).fit(clusters(2))


def test_one_cluster_cannot_hold_a_book():
    assert utf16_len(of_data("e" + "\u0301" * 9000).fit(clusters(20))) <= 20 * 20


def test_joined_texts_keep_what_is_data():
    text = joined("、", [greeting("山田 花子"), of_data("吉祥寺店")])

    assert (text, text.key) == ("山田 花子様、吉祥寺店", "hello")
    assert text.fit(clusters(10)) == "山田 …様、吉祥寺店"


def test_halves_of_surrogate_pairs_are_replaced_or_joined():
    assert clean("a\ud83db") == "a\ufffdb"
    assert clean("\ud83d\ude00") == "😀"


@given(name=st.text(min_size=1), size=SIZES)
@example("🇯" * 50, clusters(4))
@example("か\u3099" * 50, units(4))
@example("\r\n" * 50, clusters(4))
def test_whatever_the_name_the_text_fits(name, size):
    text = greeting(name).fit(size)

    assert size.measure(text) <= size.limit
    assert (graphemes(text) if size.unit == "graphemes" else utf16_len(text)) <= size.limit
    assert text.endswith("様")


@given(name=st.text(min_size=30), size=SIZES)
def test_what_is_left_is_the_beginning_of_the_name_by_whole_clusters(name, size):
    text = greeting(name).fit(size)
    assume(text != f"{name}様")

    left = text.removesuffix("…様")
    whole = regex.findall(r"\X", name)
    assert left in {"".join(whole[:n]) for n in range(len(whole) + 1)}
