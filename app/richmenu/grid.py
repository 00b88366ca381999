"""Where tiles lie: the cells that a grid's rows name, and their pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.richmenu.layout import WIDTH, Menu
from app.richmenu.mistakes import wrong

MARGIN: Final = 44
GAP: Final = 32
TABS: Final = {"large": 212, "compact": 150}  # The height of the row of tabs.
_TAB_INSET: Final = 26
_MOST_CELLS: Final = 12


@dataclass(frozen=True)
class Rect:
    """A rectangle in pixels from the picture's upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def holds(self, other: "Rect") -> bool:
        """Tell whether the other one lies wholly inside."""
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom

    def overlaps(self, other: "Rect") -> bool:
        """Tell whether the two have a pixel in common."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True)
class Span:
    """The cells of one tile: from `left`, `top` up to, but without, `right`, `bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def columns(self) -> int:
        return self.right - self.left

    @property
    def rows(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True)
class Grid:
    """All cells, and the span of each tile in the order of reading."""

    columns: int
    rows: int
    spans: dict[str, Span]


def parse(rows: Sequence[str]) -> Grid:
    """Read the rows; raises ValueError with the reason in both languages."""
    cells = [row.split() for row in rows]
    columns = len(cells[0]) if cells else 0
    if not 1 <= columns <= _MOST_CELLS or len(cells) > _MOST_CELLS:
        most = _MOST_CELLS
        raise wrong(f"縦横とも1〜{most}マスです", f"must have 1 to {most} rows and columns")
    if any(len(row) != columns for row in cells):
        raise wrong("どの行も同じ数にしてください", "all rows must have as many cells")
    names = dict.fromkeys(name for row in cells for name in row)
    return Grid(columns, len(cells), {name: _span(cells, name) for name in names})


def tap_areas(menu: Menu) -> dict[str, Rect]:
    """What can be tapped for each tile; together they leave no gap."""
    grid = parse(menu.grid)
    top = tabs_height(menu)
    across = _edges(0, WIDTH, grid.columns)
    down = _edges(top, menu.height - top, grid.rows)
    return {
        name: Rect(
            across[span.left], down[span.top],
            across[span.right] - across[span.left], down[span.bottom] - down[span.top],
        )
        for name, span in grid.spans.items()
    }  # fmt: skip


def tile_boxes(menu: Menu) -> dict[str, Rect]:
    """What is drawn for each tile: margins outside, gaps between."""
    grid = parse(menu.grid)
    top = tabs_height(menu) or MARGIN
    across = _edges(MARGIN, WIDTH - 2 * MARGIN + GAP, grid.columns)
    down = _edges(top, menu.height - MARGIN - top + GAP, grid.rows)
    return {
        name: Rect(
            across[span.left], down[span.top],
            across[span.right] - across[span.left] - GAP,
            down[span.bottom] - down[span.top] - GAP,
        )
        for name, span in grid.spans.items()
    }  # fmt: skip


def tab_areas(menu: Menu) -> list[Rect]:
    """What can be tapped for each tab."""
    edges = _edges(0, WIDTH, len(menu.tabs))
    height = tabs_height(menu)
    return [Rect(left, 0, right - left, height) for left, right in pairwise(edges)]


def tab_boxes(menu: Menu) -> list[Rect]:
    """What is drawn for each tab: in line with the tiles below."""
    edges = _edges(MARGIN, WIDTH - 2 * MARGIN + GAP, len(menu.tabs))
    height = tabs_height(menu) - 2 * _TAB_INSET
    return [Rect(left, _TAB_INSET, right - left - GAP, height) for left, right in pairwise(edges)]


def tabs_height(menu: Menu) -> int:
    """The height of the row of tabs; 0 without tabs."""
    return TABS[menu.size] if menu.tabs else 0


def _span(cells: Sequence[Sequence[str]], name: str) -> Span:
    at = [(x, y) for y, row in enumerate(cells) for x, cell in enumerate(row) if cell == name]
    across, down = [x for x, _ in at], [y for _, y in at]
    span = Span(min(across), min(down), max(across) + 1, max(down) + 1)
    if len(at) != span.columns * span.rows:
        raise wrong(
            f"「{name}」は長方形にしてください", f"the cells of {name} must form a rectangle"
        )
    return span


def _edges(start: int, length: int, parts: int) -> list[int]:
    """The borders of so many equal parts; a single one, which encloses nothing, for none."""
    return [start + round(length * i / max(parts, 1)) for i in range(parts + 1)]
