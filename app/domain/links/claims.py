"""One attempt to prove something: opened for one person, alive for ten minutes, used once."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select, update

from app import clock
from app.db import db
from app.domain.links import rules
from app.domain.links.asker import Asker
from app.domain.links.errors import SessionOver
from app.domain.links.models import LinkClaim
from app.faults import unsafe

Purpose = Literal["link", "login", "email"]


def open_claim(
    asker: Asker,
    purpose: Purpose,
    *,
    member_ids: Sequence[int] = (),
    who_hash: str = "",
    secret: str | None = None,
    code: str | None = None,
) -> tuple[int, str]:
    """Open an attempt, which ends the person's earlier ones of this purpose.

    Answers its id and the token by which alone it can be found again.
    """
    earlier = update(LinkClaim).filter_by(person_id=asker.person_id, purpose=purpose)
    db.session.execute(earlier.where(LinkClaim.ended_at.is_(None)).values(ended_at=clock.now()))
    token = rules.new_token()
    claim = LinkClaim(
        token_hash=rules.fingerprint(token),
        person_id=asker.person_id,
        account_id=asker.account_id,
        purpose=purpose,
        member_ids=list(member_ids),
        who_hash=who_hash,
        secret=secret,
        code_hash=rules.fingerprint(code) if code else None,
        expires_at=clock.now() + rules.LIFE,
    )
    db.session.add(claim)
    db.session.flush()  # The mail with the code is named after its id.
    return claim.id, token


def living(token: str, purpose: Purpose, asker: Asker | None = None) -> LinkClaim:
    """The living attempt with this token, of this person; raises SessionOver."""
    return _living(purpose, asker, LinkClaim.token_hash == rules.fingerprint(token))


def by_nonce(nonce: str, asker: Asker | None = None) -> LinkClaim:
    """The living attempt that LINE's event is about, of this person; raises SessionOver."""
    return _living("login", asker, LinkClaim.nonce_hash == rules.fingerprint(nonce))


def _living(purpose: Purpose, asker: Asker | None, which: object) -> LinkClaim:
    wanted = select(LinkClaim).where(which).filter_by(purpose=purpose)  # type: ignore[arg-type]
    claim = db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if claim is None or claim.ended_at or claim.expires_at <= clock.now():
        raise SessionOver("no such attempt, or it has ended")
    theirs = asker is None or (asker.person_id, asker.account_id) == (
        claim.person_id,
        claim.account_id,
    )
    if not theirs and not unsafe("unbound_claims"):
        raise SessionOver("another person's attempt")
    return claim
