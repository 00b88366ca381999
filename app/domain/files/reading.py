"""Files of records as text and as the rows of a table, read a row at a time however long."""

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import TextIOWrapper
from typing import IO

from app.domain.files import limits
from app.domain.files.cells import restore
from app.domain.files.errors import BadFile

_STEP = 64 * 1024  # Bytes or characters read at once.

ColumnsOf = Callable[[list[str]], list[str | None]]


@dataclass(frozen=True)
class Row:
    """What one row of a file says, by field, and the line it begins on. `flaw`: it is no row."""

    line: int
    written: Mapping[str, str]
    flaw: tuple[str, str] | None = None


def decoded(file: IO[bytes]) -> TextIOWrapper:
    """The file as text: UTF-8 with or without its mark, else Shift_JIS as Windows has it (cp932).

    Raises BadFile for any other bytes, and for a file that is too large.
    """
    for encoding in ("utf-8-sig", "cp932"):
        if _is(encoding, file):
            return TextIOWrapper(file, encoding, newline="")
    raise BadFile("文字コードは UTF-8 か Shift_JIS です / the file is neither UTF-8 nor Shift_JIS")


def _is(encoding: str, file: IO[bytes]) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    size = 0
    try:
        while part := file.read(_STEP):
            size += len(part)
            if size > limits.BYTES:
                raise BadFile(f"ファイルが大きすぎます / more than {limits.BYTES} bytes")
            if "\x00" in decoder.decode(part):
                return False  # UTF-16, a spreadsheet's own format, a picture ...
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    file.seek(0)
    return True


def csv_rows(text: TextIOWrapper, columns_of: ColumnsOf) -> Iterator[Row]:
    """The rows of a table with a line of headers; blank lines are skipped. Raises BadFile."""
    reader = csv.reader(text, strict=True)
    line = 1
    try:
        headers = next(reader, [])
        if not 0 < len(headers) <= limits.COLUMNS:
            raise BadFile("見出しの行がありません / the first line has no headers, or too many")
        fields = columns_of([restore(cell) for cell in headers])
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(line, fields, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"{line}行目がCSVではありません / line {line} is no CSV: {error}") from None


def _row(line: int, fields: list[str | None], cells: list[str]) -> Row:
    if len(cells) != len(fields):
        flaw = (
            f"見出しは{len(fields)}列ですが{len(cells)}列あります",
            f"has {len(cells)} columns instead of {len(fields)}",
        )
        return Row(line, {}, flaw)
    named = zip(fields, cells, strict=True)
    return Row(line, {field: restore(cell) for field, cell in named if field is not None})
