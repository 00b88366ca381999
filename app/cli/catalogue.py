"""`flask catalogue`: the shop's products, in and out as files."""

import os
from pathlib import Path
from typing import IO

import click
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.cli.files import counts, pairs, refuse, whole
from app.domain.catalogue.transfer import exporting, importing
from app.domain.catalogue.transfer.tables import HEADERS, Kind
from app.domain.files.writing import Format

_KIND = click.argument("kind", type=click.Choice(["categories", "products", "items"]))
_FORMAT = click.option(
    "--format", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)


@click.group("catalogue", cls=CalmGroup)
def group() -> None:
    """Import and export categories, products, and what each store makes of them (items)."""


@group.command("import")
@_KIND
@click.argument("file", type=click.File("rb"))
@_FORMAT
@click.option("--map", "chosen", multiple=True, metavar="HEADER=field", help="- leaves one out.")
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@with_appcontext
def import_file(
    kind: Kind, file: IO[bytes], format: Format, chosen: tuple[str, ...], dry_run: bool
) -> None:
    """Add and change what FILE says: all of it, or nothing where a row is wrong."""
    length = os.fstat(file.fileno()).st_size
    with click.progressbar(length=length, label="読み込み / reading") as bar:
        report = importing.import_catalogue(
            kind,
            file,
            format,
            pairs(chosen),
            dry_run=dry_run,
            progress=lambda at: bar.update(at - bar.pos),
        )
    if report.wrong:
        refuse(report, HEADERS[kind])
    done = "確認のみ / dry run" if dry_run else "取り込みました / imported"
    click.echo(f"{done}: {counts(report)}")


@group.command("export")
@_KIND
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@_FORMAT
@with_appcontext
def export_file(kind: Kind, file: Path, format: Format) -> None:
    """Write all of a kind to FILE."""
    with whole(file) as out:
        written = exporting.export_catalogue(kind, out, format)
    click.echo(f"{written}行を書き出しました / exported {written} rows")
