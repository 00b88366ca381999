"""The texts of all languages belong together."""

import re
from pathlib import Path

import pytest

from app.handlers.reserving import RESERVE
from app.handlers.shop import QUESTION
from app.i18n import LANGUAGES
from app.messages import translator
from app.messages.registry import TOKYO
from app.messages.translator import TEXTS, Translator, spellings
from app.messages.words import TextError

DIALOGS = (QUESTION, RESERVE)
REASONS = {f"{dialog.name}.{error.code}" for dialog in DIALOGS for error in dialog.back_on}
FOLDER = Path(translator.__file__).parent / "texts"
KEYS = sorted(TEXTS["ja"])


def test_every_language_has_the_same_keys():
    assert {language: sorted(TEXTS[language]) for language in LANGUAGES} == dict.fromkeys(
        LANGUAGES, KEYS
    )


@pytest.mark.parametrize("key", KEYS)
def test_every_language_has_the_same_placeholders(key):
    found = [
        {(p.name, p.format, p.fallback is not None) for p in TEXTS[language][key].placeholders}
        for language in LANGUAGES
    ]

    assert found == [found[0]] * len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_written_twice(language):
    text = (FOLDER / f"{language}.yaml").read_text()

    assert sorted(re.findall(r"^([a-z_.]+):", text, re.MULTILINE)) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_every_text_is_used(key):
    places = [*FOLDER.parent.glob("*.py"), *FOLDER.parents[1].joinpath("handlers").glob("*.py")]
    code = "".join(path.read_text() for path in places)
    # Topics and facts of a store are put together from a prefix and a name, as are parts of a day.
    built = key.startswith(("shop.answer.", "shop.card.", "shop.topic.", "reservations.day."))
    built = built or key.startswith(("reservations.part.", "reservations.span."))

    assert built or f'"{key}"' in code or key in REASONS


def test_every_reason_to_ask_again_has_a_text():
    assert set(KEYS) >= REASONS


def test_what_a_button_says_can_be_typed_in_every_language():
    assert spellings("shop.topic.hours") == ["営業時間", "Opening hours"]


def test_an_unknown_key_is_a_mistake():
    with pytest.raises(TextError, match=r"there is no text 'no\.such'"):
        Translator("ja", person_name=None, shop="x", zone=TOKYO)("no.such")
