"""Members as JSON objects, read one at a time whatever the length of the file."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, TextIO

from app.domain.members import limits
from app.domain.members.attributes import shown
from app.domain.members.errors import BadFile
from app.domain.members.form import ATTRIBUTE, EXTERNAL_ID
from app.domain.members.transfer.reading import ColumnsOf, Row

_STEP = 64 * 1024  # Characters read at once.
_KINDS = 100  # Sets of keys to remember; most files have one.
_SPACE = " \t\r\n"
_NESTED = {"attributes": ATTRIBUTE, "external_ids": EXTERNAL_ID}


def json_rows(text: TextIO, columns_of: ColumnsOf) -> Iterator[Row]:
    """The objects of a JSON array, or of a file with one a line. Raises BadFile.

    `attributes` and `external_ids` are objects of their own. Keys that are no fields stop the
    import, as unknown headers of a table do.
    """
    columns = lru_cache(_KINDS)(lambda keys: columns_of(list(keys)))
    for line, found in _objects(_Characters(text)):
        flat = _flat(found)
        if flat is None:
            yield Row(line, {}, ("会員のオブジェクトではありません", "is no object of a member"))
            continue
        named = zip(columns(tuple(flat)), flat.values(), strict=True)
        yield Row(line, {field: value for field, value in named if field is not None})


def _objects(signs: "_Characters") -> Iterator[tuple[int, Any]]:
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
                if len(self._rest) > limits.IMPORT_CELL or not self._more():
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


def _flat(found: Any) -> Mapping[str, str] | None:
    """The object with `attributes` and `external_ids` put in line, all values as words."""
    if not isinstance(found, dict):
        return None
    flat: dict[str, Any] = {}
    for key, value in found.items():
        if key in _NESTED and isinstance(value, dict):
            flat |= {f"{_NESTED[key]}{inner}": inside for inner, inside in value.items()}
        else:
            flat[key] = value
    if any(isinstance(value, dict | list) for value in flat.values()):
        return None
    return {key: "" if value is None else shown(value) for key, value in flat.items()}
