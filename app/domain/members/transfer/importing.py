"""Import: every row is read, checked and matched first; a file without a mistake is applied."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from functools import partial
from itertools import islice
from typing import IO

from app.domain.files.errors import BadFile, Problem
from app.domain.files.reading import Row, csv_rows, decoded
from app.domain.files.report import Report
from app.domain.files.writing import Format
from app.domain.members import limits, queries
from app.domain.members.form import Draft, Form
from app.domain.members.transfer import headers
from app.domain.members.transfer.matching import Matcher, Wanted
from app.domain.members.transfer.objects import json_rows
from app.domain.members.transfer.parts import joined
from app.domain.members.transfer.staging import Staging
from app.domain.shops import queries as shops

_AT_ONCE = 200  # Rows; keeps each staging transaction under 5 ms.


def import_members(
    file: IO[bytes],
    format: Format = "csv",
    chosen: Mapping[str, str] | None = None,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> Report:
    """Add and change members as a file says: all of it, or nothing where a row is wrong.

    A row is the member with its external id, else with its number, else a new one. Columns that are
    not there stay as they are, empty cells empty their field. `chosen` maps headers to fields, see
    headers.columns. `progress` is told how many bytes have been read.

    Raises BadFile, MembersChanged (nothing was imported then) and NoCompany.
    """
    form, report = queries.form(), Report()
    company_id = shops.company_id()
    text = decoded(file)
    rows_of = {"csv": csv_rows, "json": json_rows}[format]
    rows = rows_of(text, partial(headers.columns, form=form, chosen=chosen or {}))
    matcher = Matcher(company_id)
    with nullcontext() if dry_run else Staging(company_id) as staging:
        while part := list(islice(rows, _AT_ONCE)):
            wanted = _checked(part, form, matcher, report)
            _count(report, wanted)
            if report.rows > limits.IMPORT_ROWS:
                raise BadFile(f"行が多すぎます / more than {limits.IMPORT_ROWS} rows")
            if staging and not report.wrong:
                staging.put(wanted)
            progress(file.tell())
        if staging and not report.wrong:
            staging.apply()
    text.detach()  # The file is the caller's to close.
    report.errors.sort(key=lambda error: error.line)
    return report


def _count(report: Report, wanted: Iterable[Wanted]) -> None:
    """Take in what good rows want."""
    for each in wanted:
        if each.member_id is None:
            report.added += 1
        elif each.changes:
            report.changed += 1
        else:
            report.unchanged += 1


def _checked(part: list[Row], form: Form, matcher: Matcher, report: Report) -> list[Wanted]:
    drafts: list[tuple[int, Draft]] = []
    for row in part:
        draft = form.read(joined(row.written))
        problems = [Problem("", *row.flaw)] if row.flaw else draft.problems
        if problems:
            report.refuse(row.line, problems)
        else:
            drafts.append((row.line, draft))
    wanted = []
    for (line, _draft), found in zip(drafts, matcher.match(drafts), strict=True):
        if isinstance(found, Wanted):
            wanted.append(found)
        else:
            report.refuse(line, found)
    return wanted
