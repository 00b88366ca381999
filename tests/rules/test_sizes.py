"""How long functions and files may be (the house plan, "Sizes")."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.support import tree

FOLDERS = ("app", "sandbox", "tests", "bench")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MEDIAN = 10
NINE_IN_TEN = 30


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file as (where, lines), from `def` to its last line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno
            where = f"{tree.shown(path)}:{node.lineno} {node.name}"
            yield where, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("folder", FOLDERS)
def test_functions_are_short(folder):
    lengths = {
        where: n for path in tree.files(folder, suffix=".py") for where, n in functions(path)
    }

    assert {where: n for where, n in lengths.items() if n > LONGEST_FUNCTION} == {}
    assert median(lengths.values()) <= MEDIAN
    assert quantiles(lengths.values(), n=10)[-1] <= NINE_IN_TEN


@pytest.mark.parametrize("suffix", [".py", ".js"])
def test_files_are_short(suffix):
    lengths = {
        tree.shown(path): len(path.read_text().splitlines())
        for path in tree.files(*FOLDERS, suffix=suffix)
    }

    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}
