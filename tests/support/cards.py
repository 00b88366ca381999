"""Somebody whose page shows a member card, at the level of verbs."""

from typing import NamedTuple

from app.domain.cards import service as cards
from app.domain.cards.service import Minted, Taken
from app.domain.links import cards as minting
from app.domain.links import service as links
from app.domain.links.asker import Asker
from tests.support.members import a_member, asker

CLERK = 7


class Holder(NamedTuple):
    """A linked person, and who they are."""

    asker: Asker
    member_id: int

    def shows(self) -> str:
        """A new code on their page."""
        return self.minted().code

    def minted(self) -> Minted:
        """The same, with its times."""
        return minting.mint(self.asker)


def a_holder(account: int, number: int = 1, **changes: str) -> Holder:
    """A member who is linked."""
    person = asker(account, f"U{number:032d}")
    member_id = a_member(f"m{number}@example.jp", **changes)
    links.link(person, member_id, proof="code")
    return Holder(person, member_id)


def scan(code: str, store: int, *, accounts: set[int] | None = None) -> Taken:
    """A clerk of that store scans it."""
    return cards.take(code, store_id=store, staff_id=CLERK, account_ids=accounts)
