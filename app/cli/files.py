"""What commands that import and export files share."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, NoReturn

import click

from app.domain.files.report import Report


@contextmanager
def whole(file: Path) -> Iterator[IO[bytes]]:
    """A file that is there with all it shall hold, or not at all."""
    # Such a file is made for its owner's eyes alone.
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as out:
        part = Path(out.name)
        try:
            yield out
            out.flush()
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def refuse(report: Report, labels: Mapping[str, str]) -> NoReturn:
    """Tell every mistake with its line, and stop; `labels` has the Japanese names of fields."""
    for error in report.errors:
        for problem in error.problems:
            name = labels.get(problem.field, problem.field)
            click.echo(f"{error.line}行目 {name}: {problem.ja}", err=True)
            click.echo(f"  line {error.line} {problem.field}: {problem.en}", err=True)
    if more := report.wrong - len(report.errors):
        click.echo(f"ほかに{more}行 / {more} more rows", err=True)
    raise click.ClickException(
        f"{report.wrong}行に誤りがあり、何も取り込んでいません"
        f" / {report.wrong} rows are wrong, nothing was imported"
    )


def counts(report: Report) -> str:
    """How many rows were what, in words."""
    return (
        f"追加 {report.added}、変更 {report.changed}、変更なし {report.unchanged}"
        f" / {report.added} added, {report.changed} changed, {report.unchanged} unchanged"
    )


def pairs(chosen: Iterable[str]) -> dict[str, str]:
    """Of each HEADER=field of `--map`, the field by its header."""
    return dict(_pair(each) for each in chosen)


def _pair(chosen: str) -> tuple[str, str]:
    header, equals, field = chosen.rpartition("=")
    if not equals:
        raise click.BadParameter(f"{chosen!r} has no =", param_hint="--map")
    return header, field.strip()
