"""What is in e-mails: nothing personal stays or is told, and nothing breaks out of a header."""

import logging
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import Flask

from app import clock
from app.claims import LeaseLost
from app.db import db, transaction
from app.messages.mail import Words
from app.outbox import housekeeping, mail, mail_look, mail_work
from app.outbox.mail import Letter, send_mail
from app.outbox.mail_work import Item
from app.outbox.models import MailItem
from app.sender.envelope import BadEnvelope, From, envelope
from app.sender.office import office
from tests.support.post_office import CODE, FROM, LETTER, TO, PostOffice

# What is personal


def test_nothing_personal_is_kept_or_readable(post: PostOffice) -> None:
    mail_id = post.write()
    raw = db.session.execute(sa.text("SELECT address, data FROM mail")).one()
    assert TO not in raw.address
    assert CODE not in raw.data
    post.send()
    row = post.row(mail_id)
    assert (row.address, row.data) == (None, None)


@pytest.mark.parametrize("kind", ["rate", "400", "drop_after", "403"])
def test_nothing_personal_is_logged(
    post: PostOffice, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    caplog.set_level(logging.DEBUG)
    post.goes_wrong(kind)
    post.settle(post.write())
    post.settle(post.write(Letter("no.such.letter", {"code": CODE})))
    post.settle(post.write(to="花子@example.jp"))
    told = "\n".join(str(vars(record)) for record in caplog.records if "sandbox" not in record.name)
    told = "\n".join(line for line in told.splitlines() if "'name': 'mail.log'" not in line)
    assert "mail.send" in told
    assert not [word for word in (TO, "hanako", CODE, "花子") if word in told]


def test_mails_sealed_with_a_lost_key_fail_alone(post: PostOffice) -> None:
    lost, good = post.write(), post.write()
    with transaction():
        other = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
        values = {"address": other, "lost": lost}
        db.session.execute(sa.text("UPDATE mail SET address = :address WHERE id = :lost"), values)
    post.send()
    assert [post.row(mail_id).state for mail_id in (lost, good)] == ["failed", "sent"]


def test_a_letter_that_breaks_fails_alone(post: PostOffice) -> None:
    broken, good = post.write(Letter("mail.relinked", {"shop": "店"})), post.write()
    with transaction():
        row = db.session.get_one(MailItem, broken)
        row.data = '"no object"'
    post.send()
    assert [post.row(mail_id).state for mail_id in (broken, good)] == ["failed", "sent"]
    assert post.row(broken).outcome


def test_waiting_mails_are_sealed_anew_and_ended_ones_stay_empty(post: PostOffice) -> None:
    sent = post.write()
    post.send()
    for _ in range(60):
        post.write()
    before = db.session.scalars(sa.text("SELECT data FROM mail WHERE data IS NOT NULL")).all()
    assert mail.reseal() == 60
    after = db.session.scalars(sa.text("SELECT data FROM mail WHERE data IS NOT NULL")).all()
    assert len(after) == 60
    assert not set(before) & set(after)
    assert post.row(sent).data is None
    post.send()
    assert len(post.mails()) == 61


def test_a_mail_that_waits_for_no_server_is_blanked_in_the_end(post: PostOffice) -> None:
    waiting, in_hand, endless = post.write(until=clock.after(600)), post.write(), post.write()
    with transaction():
        (first, *_) = mail_work.take(1)
    assert first.id == waiting
    post.time.tick(601)
    assert housekeeping.end_expired_mails() == 1
    assert [post.row(each).state for each in (waiting, in_hand, endless)] == [
        "expired", "pending", "pending",
    ]  # fmt: skip
    assert post.row(waiting).data is None
    with transaction(), pytest.raises(LeaseLost):
        mail_work.save(first, state="sent")


def test_ended_mails_are_forgotten_after_their_time(post: PostOffice) -> None:
    post.write()
    post.send()
    assert housekeeping.forget_old_mails() == 0
    post.time.tick(housekeeping.RETENTION + timedelta(days=1))
    waiting = post.write()
    assert housekeeping.forget_old_mails() == 1
    assert post.row(waiting).state == "pending"


# Headers

ITEM = Item(1, 1, 1, "mail.link_code", "ja", "0" * 32, None, datetime(2026, 11, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    "to",
    [
        "a@example.jp\r\nBcc: b@example.jp",
        "a@example.jp\nBcc: b@example.jp",
        "a@example.jp, b@example.jp",
        "a@example.jp> RCPT TO:<b@example.jp",
        "花子@example.jp",
        "no address",
        "",
    ],
)
def test_no_address_breaks_out_of_its_header(to: str) -> None:
    with pytest.raises(BadEnvelope) as raised:
        envelope(ITEM, Words("件名", "本文\n"), to, From(FROM, "店"))
    assert "example" not in str(raised.value)


def test_no_name_breaks_out_of_its_header() -> None:
    name = '店" <x@example.com>, "'
    sent = envelope(ITEM, Words("件名: 店", "本文\n"), TO, From(FROM, name))
    read = message_from_bytes(bytes(sent), policy=policy.default)
    assert [address.addr_spec for address in read["From"].addresses] == [FROM]
    assert read["From"].addresses[0].display_name == name
    for broken in ("店\r\nBcc: x@example.com", "店\nX: y"):
        with pytest.raises(BadEnvelope):
            envelope(ITEM, Words(broken, "本文\n"), TO, From(FROM, ""))
        with pytest.raises(BadEnvelope):
            envelope(ITEM, Words("件名", "本文\n"), TO, From(FROM, broken))


def test_a_mail_is_plain_ascii_on_its_way() -> None:
    sent = envelope(ITEM, Words("件名" * 60, "長い行" * 400), TO, From(FROM, "こもれび珈琲"))
    assert bytes(sent).isascii()
    assert max(len(line) for line in bytes(sent).split(b"\r\n")) <= 998
    read = message_from_bytes(bytes(sent), policy=policy.default)
    assert read["Subject"] == "件名" * 60
    assert read.get_content().rstrip() == "長い行" * 400


# Settings, and staff


def test_without_a_server_mails_wait(app: Flask) -> None:
    with app.app_context():
        assert office(app.extensions["settings"]) is None
        send_mail(LETTER, TO, language=None, dedupe="code/1")
        app.extensions["lanes"]["mail"].drain()
        assert mail_look.counts() == {"pending": 1}
        assert app.test_client().get("/readyz").status_code == 200


def test_the_sender_s_own_name_is_shown(post: PostOffice) -> None:
    named = office(post.app.extensions["settings"].model_copy(update={"mail_from": f"店 <{FROM}>"}))
    assert named
    assert named.sender == From(FROM, "店")


def test_staff_see_mails_and_try_them_at_once(post: PostOffice) -> None:
    post.goes_wrong("rate", times=3)
    mail_id = post.write()
    for _ in range(3):
        post.send(after=40)
    (entry,) = mail_look.listed("pending", 10)
    assert (entry.letter, entry.attempts, entry.outcome) == ("mail.link_code", 3, "451 4.7.1")
    run = post.app.test_cli_runner().invoke
    listed = run(args=["mail", "list"]).output
    assert "mail.link_code" in listed
    assert TO not in listed
    assert run(args=["mail", "retry", str(mail_id)]).output == "1 due again\n"
    post.send()
    assert post.row(mail_id).state == "sent"
    assert mail_look.retry() == 0
