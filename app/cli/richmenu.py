"""`flask richmenu`: the menus that assets/richmenus describes, and what LINE has of them."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app import clock
from app.cli.calm import CalmGroup
from app.domain.accounts import queries as accounts
from app.domain.menus import boards
from app.domain.menus import queries as menus
from app.domain.people import queries as people
from app.richmenu import apply as applying
from app.richmenu import read
from app.richmenu.apply import Account
from app.richmenu.calls import CREATE, DELETE, Calls, calls_left
from app.richmenu.drift import Drift, drift
from app.richmenu.layout import Layout
from app.richmenu.looks import compared
from app.richmenu.picture import Packed
from app.richmenu.plan import Steps
from app.richmenu.plan import plan as planned
from app.richmenu.settling import put_right
from app.richmenu.wanted import Drawn, Wanted, drawn, wanted

_AT_ONCE = 100
_PATIENCE = 90.0  # Seconds that `apply` waits for people to be moved.

_FOLDER = click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=read.FOLDER,
    help="Folder of the layouts instead of assets/richmenus.",
)
_ACCOUNT = click.option("--account", "slug", help="Only this account; all of them by default.")


@click.group("richmenu", cls=CalmGroup)
def group() -> None:
    """Check rich menus, put them up at LINE, and see whether LINE has what it should."""


@group.command("check")
@_FOLDER
def check(folder: Path) -> None:
    """Name every mistake in the layouts, with its file and line."""
    for layout, packed in drawn(read.read_folder(folder)):
        click.echo(_line(layout, packed))


@group.command("preview")
@click.argument("name", required=False)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/richmenus"),
    show_default=True,
    help="Folder for the pictures.",
)
@_FOLDER
def preview(name: str | None, out: Path, folder: Path) -> None:
    """Draw the menu whose file is NAME.yaml, or all of them."""
    layouts = read.read_folder(folder)
    chosen = layouts if name is None else [read.named(layouts, name)]
    out.mkdir(parents=True, exist_ok=True)
    for layout, packed in drawn(chosen):
        file = out / f"{layout.slug}{packed.ending}"
        file.write_bytes(packed.data)
        click.echo(f"{file}: {_line(layout, packed)}")


@group.command("plan")
@_FOLDER
@_ACCOUNT
@with_appcontext
def plan(folder: Path, slug: str | None) -> None:
    """Say what `apply` would do, and do nothing."""
    for account, menus_ in _wanted(folder, slug):
        steps = planned(applying.look(account, menus_), clock.now())
        _tell(account, _steps(steps) or ["変更なし / nothing to do"])
        _tell_rates(account)


@group.command("apply")
@_FOLDER
@_ACCOUNT
@with_appcontext
def apply(folder: Path, slug: str | None) -> None:
    """Make LINE have these menus, and move everybody to theirs. May be run again at any time."""
    for account, menus_ in _wanted(folder, slug):
        applied = applying.apply(account, menus_)
        _tell(account, _steps(applied.steps) or ["変更なし / nothing to do"])
        _move(account)


@group.command("status")
@_ACCOUNT
@with_appcontext
def status(slug: str | None) -> None:
    """Show which menus there are, how many people see them, and what is still to do."""
    for account in _accounts(slug):
        seen = menus.seen_by(account.id)
        made = [
            f"{menu.slug:20} {menu.state:9} {menu.line_id or '-':45} {seen.get(menu.id, 0):>7,}人"
            for menu in menus.at_line(account.id)
        ]
        _tell(account, made or ["メニューはまだありません / no menus yet"])
        _tell_people(account)
        _tell_rates(account)


@group.command("verify")
@_ACCOUNT
@click.option("--people", "most", default=1000, show_default=True, help="How many to look at.")
@with_appcontext
def verify(slug: str | None, most: int) -> None:
    """Compare what LINE shows with what it should, and have it mended. Exit status 1: it differs.

    The worker compares everybody once a day.
    """
    different = False
    for account in _accounts(slug):
        wrong = drift(account.id, Calls(account.id, tries=3).look())
        people_ = _compare_people(account, most)
        boards.unsettle(account.id)
        _tell(account, [*_drift(wrong), *people_] or ["一致しています / all as it should be"])
        different = different or wrong.any() or bool(people_)
    sys.exit(1 if different else 0)


@group.command("prune")
@_ACCOUNT
@with_appcontext
def prune(slug: str | None) -> None:
    """Delete menus of ours that nobody needs any more. The worker does so by itself."""
    for account in _accounts(slug):
        with boards.held(account.id, patience=applying.PATIENCE) as hold:
            settled = put_right(account.id, Calls(account.id, tries=3, before=hold.renew))
        gone = [f"- 削除 deleted: {name}" for name in settled.deleted]
        waiting = [f"  まだ表示中 still seen: {name}" for name in settled.waiting]
        _tell(account, [*gone, *waiting] or ["不要なメニューはありません / nothing to delete"])


def _accounts(slug: str | None) -> list[Account]:
    found = accounts.everyone() if slug is None else [accounts.find(slug)]
    base = current_app.config["LIFF_BASE"]
    return [Account(a.id, a.slug, f"{base}/{a.liff_id}" if a.liff_id else None) for a in found]


def _wanted(folder: Path, slug: str | None) -> Iterator[tuple[Account, list[Wanted]]]:
    """Each account with its menus; an account without any, now or before, is passed over."""
    chosen = _accounts(slug)
    pictures: list[Drawn] = drawn(read.read_folder(folder))
    every = [(account, wanted(pictures, account.slug, account.liff)) for account in chosen]
    for account, found in every:
        if found or menus.board(account.id):
            yield account, found


def _move(account: Account) -> None:
    """Take part in the lane's work until everybody sees what they should, or for a while."""
    lane = current_app.extensions["lanes"]["menus"]
    deadline = time.monotonic() + _PATIENCE
    lane.drain()
    while menus.moving(account.id) and time.monotonic() < deadline:
        time.sleep(0.5)
        lane.drain()
    if not menus.moving(account.id):
        boards.unsettle(account.id)
        lane.drain()
    _tell_people(account)


