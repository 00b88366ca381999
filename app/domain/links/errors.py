"""Why a link is not made."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import ComeAgain, TsunaguError


@dataclass(frozen=True)
class Choice:
    """One of several members behind one address, as much of it as its owner needs to tell it."""

    key: str
    name: str
    number: str


class WrongProof(TsunaguError):
    """The code or password is wrong, or there is no such member: nobody is told which."""

    status = 403
    code = "wrong_proof"

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"{tries_left} tries left")
        self.extra = {"tries_left": tries_left}


class TooManyTries(ComeAgain):
    """Five wrong tries, or five codes, within fifteen minutes; `retry_after` is in seconds."""

    code = "too_many_tries"


class SessionOver(TsunaguError):
    """The attempt is over: too old, used, replaced by a newer one, or another person's."""

    status = 410
    code = "session_over"


class ChooseMember(TsunaguError):
    """The proof is right for several members."""

    status = 409
    code = "choose_member"

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(f"{len(choices)} members")
        self.extra = {"members": [vars(choice) for choice in choices]}


class AlreadyLinked(TsunaguError):
    """This LINE user is another member already."""

    status = 409
    code = "already_linked"


class LinkedElsewhere(TsunaguError):
    """The member is another LINE user already; `relink` tells whether the proof allows to move."""

    status = 409
    code = "linked_elsewhere"

    def __init__(self, *, relink: bool) -> None:
        super().__init__("may move" if relink else "may not move")
        self.extra = {"relink": relink}


class NotLinked(TsunaguError):
    """This LINE user is no member."""

    status = 404
    code = "not_linked"


class BadHash(TsunaguError):
    """Not the hash of a password as we can check it."""

    status = 422
    code = "bad_password_hash"
