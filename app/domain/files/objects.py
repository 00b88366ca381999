"""JSON values of a file, read one at a time whatever its length."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from app.domain.files import limits
from app.domain.files.errors import BadFile

_STEP = 64 * 1024  # Characters read at once.
_SPACE = " \t\r\n"


def objects(text: TextIO) -> Iterator[tuple[int, Any]]:
    """The values of a JSON array, or of a file with one a line, each with the line it begins on.

    Raises BadFile.
    """
    signs = _Characters(text)
    signs.skip(_SPACE)
    in_array = signs.take("[")
    while signs.skip(f"{_SPACE},"):
        if in_array and signs.take("]"):
            if signs.skip(_SPACE):
                raise signs.broken()
            return
        yield signs.line, signs.value()
    if in_array:
        raise signs.broken()


class _Characters:
    """The text that is not read yet, and the line it begins on."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._rest = ""
        self._decoder = json.JSONDecoder()
        self.line = 1

    def skip(self, signs: str) -> bool:
        """Pass over these signs; answers whether anything follows."""
        while True:
            after = self._rest.lstrip(signs)
            self._pass(len(self._rest) - len(after))
            if after or not self._more():
                return bool(after)

    def take(self, sign: str) -> bool:
        """Pass over this sign if it is the next one; answers whether it was."""
        if self._rest.startswith(sign):
            self._pass(1)
            return True
        return False

    def value(self) -> Any:
        """Pass over the next JSON value and answer it; raises BadFile."""
        while True:
            try:
                found, end = self._decoder.raw_decode(self._rest)
            except (ValueError, RecursionError):
                # Perhaps it only goes on beyond what was read.
                if len(self._rest) > limits.CELL or not self._more():
                    raise self.broken() from None
            else:
                self._pass(end)
                return found

    def broken(self) -> BadFile:
        """What to raise where this is no JSON."""
        return BadFile(f"{self.line}行目がJSONではありません / line {self.line} is no JSON")

    def _pass(self, count: int) -> None:
        self.line += self._rest.count("\n", 0, count)
        self._rest = self._rest[count:]

    def _more(self) -> bool:
        part = self._text.read(_STEP)
        self._rest += part
        return bool(part)
