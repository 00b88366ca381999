"""What came of a file of records."""

from dataclasses import dataclass, field

from app.domain.files import limits
from app.domain.files.errors import Problem


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row; `line` is where it begins in the file, the first line is 1."""

    line: int
    problems: list[Problem]


@dataclass
class Report:
    """What came of a file. With `wrong` rows nothing was imported; `errors` has the first ones."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.added + self.changed + self.unchanged + self.wrong

    def refuse(self, line: int, problems: list[Problem]) -> None:
        """Take in a wrong row."""
        self.wrong += 1
        if len(self.errors) < limits.ERRORS:
            self.errors.append(RowError(line, problems))
