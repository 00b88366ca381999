"""Where each part of a menu's picture goes. Nothing is painted here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from app.richmenu import fonts, grid, themes
from app.richmenu.grid import Rect
from app.richmenu.layout import Layout, Menu, Tab, Tile
from app.richmenu.mistakes import BadLayout, Loc, both
from app.richmenu.shapes import Box, Icon, Rings, Shadow, Shape, Words
from app.richmenu.themes import Colour, Theme

_RADIUS: Final = 60
_WIDE: Final = 1.7  # From this ratio on, the icon stands beside the words, not above them.
_BANNER: Final = 1500  # From this width on, an arrow shows that the whole tile can be tapped.
# Smaller letters could not be read: a phone shows the picture at a sixth of its size.
_LEAST_LABEL: Final = 66
_LEAST_SMALL: Final = 44
_COVERS: Final = both("見出しに重なります", "covers the text")
_DOES_NOT_FIT: Final = both("長すぎて入りきりません", "is too long for its place")
_ASCENT: Final = 0.88  # The share of a letter's size above the baseline.

_Kind = tuple[int, int]
"""How many columns and rows a tile has; tiles of one kind have letters of one size."""


@dataclass(frozen=True)
class _Sizes:
    """The measures of the parts of one tile; `sub` is 0 where no tile of the kind has one."""

    pad: int
    chip: int
    gap: int
    label: int
    leading: int
    sub: int

    @property
    def text_height(self) -> int:
        return self.label + (self.leading + self.sub if self.sub else 0)


@dataclass(frozen=True)
class _Placed:
    """A tile and its place."""

    name: str
    tile: Tile
    box: Rect
    kind: _Kind

    @property
    def wide(self) -> bool:
        return self.box.width >= _WIDE * self.box.height


def arrange(layout: Layout) -> list[Shape]:
    """All parts of the picture; raises BadLayout where a text does not fit into its place."""
    menu, theme = layout.menu, layout.menu.palette
    placed = _placed(menu)
    sizes = _all_sizes(placed)
    if tight := [*_tight_tiles(placed, sizes), *_tight_tabs(menu)]:
        raise BadLayout([layout.mistake(loc, reason) for loc, reason in tight])
    tiles = [(one, list(_tile(one, theme, sizes[one.kind]))) for one in placed]
    if covered := [one.name for one, shapes in tiles if _is_covered(one, shapes)]:
        raise BadLayout([layout.mistake(("tiles", name, "badge"), _COVERS) for name in covered])
    return [*_tabs(menu, theme), *(shape for _, shapes in tiles for shape in shapes)]


def _tile(one: _Placed, theme: Theme, sizes: _Sizes) -> Iterator[Shape]:
    yield from _ground(one, theme)
    yield from (_beside if one.wide else _above)(one, theme, sizes)
    if one.tile.badge:
        yield from _badge(one, theme)


def _is_covered(one: _Placed, shapes: list[Shape]) -> bool:
    """Whether the badge hides a part of the other texts."""
    pill = _pill(one)
    texts = [shape.ink for shape in shapes if isinstance(shape, Words)]
    return bool(one.tile.badge) and any(pill.overlaps(ink) for ink in texts if not pill.holds(ink))


def _placed(menu: Menu) -> list[_Placed]:
    spans = grid.parse(menu.grid).spans
    return [
        _Placed(name, menu.tiles[name], box, (spans[name].columns, spans[name].rows))
        for name, box in grid.tile_boxes(menu).items()
    ]


def _all_sizes(placed: list[_Placed]) -> dict[_Kind, _Sizes]:
    """The sizes of each kind of tile: as large as the longest texts of the kind allow."""
    sizes: dict[_Kind, _Sizes] = {}
    for one in placed:
        mine = _wanted(one)
        space = _text_space(one, mine)
        label = fonts.fitting(one.tile.label, "bold", mine.label, space)
        sub = fonts.fitting(one.tile.sub, "regular", mine.sub, space) if one.tile.sub else 0
        known = sizes.get(one.kind)
        if known:
            label = min(label, known.label)
            sub = min(sub, known.sub) if sub and known.sub else sub or known.sub
        sizes[one.kind] = replace(known or mine, label=label, sub=sub)
    return sizes


def _wanted(one: _Placed) -> _Sizes:
    """The sizes for a tile of this shape, before its texts are looked at."""
    height = one.box.height
    if one.wide:
        return _Sizes(
            pad=round(height * 0.14), chip=round(height * 0.44), gap=round(height * 0.1),
            label=_between(_LEAST_LABEL, height * 0.24, 176), leading=round(height * 0.07),
            sub=_between(_LEAST_SMALL, height * 0.14, 74),
        )  # fmt: skip
    side = min(one.box.width, height)
    return _Sizes(
        pad=round(side * 0.07), chip=round(side * 0.4), gap=round(side * 0.09),
        label=_between(_LEAST_LABEL, side * 0.152, 176), leading=round(side * 0.052),
        sub=_between(_LEAST_SMALL, side * 0.076, 74),
    )  # fmt: skip


def _between(least: int, wanted: float, most: int) -> int:
    return min(max(round(wanted), least), most)


def _is_too_small(one: _Placed) -> bool:
    sizes = _wanted(one)
    height = sizes.text_height if one.wide else sizes.chip + sizes.gap + sizes.text_height
    return height > one.box.height * 0.94


def _text_space(one: _Placed, sizes: _Sizes) -> int:
    space = one.box.width - 2 * sizes.pad
    if one.wide:
        space -= sizes.chip + sizes.gap
    if one.box.width >= _BANNER:
        space -= _arrow(one.box) + sizes.gap
    return space


def _tight_tiles(placed: list[_Placed], sizes: dict[_Kind, _Sizes]) -> Iterator[tuple[Loc, str]]:
    for one in placed:
        space = _text_space(one, sizes[one.kind])
        texts = (
            ("label", one.tile.label, "bold", _LEAST_LABEL, space),
            ("sub", one.tile.sub, "regular", _LEAST_SMALL, space),
            ("badge", one.tile.badge, "bold", _badge_size(one.box), one.box.width // 2),
        )
        for field, text, face, least, room in texts:
            if fonts.length(text, face, least) > room:
                yield ("tiles", one.name, field), _DOES_NOT_FIT
        if _is_too_small(one):
            yield ("grid",), both(f"「{one.name}」が小さすぎます", f"{one.name} is too small")


def _ground(one: _Placed, theme: Theme) -> Iterator[Shape]:
    yield Shadow(one.box, _RADIUS, theme.shadow)
    if one.tile.tone == "filled":
        yield Box(one.box, _RADIUS, theme.filled, theme.filled_end)
        yield Rings(one.box, _RADIUS, theme.on_filled, themes.RING_VEIL)
    else:
        yield Box(one.box, _RADIUS, theme.tile)


def _above(one: _Placed, theme: Theme, sizes: _Sizes) -> Iterator[Shape]:
    """Icon, label and sub-label below each other, in the middle of the tile."""
    box = one.box
    top = box.y + (box.height - sizes.chip - sizes.gap - sizes.text_height) // 2
    yield from _chip(one, theme, box.x + (box.width - sizes.chip) // 2, top, sizes.chip)
    baseline = top + sizes.chip + sizes.gap + round(sizes.label * _ASCENT)
    for text, face, size, colour, y in _lines(one.tile, theme, sizes, baseline):
        x = box.x + round((box.width - fonts.length(text, face, size)) / 2)
        yield _words(one.name, text, face, size, x, y, colour)


def _beside(one: _Placed, theme: Theme, sizes: _Sizes) -> Iterator[Shape]:
    """The icon on the left, the words beside it."""
    box = one.box
    left = box.x + sizes.pad
    yield from _chip(one, theme, left, box.y + (box.height - sizes.chip) // 2, sizes.chip)
    height = sizes.text_height if one.tile.sub else sizes.label
    baseline = box.y + (box.height - height) // 2 + round(sizes.label * _ASCENT)
    for text, face, size, colour, y in _lines(one.tile, theme, sizes, baseline):
        yield _words(one.name, text, face, size, left + sizes.chip + sizes.gap, y, colour)
    if box.width >= _BANNER:
        yield from _arrow_shapes(one, theme, sizes)


def _lines(
    tile: Tile, theme: Theme, sizes: _Sizes, baseline: int
) -> Iterator[tuple[str, str, int, Colour, int]]:
    """The tile's texts as (text, face, size, colour, baseline)."""
    filled = tile.tone == "filled"
    yield tile.label, "bold", sizes.label, theme.on_filled if filled else theme.ink, baseline
    if tile.sub:
        below = baseline + sizes.leading + sizes.sub
        yield tile.sub, "regular", sizes.sub, theme.on_filled if filled else theme.sub, below


