"""Verbs about links: making one, ending it, moving it to another LINE user."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from app import clock
from app.db import db, insert_once, transaction
from app.domain.cards import service as cards
from app.domain.coupons import codes, linking
from app.domain.links import letters, queries
from app.domain.links.asker import Asker
from app.domain.links.errors import AlreadyLinked, LinkedElsewhere, NotLinked
from app.domain.links.models import Link, LinkClaim, WebSession
from app.domain.members import service as members
from app.domain.menus import service as menus
from app.domain.people import queries as people
from app.domain.people import service as persons
from app.domain.points import service as points
from app.facts.record import record
from app.faults import crash_point, unsafe
from app.outbox import put as outbox
from app.outbox.put import Notice, Recipient


def link(asker: Asker, member_id: int, *, proof: str, move: bool = False) -> None:
    """Make this person this member; linking again what is linked does nothing.

    The caller has the proof. With `move` the member leaves the LINE user it is linked to, who is
    told. Raises AlreadyLinked, and LinkedElsewhere where `move` is not given.
    """
    with transaction():
        persons.lock(asker.person_id)
        members.lock([member_id])
        present = queries.member_of(asker.person_id)
        if present == member_id:
            return
        if present is not None:
            raise AlreadyLinked(f"person {asker.person_id}")
        if move:
            _leave(asker.provider_id, member_id)
        if not _insert(asker, member_id, proof):
            raise LinkedElsewhere(relink=proof == "code")
        if unsafe("link_in_steps"):
            db.session.commit()
        crash_point("link.made")
        _tell_linked(asker, member_id, proof)
        crash_point("link.told")


def join(
    asker: Asker, written: Mapping[str, str], consents: Sequence[tuple[str, str, bool]]
) -> int:
    """Become a new member, linked at once; answers the member's id.

    `consents` are (purpose, version of its words, given). Raises BadMember and AlreadyLinked.
    """
    with transaction():
        persons.lock(asker.person_id)
        if queries.member_of(asker.person_id) is not None:
            raise AlreadyLinked(f"person {asker.person_id}")
        member_id = members.add(written)
        for purpose, version, given in consents:
            members.consent(member_id, purpose, version, given=given)
        link(asker, member_id, proof="joined")
        return member_id


def unlink(person_id: int) -> None:
    """End the person's link, as they wish; points and all else stay the member's.

    Raises NotLinked.
    """
    with transaction():
        persons.lock(person_id)
        found = _living(person_id=person_id)
        if found is None:
            raise NotLinked(f"person {person_id}")
        _end(found, "member", "links.ended")


def _leave(provider_id: int, member_id: int) -> None:
    """The member leaves the LINE user it was linked to, whose sessions and codes die with it."""
    old = _living(provider_id=provider_id, member_id=member_id)
    if old is not None:
        _end(old, "relinked", "links.moved")
        letters.warn(member_id, "mail.relinked", old.account_id, f"link/{old.id}/moved")
        stop = update(WebSession).where(WebSession.person_id == old.person_id)
        db.session.execute(stop.where(WebSession.ended_at.is_(None)).values(ended_at=clock.now()))


def _living(**whose: int) -> Link | None:
    """The link that has not ended; it ends once, so whoever comes second finds none."""
    ours = select(Link).filter_by(**whose, ended_at=None)
    ours = ours.execution_options(populate_existing=True)
    if not unsafe("ends_twice"):
        # Not its key: a counter that has a code of it writes rows that name it, and is waited for.
        ours = ours.with_for_update(key_share=True)
    return db.session.scalar(ours)


def _end(old: Link, reason: str, notice: str) -> None:
    # First of all, for it waits for a counter that is using one of them.
    cards.end_of_link(old.id)
    codes.end_of_person(old.person_id)
    old.ended_at, old.end_reason = clock.now(), reason
    db.session.flush()  # The unique index has to see it before a new link is inserted.
    _end_claims(old.person_id)
    menus.touch_person(old.person_id)
    what = {"member_id": old.member_id, "reason": reason}
    _record("member.unlinked", old, **what)
    _say(old, Notice(notice))


def _end_claims(person_id: int) -> None:
    open_ones = update(LinkClaim).where(LinkClaim.person_id == person_id)
    db.session.execute(open_ones.where(LinkClaim.ended_at.is_(None)).values(ended_at=clock.now()))


def _insert(asker: Asker, member_id: int, proof: str) -> bool:
    # Of two people at once for one member, or two members for one person, the index lets one win.
    return insert_once(
        Link,
        provider_id=asker.provider_id,
        person_id=asker.person_id,
        member_id=member_id,
        account_id=asker.account_id,
        proof=proof,
        made_at=clock.now(),
    )


def _tell_linked(asker: Asker, member_id: int, proof: str) -> None:
    made = db.session.scalars(
        select(Link).filter_by(person_id=asker.person_id, ended_at=None)
    ).one()
    menus.touch_person(asker.person_id)
    _record("member.linked", made, member_id=member_id, proof=proof)
    _say(made, Notice("links.linked"), *_reward(member_id))
    linking.give(member_id, _recipient(made), link_id=made.id)


def _reward(member_id: int) -> list[Notice]:
    given = points.give_for_linking(member_id)
    if given is None:
        return []
    return [Notice("points.incentive", {"points": given.points, "balance": given.balance})]


def _record(kind: str, link: Link, **data: Any) -> None:
    record(
        kind,
        cause=f"link/{link.id}",
        account_id=link.account_id,
        person_id=link.person_id,
        **data,
    )


def _say(link: Link, *notices: Notice) -> None:
    cause = f"link/{link.id}"
    outbox.say(notices, _recipient(link), dedupe=f"{cause}/{notices[0].name}", cause=cause)


def _recipient(link: Link) -> Recipient:
    user_id = people.profile(link.person_id).user_id
    return Recipient(link.account_id, user_id, link.person_id)
