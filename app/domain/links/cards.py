"""The card of whoever is linked: its codes are made here, where links are known."""

from app.db import transaction
from app.domain.cards import service as cards
from app.domain.cards.errors import MemberSuspended
from app.domain.cards.service import Holder, Minted
from app.domain.links import queries
from app.domain.links.asker import Asker
from app.domain.links.errors import NotLinked
from app.domain.members import queries as members
from app.domain.members import service as writing
from app.domain.people import service as people


def mint(asker: Asker) -> Minted:
    """A new code of the person's card; raises NotLinked, MemberSuspended and TooManyCodes.

    Unlinking and suspending hold the same locks: no code is born after its link or member has gone.
    """
    with transaction():
        people.lock(asker.person_id)
        link = queries.links_of([asker.person_id]).get(asker.person_id)
        if link is None:
            raise NotLinked(f"person {asker.person_id}")
        writing.lock([link.member_id])
        if members.member(link.member_id).suspended_at is not None:
            raise MemberSuspended(f"member {link.member_id}")
        return cards.mint(Holder(asker.person_id, link.id, link.member_id, asker.account_id))
