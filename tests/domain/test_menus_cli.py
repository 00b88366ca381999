"""`flask richmenu` beside a LINE: what it says, and what it does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.config import Settings
from app.domain.members import service as members
from app.domain.members.transfer.importing import import_members
from app.domain.menus import queries as menus
from app.domain.shops import service as shops
from app.line import sdk
from app.richmenu.marks import read_mark
from sandbox.server import Handle
from tests.domain.conftest import Opens
from tests.support.cast import add_account
from tests.support.desk import BOT

Run = Callable[..., Result]

LAYOUT = """\
name: {name}
bar: メニュー
size: compact
when: {{person: {person}}}
grid: [a]
tiles: {{a: {{label: 予約, icon: home, action: {action}}}}}
"""


@pytest.fixture
def shop(settings: Settings, open_app: Opens, line: Handle) -> Iterator[Flask]:
    """The product beside that LINE, with one account."""
    hosts = {"line_api_base": line.url, "line_data_api_base": line.url}
    app = open_app(settings.model_copy(update=hosts))
    with app.app_context():
        add_account(bot_user_id=BOT)
        yield app
        app.extensions["lanes"]["menus"].close()
        sdk.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Layouts for people before and after linking."""
    write(tmp_path, "guest", "unlinked")
    write(tmp_path, "friend", "linked")
    return tmp_path


@pytest.fixture
def run(shop: Flask, folder: Path) -> Run:
    """Runs `flask richmenu`, on that folder where a command takes one."""

    def run(command: str, *arguments: str) -> Result:
        source = ["--from", str(folder)] if command in ("plan", "apply") else []
        runner = shop.test_cli_runner(catch_exceptions=False)
        return runner.invoke(args=["richmenu", command, *source, *arguments])

    return run


def write(folder: Path, slug: str, person: str, action: str = "say:予約") -> None:
    text = LAYOUT.format(name=slug, person=person, action=action)
    (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")


def slugs(line: Handle) -> list[str]:
    marks = [read_mark(menu.body["name"]) for menu in line.world.rich_menus.of("main")]
    return sorted(mark[0] for mark in marks if mark)


def test_plan_tells_and_does_nothing(run: Run, line: Handle) -> None:
    told = run("plan").output
    assert "+ 作成 create: guest" in told
    assert "~ 既定 default: guest" in told
    assert "作成 create 100/100" in told
    assert slugs(line) == []


def test_apply_does_it_once(run: Run, line: Handle) -> None:
    assert run("apply").exit_code == 0
    assert slugs(line) == ["friend", "guest"]
    again = run("apply")
    assert "変更なし" in again.output
    assert "変更なし" in run("plan").output
    assert slugs(line) == ["friend", "guest"]


def test_one_account_alone(run: Run, line: Handle) -> None:
    add_account("second", access_token="nobody knows it")
    assert run("apply", "--account", "main").exit_code == 0
    assert slugs(line) == ["friend", "guest"]
    nobody = run("apply", "--account", "third")
    assert (nobody.exit_code, "no_such_account" in nobody.output) == (1, True)


def test_a_mistake_in_a_layout_sends_nothing(run: Run, folder: Path, line: Handle) -> None:
    write(folder, "guest", "nobody")
    refused = run("apply")
    assert refused.exit_code == 1
    assert "guest.yaml:4: when.person" in refused.output
    assert line.world.calls.since(0)["items"] == []


def test_a_liff_page_needs_a_liff_app(run: Run, folder: Path, line: Handle) -> None:
    write(folder, "guest", "unlinked", "liff:card")
    refused = run("apply")
    assert "no_liff_app" in refused.output
    assert slugs(line) == []


def test_status_shows_menus_and_people(run: Run) -> None:
    assert "no menus yet" in run("status").output
    run("apply")
    told = run("status").output
    assert "friend" in told
    assert "live" in told
    assert "失敗 failed 0" in told


def test_verify_finds_and_mends_what_others_changed(run: Run, shop: Flask, line: Handle) -> None:
    run("apply")
    assert run("verify").exit_code == 0
    line.world.rich_menus.unlink("main", "")
    wrong = run("verify")
    assert (wrong.exit_code, "既定 default" in wrong.output) == (1, True)
    shop.extensions["lanes"]["menus"].drain()
    assert run("verify").exit_code == 0


def test_prune_deletes_what_nobody_knows(run: Run, line: Handle) -> None:
    run("apply")
    body = line.world.rich_menus.of("main")[0].body
    line.world.rich_menus.create("main", {**body, "name": f"tsunagu:lost:{'a' * 12} lost"})
    assert "lost" in run("prune").output
    assert slugs(line) == ["friend", "guest"]
    assert "nothing to delete" in run("prune").output


@pytest.mark.usefixtures("shop")
def test_an_import_that_changes_tiers_leaves_a_row_for_each_member(tmp_path: Path) -> None:
    shops.set_company("こもれび珈琲")
    members.add({"name": "山田 花子", "number": "K1"})
    file = tmp_path / "members.csv"
    for header, touched in (("氏名\r\nK1,山田 花", False), ("会員ランク\r\nK1,gold", True)):
        file.write_text(f"会員番号,{header}\r\n", encoding="utf-8")
        with file.open("rb") as written:
            assert import_members(written).changed == 1
        assert menus.members_touched() is touched
