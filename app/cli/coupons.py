"""`flask coupon`: the shop's coupons and gift codes, until there are pages for them."""

from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import click
import yaml
from flask import current_app
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.domain.coupons import gift_files, gifts, queries, rules, service
from app.domain.coupons.errors import BadCoupon, BadGiftFile
from app.domain.members import queries as members

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 20


@click.group("coupon", cls=CalmGroup)
def group() -> None:
    """Define, list and issue coupons."""


@group.command("put")
@click.argument("file", type=_FILE)
@with_appcontext
def put(file: Path) -> None:
    """Define the coupons and gift pools of a YAML file, or change those that are there."""
    written = read(file)
    for coupon in written.get("coupons", []):
        service.put(coupon)
    for pool in written.get("gift_pools", []):
        gifts.put(pool)
    click.echo(
        f"クーポン coupons {len(written.get('coupons', []))},"
        f" ギフト gift pools {len(written.get('gift_pools', []))}"
    )


@group.command("list")
@with_appcontext
def list_all() -> None:
    """List all coupons and pools with how many were given out."""
    zone = ZoneInfo(current_app.config["TIME_ZONE"])
    for one in queries.defined():
        of = f"/{one.stock:,}" if one.stock is not None else ""
        until = f", ～{rules.last_day(one.ends_at, zone)}" if one.ends_at else ""
        state = "" if one.active else ", 停止中 stopped"
        click.echo(f"{one.code}: {one.title['ja']}, 発行 issued {one.issued:,}{of}{until}{state}")
    for pool in queries.pools():
        click.echo(f"{pool.name}: {pool.title['ja']}, 残り left {pool.free:,}")


@group.command("issue")
@click.argument("code")
@click.option("--member", "number", required=True, help="Member number.")
@click.option("--cause", help="Names why; the same cause issues once. By default once a member.")
@with_appcontext
def issue(code: str, number: str, cause: str | None) -> None:
    """Issue a coupon to one member."""
    member = members.by_number(number)
    if member is None:
        raise click.ClickException(f"会員番号 {number} はありません / there is no member {number}")
    code = rules.canonical(code) or code
    grant_id = service.issue(code, member.id, cause=f"cli/{cause or code}/{member.id}")
    click.echo(f"{grant_id}")


@group.group("gifts", cls=CalmGroup)
def gift_group() -> None:
    """Fill the pools of gift codes."""


@gift_group.command("import")
@click.argument("pool")
@click.argument("file", type=click.File("rb"))
@click.option("--column", help="The header above the codes; without it each line is one code.")
@with_appcontext
def import_gifts(pool: str, file: IO[bytes], column: str | None) -> None:
    """Add the codes of FILE to POOL: all of them, or none where a line is wrong."""
    try:
        count = gifts.load(rules.canonical(pool) or pool, gift_files.codes(file, column))
    except BadGiftFile as error:
        _refuse(error)
        raise
    click.echo(f"{count}件を取り込みました / imported {count} codes")


def read(file: Path) -> dict[str, Any]:
    """What a file says: lists `coupons` and `gift_pools`; raises BadCoupon."""
    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadCoupon(f"{file.name} is no YAML") from error
    if not isinstance(written, dict) or set(written) - {"coupons", "gift_pools"}:
        raise BadCoupon(f"{file.name} has lists `coupons` and `gift_pools`, and nothing else")
    return written


def _refuse(error: BadGiftFile) -> None:
    for line, ja, en in error.problems[:_SHOWN]:
        click.echo(f"{line}行目: {ja} / line {line}: {en}", err=True)
    if (more := len(error.problems) - _SHOWN) > 0:
        click.echo(f"ほかに{more}行 / {more} more lines", err=True)
