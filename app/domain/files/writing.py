"""Files of records, written some records at a time, in the form that import reads."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import IO, Any, Literal

from app.domain.files.cells import defuse

Format = Literal["csv", "json"]
Pages = Iterable[Sequence[Mapping[str, Any]]]


@contextmanager
def writing(file: IO[bytes], format: Format) -> Iterator[TextIOWrapper]:
    """The file as text: UTF-8, for spreadsheets with its mark. It stays the caller's to close."""
    text = TextIOWrapper(file, "utf-8-sig" if format == "csv" else "utf-8", newline="")
    yield text
    text.detach()


def csv_pages(
    text: TextIOWrapper,
    headers: Sequence[str],
    pages: Pages,
    cells: Callable[[Mapping[str, Any]], Sequence[str]],
) -> Iterator[int]:
    """Write a table with these cells of each record, none of which runs; yields how many."""
    writer = csv.writer(text)
    writer.writerow(headers)
    for page in pages:
        writer.writerows([defuse(cell) for cell in cells(record)] for record in page)
        yield len(page)


def json_pages(text: TextIOWrapper, pages: Pages) -> Iterator[int]:
    """Write an array of objects; yields how many were written."""
    before = "[\n"
    for page in pages:
        for record in page:
            text.write(before + json.dumps(record, ensure_ascii=False))
            before = ",\n"
        yield len(page)
    text.write("[]\n" if before == "[\n" else "\n]\n")
