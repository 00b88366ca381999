"""What members are asked to agree to: the shop's words in assets/consents.yaml, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from app.domain.files.errors import Problem

_FILE = Path(__file__).parents[3] / "assets" / "consents.yaml"


@dataclass(frozen=True)
class Purpose:
    """One thing to agree to; `title` and `text` map "ja" and "en" to words."""

    purpose: str
    version: str
    required: bool
    title: dict[str, str]
    text: dict[str, str]


@cache
def purposes() -> tuple[Purpose, ...]:
    """All of them, in the order in which they are shown."""
    return tuple(Purpose(**entry) for entry in yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def missing(given: Mapping[str, bool]) -> list[Problem]:
    """The required ones that were not given."""
    return [
        Problem(f"consents.{known.purpose}", "同意が必要です", "is needed")
        for known in purposes()
        if known.required and not given.get(known.purpose)
    ]


def said(given: Mapping[str, bool]) -> list[tuple[str, str, bool]]:
    """What somebody said, as (purpose, version of its words, given), to the purposes we know."""
    return [
        (known.purpose, known.version, given[known.purpose])
        for known in purposes()
        if known.purpose in given
    ]
