"""`flask orders rules`: a store's slots and areas from a file, both or neither."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.support.cast import add_store
from tests.support.members import a_shop

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
