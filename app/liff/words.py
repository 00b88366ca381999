"""The words of the LIFF pages (texts/*.yaml), by page and language."""

import json
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

import yaml
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from app.i18n import LANGUAGES, Language

_FOLDER = Path(__file__).parent / "texts"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Page -> which of the keys it needs, by what is before their first dot.
_SECTIONS: Final[Mapping[str, frozenset[str]]] = {
    "home": frozenset({"common", "problem", "member", "home"}),
    "card": frozenset({"common", "problem", "member", "card"}),
    "coupons": frozenset({"common", "problem", "form", "coupons"}),
    "link": frozenset({"common", "problem", "member", "form", "link"}),
    "profile": frozenset({"common", "problem", "member", "form", "profile"}),
    "points": frozenset({"common", "problem", "points"}),
    "reserve": frozenset({"common", "problem", "form", "reserve"}),
    "order": frozenset({"common", "problem", "form", "orders", "order"}),
    "reorder": frozenset({"common", "problem", "orders", "reorder"}),
    "login": frozenset({"common", "login"}),
    "stores": frozenset({"common", "stores"}),
}


def _load(language: Language) -> dict[str, str]:
    text = (_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    words: dict[str, str] = yaml.load(text, _Loader)
    return words


TEXTS: Final = {language: _load(language) for language in LANGUAGES}
PAGES: Final = tuple(_SECTIONS)


def of_page(page: str, language: Language) -> dict[str, str]:
    """Key -> words of one of PAGES. Placeholders are {name}, filled by whoever says them."""
    sections = _SECTIONS[page]
    return {key: text for key, text in TEXTS[language].items() if key.split(".")[0] in sections}


@cache
def as_json(page: str, language: Language) -> Markup:
    """The same as JSON that may stand in a <script>; in UTF-8, for escapes would double it."""
    plain = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    return htmlsafe_json_dumps(of_page(page, language), dumps=plain)