def _chip(one: _Placed, theme: Theme, x: int, y: int, size: int) -> Iterator[Shape]:
    rect = Rect(x, y, size, size)
    ink, ground, strength = _tone(one.tile, theme)
    yield Box(rect, round(size * 0.31), ground, strength=strength)
    inner = round(size * 0.64)
    inset = (size - inner) // 2
    assert one.tile.icon  # checks.one() lets no tile without an icon be drawn.
    yield Icon(one.tile.icon, inner, x + inset, y + inset, ink)


def _tone(tile: Tile, theme: Theme) -> tuple[Colour, Colour, float]:
    """The icon's colour, and the colour and strength of the chip under it."""
    match tile.tone:
        case "filled":
            return theme.on_filled, theme.on_filled, themes.CHIP_VEIL
        case "warm":
            return theme.warm, theme.warm_tint, 1.0
        case "cool":
            return theme.cool, theme.cool_tint, 1.0
        case "accent":
            return theme.accent, theme.accent_tint, 1.0


def _arrow(box: Rect) -> int:
    return round(box.height * 0.2)


def _arrow_shapes(one: _Placed, theme: Theme, sizes: _Sizes) -> Iterator[Shape]:
    box, size = one.box, _arrow(one.box)
    ink, ground, strength = _tone(one.tile, theme)
    rect = Rect(box.right - sizes.pad - size, box.y + (box.height - size) // 2, size, size)
    yield Box(rect, size // 2, ground, strength=strength)
    inset = round(size * 0.18)
    yield Icon("chevron-right", size - 2 * inset, rect.x + inset, rect.y + inset, ink)


def _badge_size(box: Rect) -> int:
    return max(round(min(box.width, box.height) * 0.064), 40)


def _pill(one: _Placed) -> Rect:
    """The badge's place in the upper right corner of the tile."""
    size = _badge_size(one.box)
    width = round(fonts.length(one.tile.badge, "bold", size) + size * 1.4)
    inset = round(size * (0.5 if one.wide else 0.7))
    return Rect(one.box.right - inset - width, one.box.y + inset, width, round(size * 1.6))


def _badge(one: _Placed, theme: Theme) -> Iterator[Shape]:
    pill = _pill(one)
    yield Box(pill, pill.height // 2, theme.badge)
    yield _centred(one.name, one.tile.badge, _badge_size(one.box), pill, theme.on_badge)


def _tabs(menu: Menu, theme: Theme) -> Iterator[Shape]:
    placed = _tab_boxes(menu)
    size = min((_tab_size(tab.label, rect) for tab, rect in placed), default=0)
    for tab, rect in placed:
        own = tab.alias == menu.alias
        end = theme.filled_end if own else None
        yield Box(rect, rect.height // 2, theme.filled if own else theme.tile, end)
        colour = theme.on_filled if own else theme.ink
        yield _centred(f"tab {tab.alias}", tab.label, size, rect, colour)


def _tab_boxes(menu: Menu) -> list[tuple[Tab, Rect]]:
    return list(zip(menu.tabs, grid.tab_boxes(menu), strict=True))


def _tab_size(label: str, rect: Rect) -> int:
    return fonts.fitting(label, "bold", round(rect.height * 0.46), rect.width - rect.height)


def _tight_tabs(menu: Menu) -> Iterator[tuple[Loc, str]]:
    for number, (tab, rect) in enumerate(_tab_boxes(menu)):
        if _tab_size(tab.label, rect) < _LEAST_SMALL:
            yield ("tabs", number, "label"), _DOES_NOT_FIT


def _centred(tile: str, text: str, size: int, rect: Rect, colour: Colour) -> Words:
    x = rect.x + round((rect.width - fonts.length(text, "bold", size)) / 2)
    # The middle of CJK letters lies 0.38 of their size above the baseline.
    baseline = rect.y + rect.height // 2 + round(size * 0.38)
    return _words(tile, text, "bold", size, x, baseline, colour)


def _words(
    tile: str, text: str, face: str, size: int, x: int, baseline: int, colour: Colour
) -> Words:
    ink = fonts.ink(text, face, size, x, baseline)
    return Words(text, face, size, x, baseline, colour, tile, ink)
