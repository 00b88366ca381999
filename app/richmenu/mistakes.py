"""What can be wrong with a menu's file, told with file, line and reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import TsunaguError

Loc = tuple[str | int, ...]
"""Where in a file: the keys and positions that lead to a value: ("tiles", "card", "label")."""


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake; `reason` has its words in Japanese, then in English."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class BadLayout(TsunaguError):
    """Files that describe menus have mistakes; nothing of them was accepted."""

    status = 422
    code = "bad_layout"

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        number = len(self.mistakes)
        heading = both(f"{number}件の誤りがあります", f"mistakes: {number}, nothing was accepted")
        super().__init__("\n".join([heading, *map(str, self.mistakes)]))


def wrong(ja: str, en: str) -> ValueError:
    """What a validator raises for a value; its text is the reason."""
    return ValueError(both(ja, en))


def both(ja: str, en: str) -> str:
    """A reason in both languages, Japanese first."""
    return f"{ja} / {en}"
