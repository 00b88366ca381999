"""Verbs about one's own account: password, second factor; and the first owner."""

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app import clock, passwords
from app.db import db, fresh_look, transaction
from app.domain.audit.service import note
from app.domain.shops import queries as shops
from app.domain.staff import letters, queries, roles, rules, sessions, tries
from app.domain.staff.actor import Actor
from app.domain.staff.errors import BadStaff, LetterOver, WrongCode, WrongLogin
from app.domain.staff.models import Staff
from app.domain.staff.sessions import Browser, LoggedIn


def create_owner(email: str, name: str, password: str) -> int:
    """Add an owner, for the command alone; answers the id. Raises BadStaff."""
    address = rules.email(email)
    staff = Staff(
        email=address,
        name=rules.named(name),
        role=roles.OWNER,
        password_hash=passwords.hashed(rules.password(password, address)),
        recovery=[],
    )
    with transaction():
        if queries.by_email(address):
            raise BadStaff("email", "is known already")
        db.session.add(staff)
        db.session.flush()  # The audit names its id.
        note("staff.owner_made", actor=None, about=f"staff/{staff.id}")
        return staff.id


def change_password(actor: Actor, present: str, new: str, network: str | None = None) -> None:
    """Change one's password; every other session ends. Raises WrongLogin, TooOften, BadStaff."""
    counted = tries.of_login(queries.own(actor).email, network)
    hashed = _checked(actor, present, new, counted)
    with transaction():
        tries.give_back(counted)
        staff = sessions.locked(actor.staff_id)
        staff.password_hash = hashed
        sessions.end_all(staff.id, but=actor.session_id)
        letters.end_all(staff.id)
        note("staff.password_changed", actor=actor, about=f"staff/{staff.id}", network=network)


def ask_reset(email: str, page: str, browser: Browser, language: str | None = None) -> None:
    """Send a link to `page` to whoever has this address; nobody is told whether somebody has it.

    Raises TooOften.
    """
    address = rules.typed_email(email)
    tries.take(tries.of_letter(address, browser.network))
    with transaction():
        staff = queries.by_email(address)
        known = staff is not None and staff.password_hash and not staff.suspended_at
        if staff is not None and known:
            letters.send("reset", staff, page, language)
        else:
            letters.send_nobody("reset", page, language)
        about = f"staff/{staff.id}" if staff is not None else None
        note("staff.reset_asked", actor=None, about=about, network=browser.network)


def reset(token: str, password: str, browser: Browser) -> None:
    """Set a new password by the link of the mail; every session ends. The second factor stays.

    Raises LetterOver and BadStaff.
    """
    hashed = _hashed_for(token, "reset", password)
    with transaction():
        staff = _addressee(token, "reset")
        staff.password_hash = hashed
        letters.end_all(staff.id)
        sessions.end_all(staff.id)
        tries.forget(tries.of_login(staff.email, None))
        about = f"staff/{staff.id}"
        note("staff.password_reset", actor=None, about=about, network=browser.network)


def accept(token: str, password: str, browser: Browser) -> LoggedIn:
    """Take up an invitation and be logged in. Raises LetterOver and BadStaff."""
    hashed = _hashed_for(token, "invite", password)
    with transaction():
        staff = _addressee(token, "invite")
        staff.password_hash = hashed
        letters.end_all(staff.id)
        return sessions.open_session(staff, browser, proved=True)


def begin_totp(actor: Actor) -> tuple[str, str]:
    """A new secret, and its address for the QR code; it counts once a code of it was typed."""
    secret = rules.new_secret()
    with transaction():
        staff = sessions.locked(actor.staff_id)
        staff.totp_pending = secret
        return secret, _address(staff, secret)


def pending_totp(actor: Actor) -> tuple[str, str]:
    """The secret that is being set up, after a wrong code; a new one where there is none."""
    staff = db.session.get_one(Staff, actor.staff_id, populate_existing=True)
    secret = staff.totp_pending
    return (secret, _address(staff, secret)) if secret else begin_totp(actor)


def confirm_totp(actor: Actor, code: str, network: str | None = None) -> list[str]:
    """Turn the second factor on; answers the recovery codes, which nobody is shown again.

    Other sessions end. Raises WrongCode and TooOften.
    """
    counted = tries.of_code(actor.staff_id, network)
    tries.take(counted)
    with transaction():
        staff = sessions.locked(actor.staff_id)
        secret = staff.totp_pending
        step = rules.step_of(secret, code, clock.now(), None) if secret else None
        if step is None:
            raise WrongCode("not a code of the new secret")
        tries.give_back(counted)
        codes = rules.new_recovery()
        staff.totp_secret, staff.totp_pending, staff.totp_used = secret, None, step
        staff.recovery = [rules.fingerprint(each) for each in codes]
        sessions.end_all(staff.id, but=actor.session_id)
        note("staff.totp_on", actor=actor, about=f"staff/{staff.id}", network=network)
        return codes


def drop_totp(actor: Actor, password: str, network: str | None = None) -> None:
    """Turn the second factor off, which needs the password. Raises WrongLogin and TooOften."""
    counted = tries.of_login(queries.own(actor).email, network)
    _prove(actor, password, counted)
    with transaction():
        tries.give_back(counted)
        staff = sessions.locked(actor.staff_id)
        staff.totp_secret = staff.totp_pending = staff.totp_used = None
        staff.recovery = []
        note("staff.totp_off", actor=actor, about=f"staff/{staff.id}", network=network)


def reseal() -> int:
    """Seal the secrets of second factors with the newest key; answers of how many people."""
    with transaction():
        wanted = select(Staff).where(Staff.totp_secret.is_not(None)).order_by(Staff.id)
        people = db.session.scalars(wanted.with_for_update()).all()
        for staff in people:
            flag_modified(staff, "totp_secret")
            staff.totp_pending = None
        return len(people)


def _address(staff: Staff, secret: str) -> str:
    return rules.totp_address(secret, staff.email, shops.company_name() or "")


def _hashed_for(token: str, purpose: letters.Purpose, password: str) -> str:
    """The hash of a password for whoever this link was sent to; nobody waits while it is made."""
    with fresh_look():
        wanted = rules.password(password, _addressee(token, purpose).email)
    return passwords.hashed(wanted)


def _addressee(token: str, purpose: letters.Purpose) -> Staff:
    staff = sessions.locked(letters.living(token, purpose).staff_id)
    if staff.suspended_at:
        raise LetterOver("suspended")
    return staff


def _checked(actor: Actor, present: str, new: str, counted: tries.Most) -> str:
    """The hash of a new password, which takes its time outside of any transaction."""
    wanted = rules.password(new, queries.own(actor).email)
    _prove(actor, present, counted)
    return passwords.hashed(wanted)


def _prove(actor: Actor, password: str, counted: tries.Most) -> None:
    tries.take(counted)
    kept = db.session.get_one(Staff, actor.staff_id, populate_existing=True).password_hash
    db.session.rollback()  # No transaction stays open while the password is hashed.
    if not passwords.right(password, kept):
        raise WrongLogin("not the present password")


def letter_works(token: str, purpose: letters.Purpose) -> bool:
    """Whether the link of a mail still works, before somebody types a password."""
    with fresh_look():
        try:
            _addressee(token, purpose)
        except LetterOver:
            return False
        return True
