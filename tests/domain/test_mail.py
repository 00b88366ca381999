"""E-mail against a real mail server: each once, in spite of what goes wrong."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from app import clock
from app.claims import MAX_TRIES
from app.config import Settings
from app.db import db, transaction
from app.errors import Unavailable
from app.messages.mail import LETTERS
from app.outbox import mail_look, mail_work
from app.outbox.mail import Letter, send_mail
from app.outbox.mail_work import LEASE
from app.sender.mail import Mailer, after_refusal
from app.sender.smtp import MailRefused
from tests.domain.conftest import Opens
from tests.support.desk import locked
from tests.support.post_office import CODE, FROM, LETTER, TO, PostOffice
from tests.support.tree import ROOT
from tests.support.waiting import wait_for

# What goes well


def test_a_mail_is_sent_once(post: PostOffice) -> None:
    mail_id = post.write()
    post.send()
    row = post.row(mail_id)
    assert (row.state, row.smtp_code, row.attempts) == ("sent", 250, 1)
    (arrived,) = post.mails()
    assert (arrived.to, arrived.subject) == (TO, "【こもれび珈琲】LINE連携の確認コード")
    assert f"\n    {CODE}\n" in arrived.text
    assert arrived.sender == f"こもれび珈琲 <{FROM}>"
    post.send(after=3600)
    assert len(post.mails()) == 1


def test_its_headers_say_that_a_machine_wrote_it(post: PostOffice) -> None:
    mail_id = post.write(language="en")
    post.send()
    (arrived,) = post.mails()
    headers = dict(arrived.headers)
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Date"] == "Sat, 21 Nov 2026 12:00:00 +0000"
    assert headers["Content-Language"] == "en"
    assert arrived.message_id == f"<{post.row(mail_id).mark}@komorebi.example>"
    assert arrived.subject == "こもれび珈琲: your code to link LINE"


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_letter_can_be_written(post: PostOffice, letter: str, language: str) -> None:
    data = {"shop": "こもれび珈琲", "name": "山田 花子"}
    codes = {"code": CODE, "minutes": 10} if letter.endswith("_code") else {}
    links = {"link": "https://shop.example/x?token=1", "days": 3, "minutes": 30}
    pool = {"pool": "GIFTEE", "left": 3} if letter.startswith("mail.gifts_") else {}
    given = codes or pool or (links if letter.startswith("mail.staff_") else {})
    mail_id = post.write(Letter(letter, data | given), language=language)
    post.send()
    assert post.row(mail_id).state == "sent"
    assert "山田 花子" in post.mails()[0].text


def test_an_intention_is_queued_once_and_undone_with_its_cause(post: PostOffice) -> None:
    def write_and_fail() -> None:
        with transaction():
            send_mail(LETTER, TO, language=None, dedupe="code/1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert send_mail(LETTER, TO, language=None, dedupe="code/1")
    assert not send_mail(LETTER, "taro@example.jp", language=None, dedupe="code/1")
    post.send()
    assert [arrived.to for arrived in post.mails()] == [TO]


def test_many_are_sent_in_one_go(post: PostOffice) -> None:
    for number in range(20):
        post.write(to=f"somebody{number}@example.jp")
    post.send()
    assert len({arrived.to for arrived in post.mails()}) == 20


# What goes wrong: (fault, what the row ends as, how often the server has taken it)

FAULTS = {
    "rate": ("sent", 1),
    "monthly": ("sent", 1),
    "500_before": ("sent", 1),
    "drop_before": ("sent", 1),
    "401": ("failed", 0),
    "400": ("failed", 0),
    "403": ("failed", 0),
    # The server has it and did not say so: it goes out again, and its Message-ID tells.
    "500_after": ("sent", 2),
    "drop_after": ("sent", 2),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_becomes_of_a_mail(post: PostOffice, kind: str) -> None:
    post.goes_wrong(kind)
    row = post.settle(post.write())
    assert (row.state, len(post.mails())) == FAULTS[kind]
    assert len({arrived.message_id for arrived in post.mails()}) <= 1


def test_a_refusal_is_told_by_its_code_alone(post: PostOffice) -> None:
    post.goes_wrong("400")
    row = post.settle(post.write())
    assert (row.smtp_code, row.outcome) == (550, "550 5.1.1")


def test_a_server_that_greylists_is_given_time(post: PostOffice) -> None:
    post.goes_wrong("rate", times=5)
    mail_id, begun = post.write(), clock.now()
    assert post.settle(mail_id).attempts == 6
    assert timedelta(minutes=10) < clock.now() - begun < timedelta(minutes=15)


def test_a_server_that_is_away_and_back(post: PostOffice) -> None:
    post.goes_away()
    mail_id = post.write()
    post.send()
    row = post.row(mail_id)
    assert (row.state, row.outcome) == ("pending", "ConnectionRefusedError")
    post.is_back()
    post.send(after=2)
    assert post.row(mail_id).state == "sent"


def test_after_eight_tries_it_is_dead(post: PostOffice) -> None:
    post.goes_wrong("rate", times=MAX_TRIES)
    mail_id, begun = post.write(), clock.now()
    row = post.settle(mail_id)
    assert (row.state, row.attempts, row.outcome) == ("dead", MAX_TRIES, "451 4.7.1")
    assert timedelta(hours=3) < clock.now() - begun < timedelta(hours=4)
    post.send(after=24 * 3600)
    assert post.mails() == []


def test_a_refused_login_says_nothing_about_the_mail() -> None:
    refused = MailRefused("535 5.7.8", 535)
    assert after_refusal(1, refused)["state"] == "pending"
    assert after_refusal(MAX_TRIES, refused)["state"] == "dead"


def test_a_mail_whose_time_is_over_is_not_sent(post: PostOffice) -> None:
    mail_id = post.write(until=clock.after(600))
    post.goes_wrong("rate", times=None, probability=1.0)
    row = post.settle(mail_id)
    assert (row.state, row.address, row.data) == ("expired", None, None)
    assert clock.now() >= row.expires_at
    assert post.mails() == []


def test_a_letter_that_cannot_be_written_does_not_stop_the_others(post: PostOffice) -> None:
    unknown, without = post.write(Letter("no.such.letter")), post.write(Letter("mail.link_code"))
    good = post.write()
    post.send()
    states = [post.row(mail_id).state for mail_id in (unknown, without, good)]
    assert states == ["failed", "failed", "sent"]
    assert post.row(unknown).outcome == "there is no letter 'no.such.letter'"


# Our own troubles


def test_what_a_dead_lane_had_sent_is_sent_again_under_the_same_id(post: PostOffice) -> None:
    """At least once: between the server's word and our saving it nothing can be undone."""
    mail_id = post.write()
    lane = post.app.extensions["lanes"]["mail"]
    with transaction():
        items = mail_work.take(1)
    lane._send_all(lane._office, items)  # It dies before it can save.
    post.time.tick(LEASE)
    other = Mailer(lane._office, zone=lane._zone)
    other.drain()
    other.close()
    assert post.row(mail_id).state == "sent"
    first, second = post.mails()
    assert first.message_id == second.message_id
    assert (first.headers, first.text) == (second.headers, second.text)
    lane.drain()  # Had it only slept: the row is not its own any more.
    assert (post.row(mail_id).state, post.row(mail_id).fence) == ("sent", 2)


