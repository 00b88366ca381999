"""Texts in a person's language: read once from texts/*.yaml, filled for one person at a time."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Final

import yaml

from app.i18n import LANGUAGES, Language, language_of
from app.messages.placeholders import Locale, Template, parse
from app.messages.words import TextError, Words, of_data

FALLBACK: Final[Language] = "ja"

_FOLDER = Path(__file__).parent / "texts"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _load(language: Language) -> dict[str, Template]:
    text = (_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    return {key: parse(key, words) for key, words in yaml.load(text, _Loader).items()}


TEXTS: Final = {language: _load(language) for language in LANGUAGES}


class Translator:
    """The texts for one person. `{name}` and `{shop}` are known to every text."""

    def __init__(
        self, language: str | None, *, person_name: str | None, shop: str, zone: tzinfo
    ) -> None:
        self.language = language_of(language)
        self.locale = Locale(self.language, zone)
        self._common: dict[str, object] = {"name": person_name, "shop": shop}

    def __call__(self, key: str, /, **values: object) -> Words:
        """Return the text of a key with the values in place. Raises TextError."""
        template = TEXTS[self.language].get(key)
        if template is None:
            raise TextError(f"there is no text {key!r}")
        return template.fill(self._common | values, self.locale)

    def pick(self, written: Mapping[str, object]) -> Words:
        """Return what staff wrote as `{"ja": …, "en": …}`; Japanese where there is no English.

        Raises TextError when it is written otherwise or holds an unknown placeholder.
        """
        if FALLBACK not in written or not set(written) <= set(LANGUAGES):
            raise TextError("a text is written as {ja: ..., en: ...}, and en may be left out")
        language = self.language if self.language in written else FALLBACK
        text = written[language]
        if not isinstance(text, str):
            raise TextError(f"the text in {language} is no text")
        return parse(f"the text in {language}", text).fill(self._common, self.locale)

    def data(self, text: str) -> Words:
        """Return words that come from a record, such as a store's name."""
        return of_data(text)


def spellings(key: str, /, **values: object) -> list[str]:
    """Return a text in every language: what a person may type for it.

    Without values for its placeholders these are left out.
    """
    if values:
        return [str(TEXTS[one][key].fill(values, Locale(one, UTC))) for one in LANGUAGES]
    pieces = [TEXTS[language][key].pieces for language in LANGUAGES]
    return ["".join(piece for piece in text if isinstance(piece, str)) for text in pieces]
