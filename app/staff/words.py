"""The words of the staff pages (texts/*.yaml)."""

from pathlib import Path
from typing import Final

import yaml
from flask import request

from app.i18n import LANGUAGES, Language, language_of

_FOLDER = Path(__file__).parent / "texts"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _load(language: Language) -> dict[str, str]:
    text = (_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    words: dict[str, str] = yaml.load(text, _Loader)
    return words


TEXTS: Final = {language: _load(language) for language in LANGUAGES}


def language() -> Language:
    """The language that the caller's browser would like."""
    return language_of(request.accept_languages.best_match(LANGUAGES))


def say(key: str) -> str:
    """Words in that language."""
    return TEXTS[language()][key]
