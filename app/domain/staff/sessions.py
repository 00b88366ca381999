"""Logging in and out: a session row for each browser, read anew at every request."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update

from app import clock, passwords
from app.db import changed, db, transaction
from app.domain.audit.service import note
from app.domain.staff import queries, rules, tries
from app.domain.staff.actor import Actor
from app.domain.staff.errors import NoSuchStaff, WrongCode, WrongLogin
from app.domain.staff.models import Staff, StaffSession

_SEEN_EVERY = 600.0  # Seconds; a page that is looked at should not cost a write each time.


@dataclass(frozen=True)
class Browser:
    """Where somebody sits: their network's address, and what the browser calls itself."""

    network: str | None = None
    device: str = ""


@dataclass(frozen=True)
class LoggedIn:
    """The token for the cookie; `proved` is False while a second factor is still to come."""

    token: str
    proved: bool


def log_in(email: str, password: str, browser: Browser) -> LoggedIn:
    """Begin a session with a password. Raises WrongLogin and TooOften, in the same time for all."""
    written = rules.typed_email(email)
    counted = tries.of_login(written, browser.network)
    tries.take(counted)
    found = queries.by_email(written)
    staff_id, kept = (found.id, found.password_hash) if found else (None, None)
    db.session.rollback()  # No transaction stays open while the password is hashed.
    right = passwords.right(password, kept)
    with transaction():
        staff = locked(staff_id) if staff_id and right else None
        # It may have been changed, or its owner suspended, in the meantime.
        if staff is not None and staff.password_hash == kept and not staff.suspended_at:
            tries.give_back(counted)
            return open_session(staff, browser, proved=staff.totp_secret is None)
        about = f"staff/{staff_id}" if staff_id else None
        note("staff.login_failed", actor=None, about=about, network=browser.network)
    raise WrongLogin("not this address with this password")


def prove(token: str, code: str, browser: Browser) -> LoggedIn:
    """Add the second factor: a code of the app, or a recovery code. A new session takes over.

    Raises WrongLogin (the first step is over), WrongCode and TooOften.
    """
    half = _half(token)
    counted = tries.of_code(half.staff_id, browser.network)
    tries.take(counted)
    with transaction():
        staff = locked(half.staff_id)
        if _second(staff, code):
            tries.give_back(counted)
            _end(StaffSession.id == half.id)
            return open_session(staff, browser, proved=True)
        note("staff.code_failed", actor=None, about=f"staff/{staff.id}", network=browser.network)
    raise WrongCode("not the code of this moment")


def open_session(staff: Staff, browser: Browser, *, proved: bool) -> LoggedIn:
    """A new session with a new token, inside the caller's transaction, as its last act."""
    token, now = rules.new_token(), clock.now()
    session = StaffSession(
        token_hash=rules.fingerprint(token),
        staff_id=staff.id,
        proved=proved,
        network=browser.network,
        device=browser.device[:200],
        made_at=now,
        seen_at=now,
        expires_at=now + (rules.LIFE if proved else rules.STEP),
    )
    db.session.add(session)
    db.session.flush()  # The audit names its id.
    if proved:
        actor = queries.actor_of(staff, session.id)
        about = f"staff/{staff.id}"
        note("staff.logged_in", actor=actor, about=about, network=browser.network)
    return LoggedIn(token, proved)


def enter(token: str) -> Actor | None:
    """Who this token's living session belongs to, read from the database at this moment."""
    found = queries.seated(token)
    if found is None:
        return None
    if found.seen_at < clock.after(-_SEEN_EVERY):
        with transaction():
            seen = update(StaffSession).filter_by(id=found.actor.session_id)
            db.session.execute(seen.values(seen_at=clock.now()))
    return found.actor


def log_out(actor: Actor, network: str | None = None) -> None:
    """End this session."""
    with transaction():
        _end(StaffSession.id == actor.session_id)
        note("staff.logged_out", actor=actor, about=f"staff/{actor.staff_id}", network=network)


def end(actor: Actor, session_id: int, network: str | None = None) -> None:
    """End another session of one's own, from the next request on; raises NoSuchStaff."""
    with transaction():
        if not _end(StaffSession.id == session_id, StaffSession.staff_id == actor.staff_id):
            raise NoSuchStaff(f"session {session_id}")
        note("staff.session_ended", actor=actor, network=network, ended=session_id)


def end_all(staff_id: int, *, but: int | None = None) -> None:
    """End everybody's sessions of one account, inside the caller's transaction."""
    _end(StaffSession.staff_id == staff_id, StaffSession.id != (but or 0))


def locked(staff_id: int) -> Staff:
    """The row as it is committed now, held until the caller's transaction ends."""
    wanted = select(Staff).filter_by(id=staff_id).with_for_update()
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NoSuchStaff(f"staff {staff_id}")
    return row


def _half(token: str) -> StaffSession:
    found = queries.living(token)
    if found is None or found.session.proved:
        raise WrongLogin("no login waits for a code")
    return found.session


def _second(staff: Staff, code: str) -> bool:
    """Use the code up, if it is one."""
    if staff.totp_secret is None:
        return False
    step = rules.step_of(staff.totp_secret, code, clock.now(), staff.totp_used)
    if step is not None:
        staff.totp_used = step
        return True
    left = rules.left_of(staff.recovery, code)
    if left is None:
        return False
    staff.recovery = left
    return True


def _end(*which: ColumnElement[bool]) -> int:
    ending = update(StaffSession).where(StaffSession.ended_at.is_(None), *which)
    return changed(ending.values(ended_at=clock.now()))
