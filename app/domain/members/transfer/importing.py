"""Import: every row is read, checked and matched first; a file without a mistake is applied."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import IO, Literal

from app.domain.members import limits, queries
from app.domain.members.errors import BadFile, Problem
from app.domain.members.form import Draft, Form
from app.domain.members.transfer import headers
from app.domain.members.transfer.matching import Matcher, Wanted
from app.domain.members.transfer.objects import json_rows
from app.domain.members.transfer.reading import Row, csv_rows, decoded
from app.domain.members.transfer.staging import Staging
from app.domain.shops import queries as shops

Format = Literal["csv", "json"]

_AT_ONCE = 200  # Rows; keeps each staging transaction under 5 ms.


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row; `line` is where it begins in the file, the first line is 1."""

    line: int
    problems: list[Problem]


@dataclass
class Report:
    """What came of a file. With `wrong` rows nothing was imported; `errors` has the first ones."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.added + self.changed + self.unchanged + self.wrong

    def count(self, wanted: Iterable[Wanted]) -> None:
        """Take in what good rows want."""
        for each in wanted:
            if each.member_id is None:
                self.added += 1
            elif each.changes:
                self.changed += 1
            else:
                self.unchanged += 1

    def refuse(self, line: int, problems: list[Problem]) -> None:
        """Take in a wrong row."""
        self.wrong += 1
        if len(self.errors) < limits.IMPORT_ERRORS:
            self.errors.append(RowError(line, problems))


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
            report.count(wanted)
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


def _checked(part: list[Row], form: Form, matcher: Matcher, report: Report) -> list[Wanted]:
    drafts: list[tuple[int, Draft]] = []
    for row in part:
        draft = form.read(row.written)
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
