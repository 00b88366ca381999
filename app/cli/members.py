"""`flask members`: the company's customers, in and out as files."""

import os
from pathlib import Path
from typing import IO, Any

import click
import yaml
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.cli.files import counts, pairs, refuse, whole
from app.db import transaction
from app.domain.audit import service as audit
from app.domain.files.writing import Format
from app.domain.links import passwords
from app.domain.members import queries, service
from app.domain.members.errors import BadAttribute
from app.domain.members.transfer import exporting, importing
from app.domain.members.transfer.headers import LABELS
from app.domain.shops import service as shops

_FORMAT = click.option(
    "--format", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)


@click.group("members", cls=CalmGroup)
def group() -> None:
    """Import and export members, suspend and resume memberships."""


@group.command("import")
@click.argument("file", type=click.File("rb"))
@_FORMAT
@click.option("--map", "chosen", multiple=True, metavar="HEADER=field", help="- leaves one out.")
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@with_appcontext
def import_file(file: IO[bytes], format: Format, chosen: tuple[str, ...], dry_run: bool) -> None:
    """Add and change members as FILE says: all of it, or nothing where a row is wrong."""
    fields = pairs(chosen)
    length = os.fstat(file.fileno()).st_size
    with click.progressbar(length=length, label="読み込み / reading") as bar:
        report = importing.import_members(
            file, format, fields, dry_run=dry_run, progress=lambda at: bar.update(at - bar.pos)
        )
    if report.wrong:
        refuse(report, LABELS)
    done = "確認のみ / dry run" if dry_run else "取り込みました / imported"
    click.echo(f"{done}: {counts(report)}")


@group.command("attributes")
@click.argument("file", required=False, type=click.File("r", encoding="utf-8"))
@with_appcontext
def attributes(file: IO[str] | None) -> None:
    """Define the shop's own fields of a member as a YAML FILE says, and list them."""
    with transaction():
        for written in _definitions(file) if file else ():
            service.define(written)
    for one in queries.attributes().values():
        choices = f": {'、'.join(one.choices)}" if one.choices else ""
        click.echo(f"attribute:{one.key} {one.type} {one.label['ja']}{choices}")


@group.command("set-password")
@click.argument("number")
@click.argument("hashed", type=click.File("r"), default="-")
@with_appcontext
def set_password(number: str, hashed: IO[str]) -> None:
    """Keep the hash of a member's password (argon2 or scrypt), read from a pipe."""
    passwords.keep(_member(number), hashed.read().strip())


@group.command("suspend")
@click.argument("number")
@click.option("--reason", required=True, help="Kept with the member and in the audit log.")
@with_appcontext
def suspend(number: str, reason: str) -> None:
    """Stop a membership at the counter; codes that are shown end at once."""
    member_id = _member(number)
    with transaction():
        service.suspend(member_id, reason)
        audit.note("members.suspended", actor=None, about=f"member/{member_id}", reason=reason)
    click.echo(f"{number}: 利用を停止しました / suspended")


@group.command("resume")
@click.argument("number")
@with_appcontext
def resume(number: str) -> None:
    """End a suspension."""
    member_id = _member(number)
    with transaction():
        service.resume(member_id)
        audit.note("members.resumed", actor=None, about=f"member/{member_id}")
    click.echo(f"{number}: 利用を再開しました / resumed")


@group.command("bars")
@click.argument("shown", type=click.Choice(["on", "off"]))
@with_appcontext
def bars(shown: str) -> None:
    """Show the member number on cards as a bar code too, for tills that read nothing else."""
    shops.show_bars(shown == "on")
    click.echo(f"バーコード bar code: {shown}")


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@_FORMAT
@with_appcontext
def export_file(file: Path, format: Format) -> None:
    """Write all members to FILE, which only its owner may read."""
    length = exporting.count()
    with click.progressbar(length=length, label="書き出し / writing") as bar, whole(file) as out:
        written = exporting.export_members(
            out, format, progress=lambda at: bar.update(at - bar.pos)
        )
    click.echo(f"{written}名を書き出しました / exported {written} members")


def _definitions(file: IO[str]) -> list[Any]:
    """The list `attributes` of a file; raises BadAttribute."""
    try:
        written = yaml.safe_load(file)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadAttribute(f"{file.name} is no YAML") from error
    known = isinstance(written, dict) and set(written) == {"attributes"}
    if not known or not isinstance(written["attributes"], list):
        raise BadAttribute(f"{file.name} has a list `attributes`, and nothing else")
    return [*written["attributes"]]


def _member(number: str) -> int:
    member = queries.by_number(number)
    if member is None:
        raise click.ClickException(f"会員番号 {number} はありません / there is no member {number}")
    return member.id
