"""What a picture is made of, in the order of painting."""

from dataclasses import dataclass

from app.richmenu.grid import Rect
from app.richmenu.themes import Colour


@dataclass(frozen=True)
class Box:
    """A box with round corners; with `end`, its colour runs diagonally into that.

    `strength` is the share of the colour, 0 to 1, over what lies below.
    """

    rect: Rect
    radius: int
    colour: Colour
    end: Colour | None = None
    strength: float = 1.0


@dataclass(frozen=True)
class Shadow:
    """The soft shadow of a box."""

    rect: Rect
    radius: int
    colour: Colour


@dataclass(frozen=True)
class Rings:
    """Two large rings in the corners of a box, cut off at its edge."""

    rect: Rect
    radius: int
    colour: Colour
    strength: float


@dataclass(frozen=True)
class Words:
    """A text from `x` on its `baseline`. `tile` names what it belongs to, `ink` what it covers."""

    text: str
    face: str
    size: int
    x: int
    baseline: int
    colour: Colour
    tile: str
    ink: Rect


@dataclass(frozen=True)
class Icon:
    """An icon, `size` pixels wide and high."""

    name: str
    size: int
    x: int
    y: int
    colour: Colour


Shape = Box | Shadow | Rings | Words | Icon
