"""Passwords of the shop's member site: only hashes that the shop gives us, only to check them."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app import clock
from app import passwords as hashing
from app.db import db, transaction
from app.domain.links import limits, rules
from app.domain.links.errors import BadHash
from app.domain.links.models import MemberPassword
from app.domain.members import queries as members
from app.remember import Remembered

_KNOWN_FOR = 600.0  # Seconds; the looks change when another family has passwords, hardly ever.


def keep(member_id: int, password_hash: str) -> None:
    """Keep the hash of a member's password, argon2 or Werkzeug's scrypt. Raises BadHash."""
    if not hashing.readable(password_hash):
        raise BadHash("needs $argon2id$... or scrypt:N:r:p$salt$hash")
    with transaction():
        row = db.session.get(MemberPassword, member_id) or MemberPassword(member_id=member_id)
        row.hash, row.changed_at = password_hash, clock.now()
        db.session.add(row)


def right(member_ids: Sequence[int], password: str, who_hash: str) -> list[int]:
    """Those of the members whose password it is.

    How long it takes does not tell who there is: there are as many looks at hashes as the largest
    family needs, and where a member or a password is missing, at hashes of other members, which
    were made as these would be. `who_hash` always chooses the same ones.
    """
    kept = {one: hash_ for one in member_ids if (hash_ := _hash_of(one)) is not None}
    found = [one for one, hash_ in kept.items() if hashing.right(password, hash_)]
    for place in range(len(kept), max(_looks("hashes"), 1)):
        hashing.right(password, _stand_in(f"{who_hash}/{place}"))
    return found


def _hash_of(member_id: int) -> str | None:
    row = db.session.get(MemberPassword, member_id)
    return row.hash if row else None


def _stand_in(seed: str) -> str | None:
    """The hash of some member, None where nobody has one."""
    highest = db.session.scalar(select(func.max(MemberPassword.member_id))) or 0
    place = int(rules.fingerprint(seed), 16) % (highest + 1)
    first = select(MemberPassword.hash).where(MemberPassword.member_id >= place)
    return db.session.scalar(first.order_by(MemberPassword.member_id).limit(1))


def _most_looks(_always: str) -> int:
    return min(members.most_of_one_email(select(MemberPassword.member_id)), limits.FAMILY)


_looks = Remembered(_most_looks, _KNOWN_FOR)
