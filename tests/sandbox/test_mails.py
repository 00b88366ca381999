"""The sandbox's mail server and its mailbox over the control API."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from sandbox import server
from sandbox.mails import Mails
from sandbox.persistence import Store
from sandbox.server import Handle
from sandbox.world import World
from tests.sandbox.helpers import Client

TO, OTHER = "hanako@example.jp", "taro@example.jp"


@pytest.fixture
def post() -> Iterator[Handle]:
    handle = server.run_in_thread(World(), smtp_port=0)
    yield handle
    handle.stop()


@pytest.fixture
def client(post: Handle) -> Iterator[Client]:
    client = Client(post.url, None)
    yield client
    client.close()


def mail(subject: str = "件名", text: str = "本文\n二行目") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "shop@example.jp", subject, "<1@example.jp>"
    made.set_content(text)
    return made


def send(post: Handle, *to: str, content: EmailMessage | None = None) -> None:
    with smtplib.SMTP("127.0.0.1", post.smtp_port or 0) as talk:
        talk.send_message(content or mail(), to_addrs=to or [TO])


def numbers(client: Client, query: str = "") -> list[int]:
    return [item["n"] for item in client.call("GET", f"/control/mails{query}").body["items"]]


def test_a_mail_is_kept_as_it_reads(post: Handle, client: Client) -> None:
    send(post)
    (kept,) = client.call("GET", "/control/mails").body["items"]
    assert (kept["to"], kept["sender"], kept["subject"]) == (TO, "shop@example.jp", "件名")
    assert (kept["text"], kept["message_id"]) == ("本文\n二行目", "<1@example.jp>")
    assert ["Message-ID", "<1@example.jp>"] in kept["headers"]


def test_mails_are_found_by_address_and_number(post: Handle, client: Client) -> None:
    send(post, TO, OTHER)
    send(post, OTHER)
    assert numbers(client) == [1, 2, 3]
    assert numbers(client, f"?to={TO.upper()}") == [1]
    assert numbers(client, f"?to={OTHER}&since=2") == [3]


def test_cleared_mails_are_gone_and_their_numbers_go_on(post: Handle, client: Client) -> None:
    send(post)
    assert client.call("POST", "/control/mails/clear", {}).status == 200
    assert numbers(client) == []
    send(post)
    assert numbers(client) == [2]
    client.call("POST", "/control/reset")
    assert numbers(client) == []


def test_what_is_no_proper_mail_is_kept_all_the_same(post: Handle, client: Client) -> None:
    with smtplib.SMTP("127.0.0.1", post.smtp_port or 0) as talk:
        talk.sendmail("x@example.jp", TO, b"\xff\xfe no headers")
        broken = b"Content-Type: text/plain; charset=martian\r\n\r\nhello\r\n"
        talk.sendmail("x@example.jp", TO, broken)
        talk.sendmail("x@example.jp", TO, b"Content-Type: multipart/mixed\r\n\r\n")
    assert numbers(client) == [1, 2, 3]


@pytest.mark.parametrize(
    ("kind", "code", "taken"),
    [("rate", 451, []), ("monthly", 452, []), ("400", 550, []), ("500_after", 451, [1])],
)
def test_a_fault_strikes_once(
    post: Handle, client: Client, kind: str, code: int, taken: list[int]
) -> None:
    fault = {"endpoint": "mail", "kind": kind}
    assert client.call("POST", "/control/faults", fault).status == 201
    with pytest.raises(smtplib.SMTPException) as refused:
        send(post)
    told = refused.value
    codes = (
        told.recipients.values() if isinstance(told, smtplib.SMTPRecipientsRefused) else [told.args]
    )
    assert [each[0] for each in codes] == [code]
    assert numbers(client) == taken
    send(post)
    assert len(numbers(client)) == len(taken) + 1


@pytest.mark.parametrize(("kind", "taken"), [("drop_before", []), ("drop_after", [1])])
def test_a_connection_breaks(post: Handle, client: Client, kind: str, taken: list[int]) -> None:
    client.call("POST", "/control/faults", {"endpoint": "mail", "kind": kind})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(post)
    assert numbers(client) == taken


def test_faults_of_everything_are_those_of_line(post: Handle, client: Client) -> None:
    client.call("POST", "/control/faults", {"endpoint": "*", "kind": "400"})
    send(post)
    assert numbers(client) == [1]


def test_mails_outlive_a_restart(tmp_path: Path) -> None:
    for known in (0, 1):
        handle = server.run_in_thread(World(store=Store(tmp_path / "data.sqlite")), smtp_port=0)
        assert len(handle.world.mails.listed()) == known
        send(handle)
        handle.stop()
    assert [each.n for each in World(store=Store(tmp_path / "data.sqlite")).mails.listed()] == [
        1,
        2,
    ]


def test_the_oldest_mails_are_forgotten() -> None:
    mails = Mails(Store())
    for at in range(1100):
        mails.add(TO, bytes(mail()), at)
    kept = mails.listed()
    assert (len(kept), kept[0].n, kept[-1].n) == (1000, 101, 1100)
