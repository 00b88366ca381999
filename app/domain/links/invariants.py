"""What must hold for links."""

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.domain.cards.models import CardCode
from app.domain.links.models import Link
from app.domain.people.models import LineUser
from app.invariants import Invariant


def invariants() -> list[Invariant]:
    """One active link for a person, one for a member and provider, each inside its provider; and
    what was shown at a counter belonged to a link that lived."""
    stray = select(Link.id).join(LineUser, LineUser.id == Link.person_id)
    used = select(CardCode.id).join(Link, Link.id == CardCode.link_id)
    return [
        Invariant("card.used_after_link", "P10", used.where(CardCode.used_at > Link.ended_at)),
        Invariant("link.two_of_person", "P11", _two("person_id")),
        Invariant("link.two_of_member", "P11", _two("provider_id", "member_id")),
        Invariant(
            "link.other_provider", "P11", stray.where(LineUser.provider_id != Link.provider_id)
        ),
    ]


def _two(*columns: str) -> Select[int]:
    other = aliased(Link)
    same = [getattr(other, column) == getattr(Link, column) for column in columns]
    both = (Link.ended_at.is_(None), other.ended_at.is_(None), other.id < Link.id)
    return select(Link.id).join(other, (other.id != Link.id)).where(*same, *both)
