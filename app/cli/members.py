"""`flask members`: the company's customers, in and out as files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import click
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.domain.members.transfer import exporting, importing
from app.domain.members.transfer.headers import LABELS
from app.domain.members.transfer.importing import Format, Report

_FORMAT = click.option(
    "--format", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)


@click.group("members", cls=CalmGroup)
def group() -> None:
    """Import and export members."""


@group.command("import")
@click.argument("file", type=click.File("rb"))
@_FORMAT
@click.option("--map", "chosen", multiple=True, metavar="HEADER=field", help="- leaves one out.")
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@with_appcontext
def import_file(file: IO[bytes], format: Format, chosen: tuple[str, ...], dry_run: bool) -> None:
    """Add and change members as FILE says: all of it, or nothing where a row is wrong."""
    fields = dict(_pair(each) for each in chosen)
    length = os.fstat(file.fileno()).st_size
    with click.progressbar(length=length, label="読み込み / reading") as bar:
        report = importing.import_members(
            file, format, fields, dry_run=dry_run, progress=lambda at: bar.update(at - bar.pos)
        )
    if report.wrong:
        _refuse(report)
    done = "確認のみ / dry run" if dry_run else "取り込みました / imported"
    click.echo(f"{done}: {_counts(report)}")


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@_FORMAT
@with_appcontext
def export_file(file: Path, format: Format) -> None:
    """Write all members to FILE, which only its owner may read."""
    length = exporting.count()
    with click.progressbar(length=length, label="書き出し / writing") as bar, _whole(file) as out:
        written = exporting.export_members(
            out, format, progress=lambda at: bar.update(at - bar.pos)
        )
    click.echo(f"{written}名を書き出しました / exported {written} members")


@contextmanager
def _whole(file: Path) -> Iterator[IO[bytes]]:
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


def _pair(chosen: str) -> tuple[str, str]:
    header, equals, field = chosen.rpartition("=")
    if not equals:
        raise click.BadParameter(f"{chosen!r} has no =", param_hint="--map")
    return header, field.strip()


def _refuse(report: Report) -> None:
    for error in report.errors:
        for problem in error.problems:
            name = LABELS.get(problem.field, problem.field)
            click.echo(f"{error.line}行目 {name}: {problem.ja}", err=True)
            click.echo(f"  line {error.line} {problem.field}: {problem.en}", err=True)
    if more := report.wrong - len(report.errors):
        click.echo(f"ほかに{more}行 / {more} more rows", err=True)
    raise click.ClickException(
        f"{report.wrong}行に誤りがあり、何も取り込んでいません"
        f" / {report.wrong} rows are wrong, nothing was imported"
    )


def _counts(report: Report) -> str:
    return (
        f"追加 {report.added}、変更 {report.changed}、変更なし {report.unchanged}"
        f" / {report.added} added, {report.changed} changed, {report.unchanged} unchanged"
    )
