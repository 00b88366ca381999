"""A menu as its file describes it. Only the shape is checked here; `checks` looks at the rest."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from app.line import limits
from app.richmenu import actions
from app.richmenu.actions import Action
from app.richmenu.mistakes import Loc, Mistake, both, wrong
from app.richmenu.themes import Colour, ColourName, Theme, ThemeName, themed

WIDTH: Final = 2500
HEIGHTS: Final = {"large": 1686, "compact": 843}

NO_MOMENT: Final = both(
    "2026-12-01T10:00+09:00 のように時差まで書いてください",
    "must be a date and time with its offset, such as 2026-12-01T10:00+09:00",
)

Tone = Literal["accent", "warm", "cool", "filled"]

_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
_NAME = re.compile(r"[\w.-]{1,60}")


def _words(longest: int, least: int = 1) -> Any:
    """A text of one line, `least` to `longest` grapheme clusters long."""

    def check(text: str) -> str:
        if not least <= limits.graphemes(text) <= longest:
            span = f"{least}〜{longest}"
            raise wrong(f"{span}文字で書いてください", f"must have {least} to {longest} characters")
        if _BREAK.search(text) or text != text.strip():
            raise wrong("改行や前後の空白は使えません", "must be one line without spaces around it")
        return text

    return AfterValidator(check)


def _bar(text: str) -> str:
    if limits.utf16_len(text) > limits.RICHMENU_BAR_UNITS:
        longest = limits.RICHMENU_BAR_UNITS
        raise wrong(f"{longest}文字までです", f"must have at most {longest} characters")
    return text


def _action(written: Any) -> Any:
    return actions.parse(written) if isinstance(written, str) else written


def _moment(written: Any) -> Any:
    # Pydantic alone would read a bare number as seconds since 1970.
    if isinstance(written, str) and not _MOMENT.fullmatch(written):
        raise ValueError(NO_MOMENT)
    return written


def _matching(form: re.Pattern[str], ja: str, en: str) -> Any:
    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise wrong(ja, en)
        return text

    return AfterValidator(check)


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Alias = Annotated[
    str,
    _matching(
        actions.ALIAS, "英小文字・数字・_・- で32文字までです", "must be 1 to 32 of a-z, 0-9, _, -"
    ),
]
Name = Annotated[str, _matching(_NAME, "名前が正しくありません", "is no name")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tile(_Part):
    """One thing to tap. `icon` is a name of assets/icons/tabler.yaml; a drawn menu needs it."""

    label: Annotated[str, _words(limits.LABEL)]
    action: Annotated[Action, BeforeValidator(_action)]
    sub: Annotated[str, _words(40, least=0)] = ""
    icon: str | None = None
    tone: Tone = "accent"
    badge: Annotated[str, _words(8, least=0)] = ""


class Tab(_Part):
    """One tab in the row above the tiles; it leads to the menu with this alias."""

    label: Annotated[str, _words(limits.LABEL)]
    alias: Alias


class When(_Part):
    """Who sees the menu and when: all that is given must hold; in a list, one of it.

    Times are with their offset; `until` itself is outside.
    """

    person: Literal["everyone", "linked", "unlinked"] = "everyone"
    tier: tuple[Name, ...] = ()
    tag: tuple[Name, ...] = ()
    store: tuple[Name, ...] = ()
    account: tuple[Name, ...] = ()
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.since and self.until and self.since >= self.until:
            raise wrong("from は until より前にしてください", "from must be before until")
        return self


class Menu(_Part):
    """A menu. Each row of `grid` names its tiles from left to right; a tile may span cells.

    `picture` is a file beside the layout that is used instead of drawing. Among menus that all
    apply to a person, the highest `priority` wins.
    """

    name: Annotated[str, _words(limits.RICHMENU_NAME)]
    bar: Annotated[str, _words(limits.RICHMENU_BAR_UNITS), AfterValidator(_bar)]
    size: Literal["large", "compact"] = "large"
    theme: ThemeName = "komorebi"
    colors: dict[ColourName, Colour] = {}
    open: bool = True
    alias: Alias | None = None
    tabs: tuple[Tab, ...] = ()
    picture: str | None = None
    grid: tuple[str, ...]
    tiles: dict[str, Tile]
    when: When = When()
    priority: int = 0

    @property
    def height(self) -> int:
        """The picture's height in pixels; its width is WIDTH."""
        return HEIGHTS[self.size]

    @property
    def palette(self) -> Theme:
        """The theme with the menu's own colours."""
        return themed(self.theme, self.colors)


@dataclass(frozen=True)
class Layout:
    """A menu, where it was read from, and on which line each of its values stands."""

    path: Path
    menu: Menu
    lines: dict[Loc, int]

    @property
    def slug(self) -> str:
        """Our own name of the menu: its file's name without the ending."""
        return self.path.stem

    @property
    def when(self) -> When:
        """Who sees the menu and when."""
        return self.menu.when

    @property
    def priority(self) -> int:
        """Of several menus that apply, the one with the highest is shown."""
        return self.menu.priority

    def mistake(self, loc: Loc, reason: str) -> Mistake:
        """A mistake at this place of the file."""
        return mistake_at(self.path, self.lines, loc, reason)


def mistake_at(path: Path, lines: dict[Loc, int], loc: Loc, reason: str) -> Mistake:
    """A mistake at this place; where the place itself is missing, at what should hold it."""
    written = loc
    while written and written not in lines:
        written = written[:-1]
    where = ".".join(map(str, loc))
    return Mistake(path.name, lines.get(written, 1), f"{where}: {reason}" if where else reason)