def _compare_people(account: Account, most: int) -> list[str]:
    """Compare so many people, the longest known first, and have them mended."""
    seen = wrong = after = 0
    while seen < most:
        some = people.friends(account.id, after=after, limit=min(_AT_ONCE, most - seen))
        if not some:
            break
        different = compared(account.id, some)
        boards.doubt(account.id, different)
        seen, wrong, after = seen + len(some), wrong + len(different), some[-1]
    return [f"~ {seen}人中{wrong}人 / {wrong} of {seen} people see another menu"] if wrong else []


def _steps(steps: Steps) -> list[str]:
    default = "なし none" if steps.default == "" else steps.default
    return [
        *(f"+ 作成 create: {slug}" for slug in steps.create),
        *(f"~ 続きから finish: {slug}" for slug in steps.unfinished),
        *(f"~ 対象を変更 show to others: {slug}" for slug in steps.rules),
        *(f"~ エイリアス alias: {alias} -> {slug}" for alias, slug in steps.aliases.items()),
        *(f"- エイリアス alias: {alias}" for alias in steps.alias_deletions),
        *(f"! 他のツールのエイリアス another tool's: {a}" for a in steps.alias_conflicts),
        *([f"~ 既定 default: {default}"] if steps.default is not None else []),
        *(f"- 削除 delete: {name}" for name in steps.delete),
    ]


def _drift(wrong: Drift) -> list[str]:
    default = wrong.default
    return [
        *(f"! LINEにありません apply again, LINE lost: {slug}" for slug in wrong.missing),
        *(f"~ エイリアス alias: {alias}" for alias in wrong.aliases),
        *(f"- エイリアス alias: {alias}" for alias in wrong.extra_aliases),
        *([f"~ 既定 default: {default.found} -> {default.wanted}"] if default else []),
        *(f"- だれも知らない nobody's: {name}" for name in wrong.orphans.values()),
    ]


def _tell(account: Account, lines: list[str]) -> None:
    click.echo("\n".join([f"[{account.slug}]", *(f"  {line}" for line in lines)]))


def _tell_people(account: Account) -> None:
    counts = menus.counts(account.id)
    waiting = counts.get("pending", 0) + counts.get("telling", 0)
    done, failed = counts.get("done", 0), counts.get("failed", 0)
    click.echo(f"  人 people: 完了 done {done:,}, 待ち waiting {waiting:,}, 失敗 failed {failed:,}")
    for reason in menus.reasons(account.id):
        click.echo(f"    {reason}")


def _tell_rates(account: Account) -> None:
    create, delete = calls_left(account.id, CREATE), calls_left(account.id, DELETE)
    click.echo(
        f"  LINEの上限 LINE's rate, left of an hour: 作成 create {create[0]}/{create[1]},"
        f" 削除 delete {delete[0]}/{delete[1]}"
    )


def _line(layout: Layout, packed: Packed) -> str:
    menu = layout.menu
    size = f"{len(menu.tiles)} tiles, {packed.kind}, {len(packed.data):,} bytes"
    return f"{layout.slug}: {menu.name}, {size}"
