"""Who asks for something: a customer for themselves, or a member of staff for anybody."""

from dataclasses import dataclass

from app.domain.links import queries as links
from app.domain.staff.actor import Actor


@dataclass(frozen=True)
class Customer:
    """A LINE user at the account they talk to."""

    person_id: int
    account_id: int

    @property
    def member_id(self) -> int | None:
        """The member they are."""
        return links.member_of(self.person_id)


Asker = Customer | Actor

SHOP = Actor(0, "owner", "", None, None, 0)
"""The shop itself, at its command line."""


@dataclass(frozen=True)
class Guest:
    """For whom staff reserve: a member, or somebody by name and telephone number."""

    member_id: int | None = None
    name: str | None = None
    phone: str | None = None
