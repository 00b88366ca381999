"""Pictures that a shop names: an https address, or a file below assets."""

import re
from pathlib import Path
from typing import Final

ASSETS: Final = Path(__file__).parents[2] / "assets"
"""Where a picture that is no address lies."""

# Its origin goes into the policy of the page, so no other sign may stand in it.
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?/[!#-;=?-~]*")
_KINDS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".svg"})


class BadPicture(ValueError):
    """Why it is none, in Japanese and in English."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


def checked(written: str) -> str:
    """A picture's address or name as it was written; raises BadPicture."""
    if _ADDRESS.fullmatch(written):
        return written
    place = (ASSETS / written).resolve()
    if not place.is_relative_to(ASSETS.resolve()) or place.suffix not in _KINDS:
        raise BadPicture(
            "httpsのアドレスか、assetsの下の画像ファイルを書いてください",
            "needs an https address, or a picture's path below assets",
        )
    if not place.is_file():
        raise BadPicture(
            "assetsの下にそのファイルはありません", "there is no such file below assets"
        )
    return written
