"""The colours of menus, and whether people can read what is written in them."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.richmenu.mistakes import both

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Rgb = tuple[int, int, int]
ThemeName = Literal["komorebi", "sora", "yoru"]
ColourName = Literal[
    "background", "background_end", "shadow", "tile", "ink", "sub",
    "accent", "accent_tint", "warm", "warm_tint", "cool", "cool_tint",
    "filled", "filled_end", "on_filled", "badge", "on_badge",
]  # fmt: skip

TEXT_CONTRAST: Final = 4.5  # WCAG 2.2, 1.4.3 (AA)
ICON_CONTRAST: Final = 3.0  # WCAG 2.2, 1.4.11 (AA)
# How much of `on_filled` lies over a filled tile: under its icon, and in its rings.
CHIP_VEIL: Final = 0.14
RING_VEIL: Final = 0.06


class Theme(BaseModel):
    """A set of colours; `background` and `filled` run diagonally into their `_end`."""

    model_config = ConfigDict(frozen=True)

    background: Colour = "#F6F1E7"
    background_end: Colour = "#EDE3D0"
    shadow: Colour = "#6B5A3A"
    tile: Colour = "#FFFFFF"
    ink: Colour = "#2B2A26"
    sub: Colour = "#6A655B"
    accent: Colour = "#0A7A3C"
    accent_tint: Colour = "#E1F2E8"
    warm: Colour = "#B85F1C"
    warm_tint: Colour = "#FCEBDC"
    cool: Colour = "#1F6FA8"
    cool_tint: Colour = "#E2EFF8"
    filled: Colour = "#0A7E40"
    filled_end: Colour = "#075E30"
    on_filled: Colour = "#FFFFFF"
    badge: Colour = "#C9301F"
    on_badge: Colour = "#FFFFFF"


THEMES: Final[dict[ThemeName, Theme]] = {
    "komorebi": Theme(),
    "sora": Theme(
        background="#EEF4FA", background_end="#DCE8F4", shadow="#2F4A66",
        ink="#1E2A36", sub="#56646F", accent="#1663A6", accent_tint="#E1EDF8",
        filled="#1766AC", filled_end="#0F4678",
    ),
    "yoru": Theme(
        background="#1B1E24", background_end="#111317", shadow="#000000", tile="#2A2F38",
        ink="#F5F2EA", sub="#B9BDC6", accent="#6FD79B", accent_tint="#1F4231",
        warm="#F2B27A", warm_tint="#4A3422", cool="#8CC7F0", cool_tint="#213B50",
        filled="#11703E", filled_end="#0A4F2B",
    ),
}  # fmt: skip


def themed(name: ThemeName, changes: dict[ColourName, Colour]) -> Theme:
    """A theme with some colours of the shop's own."""
    return THEMES[name].model_copy(update={str(name): colour for name, colour in changes.items()})


def unreadable(theme: Theme) -> Iterator[str]:
    """Pairs of colours that differ too little, as reasons in both languages."""
    for ink, ground, least in _pairs(theme):
        found = contrast(ink[1], ground[1])
        if found < least:
            pair = f"{ink[0]} {as_hex(ink[1])} : {ground[0]} {as_hex(ground[1])}"
            yield both(
                f"色の差が足りず読みにくいです（{pair} は {found:.1f}、{least} 以上が必要）",
                f"too little contrast ({pair} is {found:.1f}, needs {least})",
            )


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rgb(colour: Colour) -> Rgb:
    """The parts of "#RRGGBB", 0 to 255."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def as_hex(colour: Rgb) -> Colour:
    """The "#RRGGBB" of three parts."""
    return f"#{bytes(colour).hex().upper()}"


def veiled(ground: Rgb, veil: Rgb, share: float) -> Rgb:
    """A colour with another one laid over it, `share` from 0 (none) to 1 (only the other)."""
    red, green, blue = (
        round(below + (above - below) * share) for below, above in zip(ground, veil, strict=True)
    )
    return red, green, blue


_Named = tuple[str, Rgb]


def _pairs(theme: Theme) -> Iterator[tuple[_Named, _Named, float]]:
    def named(name: ColourName) -> _Named:
        return name, rgb(getattr(theme, name))

    yield named("ink"), named("tile"), TEXT_CONTRAST
    yield named("sub"), named("tile"), TEXT_CONTRAST
    yield named("on_badge"), named("badge"), TEXT_CONTRAST
    yield named("accent"), named("accent_tint"), ICON_CONTRAST
    yield named("warm"), named("warm_tint"), ICON_CONTRAST
    yield named("cool"), named("cool_tint"), ICON_CONTRAST
    light = named("on_filled")
    for name, ground in (named("filled"), named("filled_end")):
        yield light, (name, veiled(ground, light[1], RING_VEIL)), TEXT_CONTRAST
        chip = veiled(veiled(ground, light[1], RING_VEIL), light[1], CHIP_VEIL)
        yield light, (name, chip), ICON_CONTRAST


def _luminance(colour: Rgb) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
