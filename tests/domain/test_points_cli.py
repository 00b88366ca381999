"""`flask points`: rules put in force from a file, and one calm line for what makes no sense."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.domain.points import program
from tests.support.members import a_shop

RULES = """
program: {earn_yen: 100, earn_points: 1, expiry: rolling, expiry_days: 180, link_points: 50}
tiers:
  - {code: bronze, name: {ja: ブロンズ, en: Bronze}, threshold: 0}
  - {code: gold, name: {ja: ゴールド, en: Gold}, threshold: 1000, percent: 120}
bonuses:
  - {code: sunday, percent: 200, weekdays: [6]}
  - {code: fair, percent: 300, from_day: 2026-12-01, until_day: 2026-12-25}
"""


@pytest.fixture
def run(app: Flask, inside: object, tmp_path: Path) -> Callable[..., Result]:
    """Runs `flask points` as somebody types it; `put` gets its file's text."""
    a_shop()

    def run(command: str, text: str | None = None) -> Result:
        file = tmp_path / "points.yaml"
        file.write_text(text or "")
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(args=["points", command, *([] if text is None else [str(file)])])

    return run


def test_rules_are_put_in_force_and_changed(run: Callable[..., Result]) -> None:
    told = [
        "100円ごとに1ポイント, rolling 180日, 連携 link 50, 誕生日 birthday 0",
        "bronze: ブロンズ, 0ポイントから, 100%",
        "gold: ゴールド, 1,000ポイントから, 120%",
        "sunday: 200%",
        "fair: 300%",
    ]
    assert run("put", RULES).output.splitlines() == told
    assert run("rules").output.splitlines() == told

    swapped = RULES.replace("threshold: 0", "threshold: 1000").replace(
        "threshold: 1000, percent: 120", "threshold: 0, percent: 120"
    )
    without = swapped[: swapped.index("  - {code: fair")]
    assert run("put", without).exit_code == 0
    assert [tier.code for tier in program.rules().tiers] == ["gold", "bronze"]
    assert [bonus.code for bonus in program.rules().bonuses] == ["sunday"]


@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        ("earn_yen: 100", "earn_yen: 1.5", "program.earn_yen"),
        ("rolling", "never", "program.expiry"),
        ("threshold: 1000", "threshold: 0", "threshold is there twice"),
        ("weekdays: [6]", "weekdays: [7]", "bonuses.0.weekdays.0"),
        ("weekdays: [6]", "store: nowhere", "nowhere"),
        ("2026-12-25", "2026-11-25", "until_day is before"),
        ("code: sunday", "code: sunday, percents: 3", "percents"),
        ("program:", "- :", "YAML"),
    ],
)
def test_what_makes_no_sense_is_named_and_changes_nothing(
    run: Callable[..., Result], written: str, instead: str, why: str
) -> None:
    before = run("rules").output
    refused = run("put", RULES.replace(written, instead, 1))
    assert (refused.exit_code, why in refused.output + refused.stderr) == (1, True)
    assert run("rules").output == before
