"""A member number as the bars of Code 128 (ISO/IEC 15417), for tills that read nothing else."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final

HEIGHT: Final = 36
QUIET: Final = 10
"""White modules before and after the bars (ISO/IEC 15417, 4.6.2)."""

# The widths of bar, space, bar, … of each value 0 to 105, and of the stop.
_TABLE: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
)
_WIDTHS: Final = _TABLE.split()
_START_B, _START_C, _STOP = 104, 105, 106


@dataclass(frozen=True)
class Bars:
    """`path` draws the bars, each HEIGHT units high, in `width` units with the quiet zones."""

    width: int
    path: str


def drawing(text: str) -> Bars:
    """Draw visible ASCII; an even number of digits takes half the room. Raises ValueError."""
    values = _values(text)
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    widths = [int(each) for value in (*values, check, _STOP) for each in _WIDTHS[value]]
    edges = list(accumulate(widths, initial=QUIET))
    bars = zip(edges[::2], widths[::2], strict=False)
    path = "".join(f"M{x} 0h{width}v{HEIGHT}h-{width}z" for x, width in bars)
    return Bars(edges[-1] + QUIET, path)


def _values(text: str) -> list[int]:
    if not (text and text.isascii() and text.isprintable()):
        raise ValueError("no visible ASCII")
    if text.isdigit() and len(text) % 2 == 0:
        return [
            _START_C,
            *(int(tens + ones) for tens, ones in zip(text[::2], text[1::2], strict=True)),
        ]
    return [_START_B, *(ord(sign) - ord(" ") for sign in text)]
