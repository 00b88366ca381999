"""The two languages of everything that people read, and how words they type are compared."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

Language = Literal["ja", "en"]
LANGUAGES: Sequence[Language] = ("ja", "en")


def language_of(tag: str | None) -> Language:
    """The language to speak for a BCP 47 tag; Japanese unless English is asked for."""
    return "en" if (tag or "").lower().partition("-")[0] == "en" else "ja"


def in_language(words: Mapping[str, str], language: Language) -> str:
    """What a record says in a language; Japanese where it has nothing in that one."""
    return words.get(language) or words["ja"]


def plain(text: str) -> str:
    """Text as words are compared: NFKC, case folded, trimmed. Full-width letters are letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded).strip()
