"""The coupons of whoever is linked: their codes are made here, where links are known."""

from app.db import transaction
from app.domain.cards.errors import MemberSuspended
from app.domain.cards.service import Minted
from app.domain.coupons import codes
from app.domain.links import queries
from app.domain.links.asker import Asker
from app.domain.links.errors import NotLinked
from app.domain.members import queries as members
from app.domain.members import service as writing
from app.domain.people import service as people


def mint(asker: Asker, grant_id: int) -> Minted:
    """A new code of one of the person's coupons.

    Unlinking and suspending hold the same locks: no code is born after its link or member has gone.
    Raises NotLinked, MemberSuspended, and what `coupons.codes.mint` does.
    """
    with transaction():
        people.lock(asker.person_id)
        member_id = queries.member_of(asker.person_id)
        if member_id is None:
            raise NotLinked(f"person {asker.person_id}")
        writing.lock([member_id])
        if members.member(member_id).suspended_at is not None:
            raise MemberSuspended(f"member {member_id}")
        who = {"person_id": asker.person_id, "account_id": asker.account_id}
        return codes.mint(grant_id, member_id=member_id, **who)
