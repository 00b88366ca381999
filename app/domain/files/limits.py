"""How large a file of records may be; docs/limits.md shows the same."""

from typing import Final

from app.domain.limit import Limit

BYTES: Final = 200 * 1024 * 1024
COLUMNS: Final = 200
CELL: Final = 131_072
ERRORS: Final = 1000

LIMITS: Final = (
    Limit("import_file", BYTES, "bytes", "ours"),
    Limit("import_columns", COLUMNS, "items", "ours"),
    Limit("import_cell", CELL, "characters", "Python's csv; also one JSON object"),
    Limit("import_errors", ERRORS, "rows", "ours: so many are told, the rest is counted"),
)
