"""`flask coupon`: put, list, issue and import, and one calm line for what cannot be done."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.domain.coupons import queries
from app.domain.members import queries as members
from tests.support.coupons import a_pool
from tests.support.members import a_member, a_shop

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FILE = """
coupons:
  - {code: haru2026, title: {ja: 春}, text: {ja: 100円引き}, stock: 5, last_day: 2999-12-31}
gift_pools:
  - {name: gift, title: {ja: ギフト}, text: {ja: ご入力ください}}
"""


@pytest.fixture
def run(app: Flask, inside: object) -> Callable[..., Result]:
    """Runs `flask coupon` as somebody types it, in a shop that has a company."""
    a_shop()

    def run(*arguments: object) -> Result:
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(args=["coupon", *map(str, arguments)])

    return run


def test_coupons_are_put_listed_and_issued(run: Callable[..., Result], tmp_path: Path):
    (tmp_path / "coupons.yaml").write_text(FILE)
    assert run("put", tmp_path / "coupons.yaml").exit_code == 0
    assert run("put", tmp_path / "coupons.yaml").exit_code == 0
    member_id = a_member()
    number = members.member(member_id).number

    first = run("issue", "HARU2026", "--member", number).output
    assert run("issue", "haru2026", "--member", number).output == first
    assert [card.code for card in queries.wallet(member_id).usable] == ["HARU2026"]
    assert run("list").output.splitlines() == [
        "HARU2026: 春, 発行 issued 1/5, ～2999-12-31",
        "GIFT: ギフト, 残り left 0",
    ]


def test_gift_codes_are_imported_or_refused_by_line(run: Callable[..., Result], tmp_path: Path):
    a_pool("GIFT", codes=0)
    file = tmp_path / "codes.csv"
    file.write_text("番号,コード\n1,AAA\n2,BBB\n")
    assert "2件" in run("gifts", "import", "gift", file, "--column", "コード").output
    file.write_text("CCC\nAAA\n")
    refused = run("gifts", "import", "GIFT", file)
    assert (refused.exit_code, "2行目" in refused.stderr, "AAA" in refused.output) == (
        1,
        True,
        False,
    )
    assert queries.pools()[0].free == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("issue", "NONE", "--member", "1"), "会員番号 1"),
        (("gifts", "import", "NONE", "/dev/null"), "no_such_gift_pool"),
        (("put", __file__), "bad_coupon"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run: Callable[..., Result], words, why: str):
    refused = run(*words)
    last = refused.stderr.strip().splitlines()[-1]
    assert (refused.exit_code, last.startswith("Error: "), why in last) == (1, True, True)
