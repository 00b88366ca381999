"""Staff: let in by what they know and have, shut out at once, told nothing about others."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import select

from app.cli import invariants
from app.db import db
from app.domain.audit import queries as audit
from app.domain.staff import limits, queries, service, sessions
from app.domain.staff.errors import (
    BadStaff,
    LetterOver,
    NoSuchStaff,
    TooOften,
    WrongCode,
    WrongLogin,
)
from app.domain.staff.models import Staff
from app.domain.staff.sessions import Browser
from tests.support.members import letters
from tests.support.staff import BROWSER, OWNER, PAGE, PASSWORD, an_owner, code_of, link, logged_in

WRONG = "wrong horse"
pytestmark = pytest.mark.usefixtures("inside")


def noted() -> list[str]:
    return [entry.action for entry in reversed(audit.listed())]


def test_the_owner_logs_in_with_address_and_password():
    owner = an_owner()
    again = logged_in(OWNER.upper())

    assert (owner.role, owner.name, owner.store_ids, owner.account_ids) == (
        "owner", "店主", None, None
    )  # fmt: skip
    assert again.session_id != owner.session_id
    assert noted() == ["staff.owner_made", "staff.logged_in", "staff.logged_in"]
    assert invariants.check() == []


def test_each_login_has_a_new_token_and_only_its_hash_is_kept():
    an_owner()
    first, second = (sessions.log_in(OWNER, PASSWORD, BROWSER).token for _ in range(2))
    assert first != second
    assert sessions.enter(first)
    assert sessions.enter(first[:-1]) is None


def test_a_password_is_kept_as_an_argon2id_hash_alone():
    an_owner()
    kept = db.session.scalars(select(Staff.password_hash)).one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    ("email", "password"),
    [(OWNER, WRONG), ("nobody@x.example", PASSWORD), ("not an address", WRONG), ("a\0b", WRONG)],
)
def test_whoever_is_not_let_in_is_told_the_same(email: str, password: str):
    an_owner()
    with pytest.raises(WrongLogin) as refused:
        sessions.log_in(email, password, BROWSER)
    assert str(refused.value) == "not this address with this password"
    assert noted()[-1] == "staff.login_failed"


@pytest.mark.parametrize("email", [OWNER, "nobody@x.example"])
def test_five_wrong_tries_are_the_end_for_a_quarter_of_an_hour(email: str):
    with freeze_time("2026-11-22T00:00:00Z") as time:
        an_owner()
        for _ in range(limits.TRIES):
            with pytest.raises(WrongLogin):
                sessions.log_in(email, WRONG, Browser())
        with pytest.raises(TooOften) as stopped:
            sessions.log_in(email, PASSWORD, Browser())
        assert stopped.value.extra == {"retry_after": 901}
        time.tick(timedelta(seconds=901))
        with pytest.raises(WrongLogin):
            sessions.log_in(email, WRONG, Browser())


def test_right_ones_do_not_count():
    an_owner()
    for _ in range(limits.TRIES + 1):
        logged_in(OWNER)


def test_a_network_that_tries_many_people_is_stopped(monkeypatch):
    monkeypatch.setattr(limits, "NETWORK_TRIES", 3)
    an_owner()
    for number in range(3):
        with pytest.raises(WrongLogin):
            sessions.log_in(f"{number}@x.example", WRONG, BROWSER)
    with pytest.raises(TooOften):
        sessions.log_in(OWNER, PASSWORD, BROWSER)
    assert sessions.log_in(OWNER, PASSWORD, Browser("192.0.2.2")).proved


def guessed_at_once(app: Flask) -> int:
    """How many of twelve wrong passwords, all at once, were looked at."""
    an_owner()

    def guess(_: int) -> bool:
        with app.app_context():
            try:
                sessions.log_in(OWNER, WRONG, Browser())
            except TooOften:
                return False
            except WrongLogin:
                return True
        raise AssertionError

    with ThreadPoolExecutor(6) as pool:
        looked = sum(pool.map(guess, range(12)))
    db.session.rollback()
    return looked


def test_tries_at_the_same_moment_all_count(app: Flask):
    assert guessed_at_once(app) == limits.TRIES


def test_uncounted_tries_are_found(app: Flask, monkeypatch):
    monkeypatch.setattr("app.faults._UNSAFE", "uncounted_logins")
    assert guessed_at_once(app) == 12


def test_a_session_ends_after_a_working_day_without_use_and_after_a_week():
    with freeze_time("2026-11-22T00:00:00Z") as time:
        an_owner()
        token = sessions.log_in(OWNER, PASSWORD, BROWSER).token
        idle = sessions.log_in(OWNER, PASSWORD, BROWSER).token
        for _ in range(14):
            time.tick(timedelta(hours=11, minutes=59))
            assert sessions.enter(token)
        assert sessions.enter(idle) is None
        time.tick(timedelta(minutes=14))
        assert sessions.enter(token) is None


def test_one_may_end_ones_own_sessions_and_nobody_elses():
    owner, other = an_owner(), an_owner("second@komorebi.example")
    token = sessions.log_in(OWNER, PASSWORD, BROWSER).token
    newest = queries.seats(owner.staff_id)[0]

    with pytest.raises(NoSuchStaff):
        sessions.end(other, newest.id)
    sessions.end(owner, newest.id)
    assert sessions.enter(token) is None
    sessions.log_out(owner)
    assert queries.seats(owner.staff_id) == []


def test_a_new_password_ends_every_other_session():
    owner = an_owner()
    token = sessions.log_in(OWNER, PASSWORD, BROWSER).token
    with pytest.raises(WrongLogin):
        service.change_password(owner, WRONG, "battery staple")
    service.change_password(owner, PASSWORD, "battery staple")

    assert sessions.enter(token) is None
    assert [seat.id for seat in queries.seats(owner.staff_id)] == [owner.session_id]
    assert logged_in(OWNER, "battery staple")


@pytest.mark.parametrize("password", ["short", "x" * 201, OWNER, "owner@"])
def test_a_weak_password_is_refused(password: str):
    with pytest.raises(BadStaff):
        service.change_password(an_owner(), PASSWORD, password)


# The second factor


def with_totp() -> str:
    """The owner sets up the second factor; answers the secret."""
    owner = an_owner()
    secret, address = service.begin_totp(owner)
    assert address.startswith("otpauth://totp/")
    with pytest.raises(WrongCode):
        service.confirm_totp(owner, "000000")
    codes = service.confirm_totp(owner, code_of(secret))
    assert len(set(codes)) == limits.RECOVERY
    return secret


def test_with_a_second_factor_the_password_alone_opens_nothing():
    with freeze_time("2026-11-22T00:00:00Z") as time:
        secret = with_totp()
        half = sessions.log_in(OWNER, PASSWORD, BROWSER)
        assert not half.proved
        assert sessions.enter(half.token) is None

        time.tick(30)
        whole = sessions.prove(half.token, code_of(secret), BROWSER)
        assert whole.token != half.token
        assert sessions.enter(whole.token)
        with pytest.raises(WrongLogin):
            sessions.prove(half.token, code_of(secret), BROWSER)


def test_a_code_works_once_and_not_after_a_minute():
    with freeze_time("2026-11-22T00:00:00Z") as time:
        secret = with_totp()
        time.tick(30)
        used = code_of(secret)
        sessions.prove(sessions.log_in(OWNER, PASSWORD, BROWSER).token, used, BROWSER)
        half = sessions.log_in(OWNER, PASSWORD, BROWSER).token
        with pytest.raises(WrongCode):
            sessions.prove(half, used, BROWSER)
        time.tick(30)
        late = code_of(secret)
        time.tick(60)
        with pytest.raises(WrongCode):
            sessions.prove(half, late, BROWSER)


def test_wrong_codes_are_counted():
    with_totp()
    half = sessions.log_in(OWNER, PASSWORD, BROWSER).token
    for _ in range(limits.TRIES - 1):  # One went at the set-up.
        with pytest.raises(WrongCode):
            sessions.prove(half, "000000", BROWSER)
    with pytest.raises(TooOften):
        sessions.prove(half, "000000", BROWSER)


def test_a_recovery_code_opens_once():
    owner = an_owner()
    secret, _ = service.begin_totp(owner)
    first, *_ = service.confirm_totp(owner, code_of(secret))
    half = sessions.log_in(OWNER, PASSWORD, BROWSER).token
    assert sessions.prove(half, f" {first[:5]}-{first[5:].upper()} ", BROWSER).proved
    half = sessions.log_in(OWNER, PASSWORD, BROWSER).token
    with pytest.raises(WrongCode):
        sessions.prove(half, first, BROWSER)
    assert queries.recovery_left(owner) == limits.RECOVERY - 1


def test_the_second_factor_is_dropped_only_with_the_password():
    with_totp()
    owner = queries.by_email(OWNER)
    assert owner is not None
    actor = queries.actor_of(owner, 0)
    with pytest.raises(WrongLogin):
        service.drop_totp(actor, WRONG)
    service.drop_totp(actor, PASSWORD)
    assert sessions.log_in(OWNER, PASSWORD, BROWSER).proved


# Resetting


def test_a_forgotten_password_is_reset_by_mail_once():
    owner = an_owner()
    token = sessions.log_in(OWNER, PASSWORD, BROWSER).token
    service.ask_reset(OWNER, PAGE, BROWSER)
    given = link("reset")
    service.reset(given, "battery staple", BROWSER)

    assert sessions.enter(token) is None
    assert queries.seats(owner.staff_id) == []
    assert logged_in(OWNER, "battery staple")
    with pytest.raises(LetterOver):
        service.reset(given, "another one", BROWSER)


def test_a_reset_lives_half_an_hour_and_a_newer_one_ends_it():
    with freeze_time("2026-11-22T00:00:00Z") as time:
        an_owner()
        service.ask_reset(OWNER, PAGE, BROWSER)
        first = link("reset")
        service.ask_reset(OWNER, PAGE, BROWSER)
        assert not service.letter_works(first, "reset")
        time.tick(timedelta(minutes=30))
        with pytest.raises(LetterOver):
            service.reset(link("reset"), "battery staple", BROWSER)


def test_nobody_is_told_whether_an_address_is_known():
    an_owner()
    service.ask_reset("nobody@x.example", PAGE, BROWSER)
    (letter,) = letters("mail.staff_reset")
    assert letter.expires_at is not None
    assert letter.expires_at <= letter.created_at
    with pytest.raises(LetterOver):
        service.reset(link("reset"), "battery staple", BROWSER)


def test_a_reset_leads_nobody_around_the_second_factor():
    with_totp()
    service.ask_reset(OWNER, PAGE, BROWSER)
    service.reset(link("reset"), "battery staple", BROWSER)
    assert not sessions.log_in(OWNER, "battery staple", BROWSER).proved


def test_resets_of_one_address_are_limited():
    an_owner()
    for _ in range(limits.LETTERS):
        service.ask_reset(OWNER, PAGE, BROWSER)
    with pytest.raises(TooOften):
        service.ask_reset(OWNER, PAGE, BROWSER)


def test_new_keys_open_the_second_factors_too():
    with_totp()
    assert service.reseal() == 1
