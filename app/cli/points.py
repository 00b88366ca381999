"""`flask points`: the shop's rules, until there is a page for them; and is the ledger whole?"""

import sys
from pathlib import Path
from typing import Any

import click
import yaml
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.domain.points import definition, program
from app.domain.points import verify as ledger
from app.domain.points.errors import BadPoints


@click.group("points", cls=CalmGroup)
def group() -> None:
    """The rules and the ledger of points."""


@group.command("put")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def put(file: Path) -> None:
    """Put the rules of a YAML file in force, for what comes from now on."""
    program.put(definition.read(_written(file)))
    _show()


@group.command("rules")
@with_appcontext
def show() -> None:
    """Show the rules in force."""
    _show()


@group.command("verify")
@with_appcontext
def verify() -> None:
    """Go through every chain; exit status 1 if an entry was changed, taken out or put in."""
    found = ledger.verify()
    for entry_id in found.wrong:
        click.echo(f"entry {entry_id} is not what was written, or stands after a gap")
    for account_id in found.cut:
        click.echo(f"account {account_id} ends before its newest entry")
    click.echo(f"{found.entries} entries")
    sys.exit(1 if found.wrong or found.cut else 0)


def _written(file: Path) -> dict[str, Any]:
    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadPoints(f"{file.name} is no YAML") from error
    if not isinstance(written, dict):
        raise BadPoints(f"{file.name} has `program`, `tiers` and `bonuses`")
    return written


def _show() -> None:
    now = program.rules()
    one = now.program
    click.echo(
        f"{one.earn_yen:,}円ごとに{one.earn_points:,}ポイント,"
        f" {one.expiry} {one.expiry_days:,}日,"
        f" 連携 link {one.link_points:,}, 誕生日 birthday {one.birthday_points:,}"
    )
    unit = "円" if one.tier_basis == "spend" else "ポイント"
    for tier in now.tiers:
        click.echo(f"{tier.code}: {tier.name['ja']}, {tier.threshold:,}{unit}から, {tier.percent}%")
    for bonus in now.bonuses:
        click.echo(f"{bonus.code}: {bonus.percent}%")
