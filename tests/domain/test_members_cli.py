"""`flask members`: what is told of a file, and files that are whole or not there."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.domain.members import queries
from app.domain.members.transfer import exporting
from app.domain.shops import service as shops
from app.errors import Unavailable

Run = Callable[..., Result]
TABLE = "会員番号,氏名,生年月日\nK1,花子,1990/1/2\n"


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs `flask members` as somebody types it, in a shop that is open."""
    with app.app_context():
        shops.set_company("こもれび珈琲")

    def run(*arguments: object) -> Result:
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(args=["members", *(str(argument) for argument in arguments)])

    return run


def saved(folder: Path, content: str) -> Path:
    file = folder / "members.csv"
    file.write_text(content, encoding="cp932")
    return file


def test_a_file_is_checked_and_then_imported(app: Flask, run: Run, tmp_path: Path) -> None:
    file = saved(tmp_path, TABLE.replace("氏名", "お客様"))
    chosen = ("--map", "お客様=name")
    checked = run("import", file, *chosen, "--dry-run")
    assert "確認のみ / dry run: 追加 1、変更 0、変更なし 0" in checked.output
    with app.app_context():
        assert queries.by_number("K1") is None
    done = run("import", file, *chosen)
    assert "1 added, 0 changed, 0 unchanged" in done.output
    assert "1 unchanged" in run("import", file, *chosen).output
    with app.app_context():
        assert queries.by_number("K1")


def test_wrong_rows_are_told_with_their_lines_and_not_with_what_they_say(
    app: Flask, run: Run, tmp_path: Path
) -> None:
    result = run("import", saved(tmp_path, TABLE + "K2,太郎,1990-02-30\nK3\n"))
    assert result.exit_code == 1
    assert "3行目 生年月日: 暦にない日付です" in result.stderr
    assert "line 3 birthday: is no day of the calendar" in result.stderr
    assert "4行目" in result.stderr
    assert "2 rows are wrong, nothing was imported" in result.stderr
    assert "1990-02-30" not in result.output
    with app.app_context():
        assert queries.by_number("K1") is None


@pytest.mark.parametrize(
    ("content", "options", "why"),
    [
        ("氏名,メモ\n花子,x\n", [], "bad_member_file"),
        (TABLE, ["--map", "メモ"], "has no ="),
        (TABLE, ["--format", "json"], "bad_member_file"),
        (TABLE, ["--format", "xlsx"], "xlsx"),
    ],
)
def test_what_cannot_be_read_is_refused_calmly(
    run: Run, tmp_path: Path, content: str, options: list[str], why: str
) -> None:
    result = run("import", saved(tmp_path, content), *options)
    assert result.exit_code != 0
    assert why in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("format", ["csv", "json"])
def test_members_are_exported_for_their_owner_alone(run: Run, tmp_path: Path, format: str) -> None:
    run("import", saved(tmp_path, TABLE))
    out = tmp_path / "out"
    assert "exported 1 members" in run("export", out, "--format", format).output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    if format == "json":
        assert json.loads(out.read_text())[0]["birthday"] == "1990-01-02"
    else:
        assert out.read_bytes().startswith("\ufeff会員番号,氏名,".encode())


def test_an_export_that_breaks_leaves_the_older_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.write_text("older")

    def away(*_: object, **__: object) -> int:
        raise Unavailable("away")

    monkeypatch.setattr(exporting, "export_members", away)
    assert run("export", out).exit_code == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith("out")] == ["out"]
    assert out.read_text() == "older"
    assert not list(tmp_path.glob(".out*"))
