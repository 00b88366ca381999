"""Files of gift codes: UTF-8, one code a line or one column of a table."""

import csv
import io
from typing import IO

from app.domain.coupons import limits
from app.domain.coupons.errors import BadGiftFile

Codes = list[tuple[int, str]]


def codes(file: IO[bytes], column: str | None = None) -> Codes:
    """The codes of a file with the lines they begin on; `column` names the header above them.

    Without `column` each line is one code, and a table is refused. Raises BadGiftFile, whose words
    hold no code.
    """
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    found: Codes = []
    problems: list[tuple[int, str, str]] = []
    place = _place(next(reader, []), column) if column else 0
    line = reader.line_num + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                code, problem = _code(cells, place, table=column is not None)
                found.append((line, code))
                problems += [(line, *problem)] if problem else []
            line = reader.line_num + 1
    except csv.Error:
        problems.append((line, "CSVとして読めません", "is no CSV"))
    if len(found) > limits.GIFT_ROWS:
        most = f"{limits.GIFT_ROWS:,}"
        problems.append((line, f"{most}件までです", f"a file has at most {most} codes"))
    if problems:
        raise BadGiftFile(problems)
    return found


def _text(file: IO[bytes]) -> str:
    content = file.read(limits.GIFT_BYTES + 1)
    if len(content) > limits.GIFT_BYTES:
        most = f"{limits.GIFT_BYTES:,}"
        words = (f"{most}バイトまでです", f"a file has at most {most} bytes")
        raise BadGiftFile([(1, *words)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadGiftFile([(line, "UTF-8ではありません", "is not UTF-8")]) from None


def _place(headers: list[str], column: str) -> int:
    names = [header.strip() for header in headers]
    if names.count(column) != 1:
        words = ("その見出しの列がありません", "has not one column with that header")
        raise BadGiftFile([(1, *words)])
    return names.index(column)


def _code(cells: list[str], place: int, *, table: bool) -> tuple[str, tuple[str, str] | None]:
    if not table and len(cells) != 1:
        return "", (
            "列が複数あります。--column で選んでください",
            "has columns: choose one by --column",
        )
    code = cells[place].strip() if place < len(cells) else ""
    if not code or not code.isprintable() or len(code) > limits.GIFT_CODE:
        most = limits.GIFT_CODE
        return "", (
            f"コードは1〜{most}文字です",
            f"needs a code of 1 to {most} characters",
        )
    return code, None
