"""The table of LINE's limits: how lengths are counted, and that the documentation shows it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.line import limits
from app.line.limits import LIMITS, RATES, graphemes, utf16_len

FAMILY = "👨‍👩‍👧"
DOCS = Path(__file__).parents[3] / "docs" / "limits.md"


@pytest.mark.parametrize(
    ("text", "units", "clusters"),
    [
        ("", 0, 0),
        ("abc", 3, 3),
        ("こもれび", 4, 4),
        ("𠮷野家", 4, 3),
        ("か\u3099", 2, 1),
        (FAMILY, 8, 1),
    ],
)
def test_lengths_are_counted_as_line_counts(text, units, clusters):
    assert (utf16_len(text), graphemes(text)) == (units, clusters)


@given(st.text(st.characters()))
def test_a_cluster_has_at_least_one_unit(text):
    assert graphemes(text) <= len(text) <= utf16_len(text)


def test_names_are_unique():
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)


def test_every_limit_has_its_constant():
    constants = [value for name, value in vars(limits).items() if name.isupper()]

    assert sum(isinstance(value, int) for value in constants) == len(LIMITS)


def test_a_rate_is_told_per_second():
    assert RATES["multicast"].per_second == 200
    assert RATES["audience"].per_second == 1


def test_we_stop_using_a_retry_key_before_line_forgets_it():
    assert limits.RETRY_KEY_USE_SECONDS < limits.RETRY_KEY_SECONDS


def test_the_documentation_shows_the_whole_table():
    page = DOCS.read_text().partition("## ID連携 / Linking")[0]  # Those are no limits of LINE's.
    shown = [line for line in page.splitlines() if line.startswith("| ")]
    shown = [line for line in shown if not line.startswith(("| Name", "| Endpoint"))]

    assert shown == [
        *(f"| {row.name} | {row.value:,} | {row.unit} | {row.source} |" for row in LIMITS),
        *(
            f"| {name} | {row.calls:,} | {row.seconds:,} | {row.source} |"
            for name, row in RATES.items()
        ),
    ]
