"""`flask richmenu`: the menus that assets/richmenus describes. Nothing here asks LINE."""

from pathlib import Path

import click

from app.cli.calm import CalmGroup
from app.richmenu import read
from app.richmenu.layout import Layout
from app.richmenu.mistakes import BadLayout, Mistake
from app.richmenu.picture import Packed, picture

_FOLDER = click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=read.FOLDER,
    help="Folder of the layouts instead of assets/richmenus.",
)


@click.group("richmenu", cls=CalmGroup)
def group() -> None:
    """Check rich menus, and see them before anybody else does."""


@group.command("check")
@_FOLDER
def check(folder: Path) -> None:
    """Name every mistake in the layouts, with its file and line."""
    for layout, packed in _pictures(read.read_folder(folder)):
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
    for layout, packed in _pictures(chosen):
        file = out / f"{layout.slug}{packed.ending}"
        file.write_bytes(packed.data)
        click.echo(f"{file}: {_line(layout, packed)}")


def _pictures(layouts: list[Layout]) -> list[tuple[Layout, Packed]]:
    """All pictures, or BadLayout with the mistakes of all of them."""
    pictures: list[tuple[Layout, Packed]] = []
    mistakes: list[Mistake] = []
    for layout in layouts:
        try:
            pictures.append((layout, picture(layout)))
        except BadLayout as error:
            mistakes += error.mistakes
    if mistakes:
        raise BadLayout(mistakes)
    return pictures


def _line(layout: Layout, packed: Packed) -> str:
    menu = layout.menu
    size = f"{len(menu.tiles)} tiles, {packed.kind}, {len(packed.data):,} bytes"
    return f"{layout.slug}: {menu.name}, {size}"
