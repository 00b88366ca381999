"""The project's own files, for tests of the house rules."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def files(*folders: str, suffix: str = "") -> list[Path]:
    """The project's files in these folders, all without one; what git ignores is left out."""
    listing = [
        "git",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        *folders,
    ]
    found = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    paths = (ROOT / name for name in sorted(set(found.stdout.split("\0"))) if name.endswith(suffix))
    return [path for path in paths if path.is_file()]


def shown(path: Path) -> str:
    """A file's path as the project names it."""
    return path.relative_to(ROOT).as_posix()
