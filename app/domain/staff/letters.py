"""Links sent by mail: each works once, and a new one ends the earlier ones."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import select, update

from app import clock
from app.db import db
from app.domain.shops import queries as shops
from app.domain.staff import rules
from app.domain.staff.errors import LetterOver
from app.domain.staff.models import Staff, StaffLetter
from app.outbox.mail import Letter, send_mail

Purpose = Literal["invite", "reset"]

_LIFE: dict[str, timedelta] = {"invite": rules.INVITE, "reset": rules.RESET}
_NOBODY = "nobody@invalid.example"


def send(purpose: Purpose, staff: Staff, page: str, language: str | None) -> None:
    """Send a link to `page`, in the caller's transaction."""
    end_all(staff.id)
    token, until = rules.new_token(), clock.now() + _LIFE[purpose]
    letter = StaffLetter(
        token_hash=rules.fingerprint(token), staff_id=staff.id, purpose=purpose, expires_at=until
    )
    db.session.add(letter)
    db.session.flush()  # The mail is named after its id.
    _mail(purpose, _link(page, token), staff, language, f"staff/{letter.id}")


def send_nobody(purpose: Purpose, page: str, language: str | None) -> None:
    """The same rows in the same time, for an address that nobody has."""
    token = rules.new_token()
    _mail(purpose, _link(page, token), None, language, f"staff/nobody/{rules.fingerprint(token)}")


def living(token: str, purpose: Purpose) -> StaffLetter:
    """The letter whose link this is; raises LetterOver."""
    wanted = select(StaffLetter).filter_by(token_hash=rules.fingerprint(token), purpose=purpose)
    fresh = wanted.with_for_update().execution_options(populate_existing=True)
    letter = db.session.scalar(fresh)
    if letter is None or letter.ended_at or letter.expires_at <= clock.now():
        raise LetterOver("no such link, or it has ended")
    return letter


def end_all(staff_id: int) -> None:
    """End every link of somebody, in the caller's transaction."""
    ending = update(StaffLetter).where(
        StaffLetter.staff_id == staff_id, StaffLetter.ended_at.is_(None)
    )
    db.session.execute(ending.values(ended_at=clock.now()))


def _link(page: str, token: str) -> str:
    return f"{page}?token={token}"


def _mail(
    purpose: Purpose, link: str, staff: Staff | None, language: str | None, dedupe: str
) -> None:
    life = _LIFE[purpose]
    long = {"days": life.days} if life.days else {"minutes": int(life.total_seconds() // 60)}
    data = {"link": link, "shop": shops.company_name() or "", **long}
    send_mail(
        Letter(f"mail.staff_{purpose}", data | ({"name": staff.name} if staff else {})),
        staff.email if staff else _NOBODY,
        language=language,
        dedupe=dedupe,
        until=clock.now() + (life if staff else timedelta()),
    )
