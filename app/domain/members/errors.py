"""What can be wrong with a member, and with a file of members."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import NotFound, TsunaguError


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field. The words hold nothing of what was written there."""

    field: str
    ja: str
    en: str

    def __str__(self) -> str:
        return f"{self.field}: {self.ja} / {self.en}"


class BadValue(TsunaguError):
    """A value that breaks its field's rule, said in Japanese and in English."""

    status = 422
    code = "bad_value"

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(f"{ja} / {en}")
        self.ja = ja
        self.en = en


class BadMember(TsunaguError):
    """A member's record with broken fields; `problems` names each of them."""

    status = 422
    code = "bad_member"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class NoSuchMember(NotFound):
    """No member has this id."""

    code = "no_such_member"


class MemberTaken(TsunaguError):
    """The member number or an external id belongs to another member."""

    status = 409
    code = "member_taken"


class BadAttribute(TsunaguError):
    """The definition of an attribute makes no sense; the text names the fields."""

    status = 422
    code = "bad_member_attribute"


class BadFile(TsunaguError):
    """A file that cannot be read as a list of members; nothing was imported."""

    status = 422
    code = "bad_member_file"


class MembersChanged(TsunaguError):
    """Somebody changed the same members while the file was read; nothing was imported."""

    status = 409
    code = "members_changed"
