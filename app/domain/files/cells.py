"""Cells of a spreadsheet file that must not run as formulas, and back again.

A cell that begins with one of these signs may be run by a spreadsheet (OWASP: CSV Injection); an
apostrophe before it makes it text. Cells that look as if they had one already get one more, so
every value comes back as it was.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")


def defuse(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def restore(cell: str) -> str:
    """The value that `defuse` made this cell of."""
    return cell[1:] if cell[:1] == "'" and _DEFUSED.match(cell) else cell
