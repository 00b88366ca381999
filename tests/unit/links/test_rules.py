"""Codes, waiting times and masks of linking, and the table that the documentation shows."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.links import rules
from app.domain.links.limits import LIMITS
from tests.support.tree import ROOT

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=each) for each in minutes]


def test_the_documentation_shows_the_whole_table():
    page = (ROOT / "docs" / "limits.md").read_text().partition("## ID連携 / Linking")[2]
    lines = page.partition("\n## ")[0].splitlines()

    assert [line for line in lines if line.startswith("| ")][1:] == [
        f"| {row.name} | {row.value:,} | {row.unit} | {row.source} |" for row in LIMITS
    ]


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [
        (ago(), 0),
        (ago(1, 2, 3, 4), 0),
        (ago(1, 2, 3, 4, 5), 601),
        (ago(0, 0, 0, 0, 0), 901),
        (ago(1, 2, 3, 4, 15), 0),
        (ago(1, 1, 1, 1, 1, 14), 841),
    ],
)
def test_the_sixth_try_waits_until_the_fifth_last_is_forgotten(tries, seconds):
    assert rules.wait(tries, NOW) == seconds


def test_codes_have_six_digits():
    codes = {rules.new_code() for _ in range(200)}
    assert {len(code) for code in codes} == {6}
    assert all(code.isdigit() for code in codes)
    assert len(codes) > 190


@pytest.mark.parametrize("written", ["123456", " 123 456\n", "１２３４５６", "123-456"])
def test_a_code_may_be_typed_in_many_ways(written):
    assert rules.typed_code(written) == "123456"


def test_a_nonce_is_as_long_as_line_wants_it_and_hard_to_guess():
    assert 10 <= len(rules.new_token()) <= 255
    assert len({rules.new_token() for _ in range(100)}) == 100


def test_a_secret_fits_its_own_fingerprint_alone():
    kept = rules.fingerprint("secret")
    assert rules.matches("secret", kept)
    assert not rules.matches("Secret", kept)
    assert not rules.matches("secret", None)
    assert not rules.matches("", None)


def test_masks_show_what_the_owner_needs():
    assert rules.masked_name("山田 花子") == "山****"
    assert rules.masked_number("9123456789012345") == "************2345"
    assert rules.masked_number("A1") == "A1"
