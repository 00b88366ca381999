"""`flask members`: what is told of a file, and files that are whole or not there."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.domain.audit import queries as audit
from app.domain.links import passwords, web
from app.domain.members import queries
from app.domain.members import service as members
from app.domain.members.transfer import exporting
from app.domain.shops import service as shops
from app.errors import Unavailable
from app.liff.identity import COOKIE
from app.passwords import hashed
from tests.support.cards import a_holder
from tests.support.cast import add_account

Run = Callable[..., Result]
FIELDS = """\
attributes:
  - {key: vip, type: flag, label: {ja: お得意様, en: Regular guest}}
  - {key: milk, type: choice, label: {ja: ミルク}, choices: [牛乳, 豆乳]}
"""
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
        ("氏名,メモ\n花子,x\n", [], "bad_file"),
        (TABLE, ["--map", "メモ"], "has no ="),
        (TABLE, ["--format", "json"], "bad_file"),
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


def test_a_shop_defines_its_own_fields(app: Flask, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "fields.yaml"
    file.write_text(FIELDS)
    assert run("attributes", file).output.splitlines() == [
        "attribute:vip flag お得意様",
        "attribute:milk choice ミルク: 牛乳、豆乳",
    ]
    file.write_text(FIELDS.replace("type: flag", "type: text").replace("豆乳", "オーツ"))
    refused = run("attributes", file)
    assert (refused.exit_code, "the type stays flag" in refused.output) == (1, True)
    assert "牛乳、豆乳" in run("attributes").output
    for wrong in ("- x", "attributes: {}", "attributes: [1]", "[", "fields: []"):
        file.write_text(wrong)
        assert "bad_member_attribute" in run("attributes", file).output


def test_the_hash_of_a_password_comes_from_a_pipe(app: Flask, run: Run) -> None:
    with app.app_context():
        members.add({"number": "K1", "name": "花子"})
        words = hashed("correct horse")
    runner = app.test_cli_runner(catch_exceptions=False)
    done = runner.invoke(args=["members", "set-password", "K1"], input=f"{words}\n")
    assert (done.exit_code, done.output) == (0, "")
    with app.app_context():
        found = queries.by_number("K1")
        assert found
        assert passwords.right([found.id], "correct horse", "") == [found.id]

    assert "会員番号 K2 はありません" in run("set-password", "K2").output
    plain = runner.invoke(args=["members", "set-password", "K1"], input="correct horse")
    assert (plain.exit_code, "argon2" in plain.output) == (1, True)


def test_the_card_shows_bars_once_the_shop_wants_them(app: Flask, run: Run) -> None:
    with app.app_context():
        holder = a_holder(add_account())
        cookie = f"{COOKIE}={web.open_session(holder.asker, 'access-token')}"

    def bars() -> Any:
        answer = app.test_client(use_cookies=False).get(
            "/liff/api/card", headers={"Cookie": cookie}
        )
        assert answer.json
        return answer.json["bars"]

    assert bars() is None
    assert run("bars", "on").exit_code == 0
    assert (bars()["width"], bars()["path"][:5]) == (143, "M10 0")
    assert run("bars", "off").exit_code == 0
    assert bars() is None


def test_a_membership_is_suspended_and_resumed_and_both_are_noted(app: Flask, run: Run) -> None:
    with app.app_context():
        member_id = members.add({"name": "花子", "number": "K1"})
    assert "--reason" in run("suspend", "K1").output
    assert run("suspend", "K1", "--reason", " ").exit_code == 1
    assert run("suspend", "K9", "--reason", "紛失").exit_code == 1
    assert run("suspend", "K1", "--reason", "紛失").output == "K1: 利用を停止しました / suspended\n"
    with app.app_context():
        assert queries.member(member_id).suspend_reason == "紛失"
    assert run("resume", "K1").exit_code == 0
    with app.app_context():
        assert queries.member(member_id).suspended_at is None
        noted = [(entry.action, entry.reason) for entry in audit.listed()]
    assert noted == [("members.resumed", None), ("members.suspended", "紛失")]
