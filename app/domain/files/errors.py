"""What can be wrong with a file of records, and with one field of a record."""

from dataclasses import dataclass

from app.errors import TsunaguError


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field. The words hold nothing of what was written there."""

    field: str
    ja: str
    en: str

    def __str__(self) -> str:
        return f"{self.field}: {self.ja} / {self.en}"


class BadFile(TsunaguError):
    """A file that cannot be read as a list of records; nothing was imported."""

    status = 422
    code = "bad_file"
