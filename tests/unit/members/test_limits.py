"""The table of a member's limits is the one the documentation shows."""

from app.domain.members.limits import LIMITS
from tests.support.tree import ROOT


def test_the_documentation_shows_the_whole_table():
    page = (
        (ROOT / "docs" / "limits.md")
        .read_text()
        .partition("## 会員 / Members")[2]
        .partition("\n## ")[0]
    )
    shown = [line for line in page.splitlines() if line.startswith("| ")][1:]

    assert shown == [
        f"| {row.name} | {row.value:,} | {row.unit} | {row.source} |" for row in LIMITS
    ]


def test_names_are_unique():
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)
