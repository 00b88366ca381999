"""The words of the LIFF pages: the same in both languages, and there where a script says them."""

import re

import pytest

from app.liff import assets, words
from tests.support import tree

STATIC = tree.ROOT / "app" / "static"
SCRIPTS = {
    path.name: path.read_text() for part in ("liff", "web") for path in (STATIC / part).glob("*.js")
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# t("key"), t(`beginning.${name}`), and keys handed on to code that says them.
SECTIONS = "common|problem|member|form|home|card|link|points|profile|reserve|orders|order|reorder"
SAID = re.compile(rf'"((?:{SECTIONS})\.[a-z_]+)"')


def test_both_languages_have_the_same_keys():
    assert list(words.TEXTS["ja"]) == list(words.TEXTS["en"])


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_word_is_written_twice(language):
    file = tree.ROOT / "app" / "liff" / "texts" / f"{language}.yaml"
    written = re.findall(r"^([a-z]+\.[a-z_]+):", file.read_text(), re.MULTILINE)

    assert written == list(words.TEXTS[language])


def test_both_languages_take_the_same_values():
    taken = [
        {key: sorted(PLACEHOLDER.findall(text)) for key, text in words.TEXTS[language].items()}
        for language in ("ja", "en")
    ]

    assert taken[0] == taken[1]


@pytest.mark.parametrize(
    "page", ["home", "card", "link", "points", "profile", "reserve", "reorder", "order"]
)
def test_a_page_has_every_word_that_its_scripts_say(page):
    scripts = [f"{page}.js", *assets.modules(f"{page}.js")]
    said = {key for name in scripts for key in SAID.findall(SCRIPTS[name])}

    # The shared modules of problems and members are on every page.
    assert len(said) > 20
    assert said - words.of_page(page, "ja").keys() == set()


def test_every_word_is_said_somewhere():
    said = "".join(SCRIPTS.values())
    pages = tree.files("app/templates", suffix=".html")
    said += "".join(path.read_text() for path in pages)
    # t(`form.${name}`), and the codes of refusals.
    composed = ("form.", "login.", "points.kind_", "points.filter_")
    composed += ("reserve.day_", "reserve.state_", "reorder.why_", "orders.state_")
    composed += ("order.pickup_", "order.delivery_", "orders.online_")
    # A heading whose text has the same name and `_text`, and ways of paying by ways of getting it.
    composed += ("orders.done_", "order.paid_", "order.unpaid_", "order.pay_", "orders.pay_")
    composed += ("order.money_",)
    titles = {f"{page}.title" for page in words.PAGES}
    unsaid = {key for key in words.TEXTS["ja"] if f'"{key}"' not in said} - titles

    assert {key for key in unsaid if not key.startswith(composed)} == set()


def test_the_english_prefectures_are_in_the_order_of_the_japanese():
    names = words.TEXTS["en"]["form.prefectures"].split(",")

    assert len(names) == 47
    assert (names[0], names[12], names[-1]) == ("Hokkaido", "Tokyo", "Okinawa")
