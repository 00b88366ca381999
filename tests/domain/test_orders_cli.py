"""`flask orders`: a store's slots and areas from a file, both or neither; people forgotten."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from freezegun import freeze_time

from app.domain.audit import queries as audit
from app.domain.members import queries as members
from app.domain.orders import moves, queries
from tests.support.cast import add_store
from tests.support.members import a_member, a_shop
from tests.support.orders import HOME, NOW, open_shop, order, somebody

RULES = """
rules: {pickup_times: "daily 10:00-20:00", slot_minutes: 30, slot_capacity: 2, usual: often}
areas:
  - {prefix: "180", minimum: 1500, fee: 330}
  - {prefix: "1800004", minimum: 1000}
"""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def run(app: Flask, inside: object, tmp_path: Path) -> Callable[..., Result]:
    """Runs `flask orders rules` as somebody types it."""
    a_shop()
    add_store("ginza")

    def run(text: str | None = None, store: str = "ginza") -> Result:
        file = tmp_path / "orders.yaml"
        file.write_text(text or "")
        arguments = ["orders", "rules", store, *([] if text is None else [str(file)])]
        return app.test_cli_runner(catch_exceptions=False).invoke(args=arguments)

    return run


def test_slots_and_areas_are_put_in_force_and_shown(run: Callable[..., Result]) -> None:
    assert run().output == "ご注文を受けていません / takes no orders\n"
    told = [
        "受け取り pick-up: daily 10:00-20:00",
        "配達 delivery: —",
        "30分ごとに2件, 20分前まで, 7日先まで, いつもの usual: often",
        "〒180: 1,500円から, 配達料 fee 330円",
        "〒1800004: 1,000円から, 配達料 fee 0円",
    ]
    assert run(RULES).output.splitlines() == told
    assert run('{"areas": []}').output.splitlines() == told[:3]


@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        ("slot_minutes: 30", "slot_minutes: 1", "rules.slot_minutes"),
        ("daily", "dayly", "rules.pickup_times"),
        ('"180"', "180", "areas.0.prefix"),
        ('"180"', '"1800004"', "prefix"),
        ("slot_capacity", "capacity", "rules.capacity"),
        ("rules:", "- :", "YAML"),
    ],
)
def test_what_makes_no_sense_is_named_and_changes_nothing(
    run: Callable[..., Result], written: str, instead: str, why: str
) -> None:
    before = run(RULES).output
    refused = run(RULES.replace("usual: often", "usual: last").replace(written, instead, 1))
    assert (refused.exit_code, why in refused.output + refused.stderr) == (1, True)
    assert run().output == before


def test_a_store_that_is_not_there_is_named(run: Callable[..., Result]) -> None:
    refused = run(RULES, "osaka")
    assert (refused.exit_code, "osaka" in refused.output + refused.stderr) == (1, True)


@freeze_time(NOW)
def test_whom_orders_were_for_is_forgotten_by_number_and_only_when_really_meant(
    app: Flask, inside: object, account: int
) -> None:
    open_shop()
    hanako, guest = somebody(account, 1, a_member()), somebody(account, 2)
    number = members.member(hanako.member_id or 0).number
    placed = [order(each, contact=HOME, note="門の前") for each in (hanako, guest)]
    for one in placed:
        moves.move(one.id, "refused")

    def erase(*arguments: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=["orders", "erase", *arguments])
        return done.exit_code, done.output + done.stderr

    assert "1 確認のみ" in erase(number)[1]
    assert [queries.order(one.id).note for one in placed] == ["門の前", "門の前"]
    assert "1 消しました" in erase(number, "--really")[1]
    assert [queries.order(one.id).note for one in placed] == [None, "門の前"]
    assert "0 消しました" in erase(placed[0].number, "--really")[1]  # It leads to the member.
    assert "1 消しました" in erase(placed[1].number, "--really")[1]
    gone = queries.order(placed[1].id)
    assert (gone.name, gone.phone, gone.postal_code, gone.address) == (None, None, None, None)
    assert erase("NOBODY", "--really")[0] == 1
    newest, *_ = audit.listed()
    assert (newest.action, newest.about) == ("orders.erased", f"person/{guest.person_id}")
