"""What can be wrong with a member, and with a file of members."""

from collections.abc import Sequence

from app.domain.files.errors import Problem
from app.errors import NotFound, TsunaguError


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
        self.extra = {"problems": [vars(problem) for problem in problems]}


class NoSuchMember(NotFound):
    """No member has this id."""

    code = "no_such_member"


class NoReason(TsunaguError):
    """What needs a reason came without one, or with one that is too long."""

    status = 422
    code = "reason_needed"


class MemberTaken(TsunaguError):
    """The member number or an external id belongs to another member."""

    status = 409
    code = "member_taken"


class BadAttribute(TsunaguError):
    """The definition of an attribute makes no sense; the text names the fields."""

    status = 422
    code = "bad_member_attribute"


class MembersChanged(TsunaguError):
    """Somebody changed the same members while the file was read; nothing was imported."""

    status = 409
    code = "members_changed"