def test_what_the_server_said_is_kept_while_the_database_cannot_take_it(post: PostOffice) -> None:
    mail_id = post.write()
    lane = post.app.extensions["lanes"]["mail"]
    with transaction():
        items = mail_work.take(1)
    lane._send_all(lane._office, items)
    with locked("mail"), pytest.raises(Unavailable):
        lane.run()
    lane.run()
    assert post.row(mail_id).state == "sent"
    assert len(post.mails()) == 1


@pytest.mark.parametrize(("point", "times"), [("mail.claimed", 1), ("mail.sent_before_saved", 2)])
def test_killed_with_a_mail_in_hand(smtp, open_app: Opens, point: str, times: int) -> None:
    world, server, settings = smtp
    with open_app(settings).app_context():
        send_mail(LETTER, TO, language="ja", dedupe="code/1")
        dead = worker(settings, CRASH_AT=point)
        assert dead.wait(60) == -signal.SIGKILL
        living = worker(settings)
        try:
            wait_for(sent, timeout=60)
        finally:
            living.terminate()
            living.wait(30)
    server.close()
    assert len(world.mails.listed()) == times
    assert len({arrived.message_id for arrived in world.mails.listed()}) == 1


def sent() -> bool:
    db.session.rollback()
    return mail_look.counts() == {"sent": 1}


def worker(settings: Settings, **switches: str) -> subprocess.Popen[bytes]:
    """`flask worker --lanes mail` in a process of its own."""
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(settings.smtp_port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": FROM,
        "LINE_API_BASE": settings.line_api_base,
        "LEASE_SECONDS": "1",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--lanes", "mail"]
    return subprocess.Popen(command, cwd=ROOT, env=env | switches)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_answer_that_never_comes_is_waited_for_ten_seconds(post: PostOffice) -> None:
    post.goes_wrong("timeout", seconds=60.0)
    mail_id = post.write()
    post.send()
    assert (post.row(mail_id).state, post.row(mail_id).outcome) == (
        "pending",
        "SMTPServerDisconnected",
    )
    assert post.settle(mail_id).state == "sent"
