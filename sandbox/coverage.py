"""Which of LINE's endpoints the sandbox has, told by LINE's own OpenAPI files.

The files (github.com/line/line-openapi) are no part of the project.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml
from werkzeug.exceptions import HTTPException

from sandbox.app import create_app, stop
from sandbox.world import World

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "line-openapi"
# The one file that describes what LINE sends, not what it takes.
_NOT_SERVED = frozenset({"webhook.yml"})
_METHODS = ("get", "post", "put", "delete", "patch")


class Covered(NamedTuple):
    """One operation of LINE's, and whether the sandbox has it."""

    file: str
    method: str
    path: str
    built: bool


def operations(folder: Path) -> list[Covered]:
    """Return every operation of the files in this folder."""
    world = World()
    app = create_app(world)
    adapter = app.url_map.bind("127.0.0.1")

    def built(method: str, path: str) -> bool:
        try:
            endpoint, _ = adapter.match(re.sub(r"\{\w+\}", "1", path), method)
        except HTTPException:
            return False
        return "unbuilt" not in endpoint

    found = [Covered(*one, built=built(one[1], one[2])) for one in _listed(folder)]
    stop(app, world)
    return found


def report(folder: Path) -> str:
    """Return the table that `python -m sandbox coverage` prints."""
    found = operations(folder)
    lines = [
        f"{'built' if one.built else '501':<6}{one.method:<7}{one.path}  ({one.file})"
        for one in found
    ]
    built = sum(one.built for one in found)
    return "\n".join([*lines, f"{built} of {len(found)} are built"])


def _listed(folder: Path) -> Iterator[tuple[str, str, str]]:
    for file in sorted(folder.glob("*.yml")):
        if file.name in _NOT_SERVED:
            continue
        document = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        for path, methods in document["paths"].items():
            for method in _METHODS:
                if method in methods:
                    yield file.name, method.upper(), path
