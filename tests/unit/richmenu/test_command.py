"""`flask richmenu`, which needs neither LINE nor a database."""

import subprocess
import sys

import pytest
from click.testing import CliRunner
from flask import Flask

from app.cli import commands
from app.cli.richmenu import group
from tests.unit.richmenu.menus import PLAIN, changed


@pytest.fixture
def run(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(group, [str(argument) for argument in arguments])

    return run


def test_it_is_one_of_the_products_commands():
    app = Flask("shop")
    commands.install(app)

    assert app.cli.get_command(None, "richmenu") is group


def test_preview_draws_all_menus(run, tmp_path):
    result = run("preview", "--out", tmp_path / "new")

    assert result.exit_code == 0
    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == [
        "member.png",
        "welcome.png",
    ]
    assert f"{tmp_path}/new/member.png: member: 会員のメニュー, 6 tiles, image/png" in result.output


def test_preview_draws_the_menu_of_a_name(run, tmp_path):
    assert run("preview", "welcome", "--out", tmp_path).exit_code == 0
    assert [file.name for file in tmp_path.iterdir()] == ["welcome.png"]


def test_a_menu_that_is_not_there_is_refused_calmly(run, tmp_path):
    result = run("preview", "nothing", "--out", tmp_path)

    assert result.exit_code == 1
    assert result.output == "Error: no_such_menu: nothing\n"


def test_check_names_each_menu(run):
    result = run("check")

    assert result.exit_code == 0
    assert [line.partition(":")[0] for line in result.output.splitlines()] == ["member", "welcome"]


def test_check_names_every_mistake_also_those_of_the_drawing(run, tmp_path):
    long = changed("label: 会員証", "label: " + "長" * 20)
    (tmp_path / "one.yaml").write_text(long)
    (tmp_path / "two.yaml").write_text(long)

    result = run("check", "--from", tmp_path)

    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in result.output.splitlines()] == [
        "Error", "one.yaml:6", "two.yaml:6",
    ]  # fmt: skip


def test_nothing_is_drawn_while_anything_is_wrong(run, tmp_path):
    (tmp_path / "good.yaml").write_text(PLAIN)
    (tmp_path / "wrong.yaml").write_text(changed("label: 会員証", "label: " + "長" * 20))

    result = run("preview", "--from", tmp_path, "--out", tmp_path / "new")

    assert result.exit_code == 1
    assert list((tmp_path / "new").iterdir()) == []


def test_neither_the_app_nor_reading_menus_imports_pillow():
    code = (
        "import sys, app.factory, app.cli.commands\n"
        "from app.richmenu import choose, objects, read\n"
        "[objects.line_object(layout.menu, 'x') for layout in read.read_folder()]\n"
        "sys.exit('PIL' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
