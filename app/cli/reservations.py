"""`flask reservations`: what can be reserved, and what was reserved elsewhere, as files."""

import os
from pathlib import Path
from typing import IO

import click
from flask.cli import with_appcontext

from app.cli import reservation_setup
from app.cli.calm import CalmGroup
from app.cli.files import counts, refuse
from app.domain.reservations import transfer
from app.domain.staff import roles
from app.domain.staff.actor import Actor

_CONSOLE = Actor(0, roles.OWNER, "console", None, None, 0)


@click.group("reservations", cls=CalmGroup)
def group() -> None:
    """Set up and import reservations."""


@group.command("setup")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def setup(file: Path) -> None:
    """Put services, resources, hours and rules of a YAML FILE in place: all of them, or nothing."""
    reservation_setup.put(file)
    click.echo("設定しました / in place")


@group.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@with_appcontext
def import_file(file: IO[bytes], dry_run: bool) -> None:
    """Take the reservations of a CSV FILE: all of them, or none where a row is wrong."""
    length = os.fstat(file.fileno()).st_size
    with click.progressbar(length=length, label="読み込み / reading") as bar:
        report = transfer.import_reservations(
            file, _CONSOLE, dry_run=dry_run, progress=lambda at: bar.update(at - bar.pos)
        )
    if report.wrong:
        refuse(report, transfer.LABELS)
    done = "確認のみ / dry run" if dry_run else "取り込みました / imported"
    click.echo(f"{done}: {counts(report)}")
