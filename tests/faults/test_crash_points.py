"""Each named crash point: the process dies there, starts again without it, and nothing is amiss.

The chain of a test is: die at the first passage, at the second, at the third, then live and drain.
"""

import itertools
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from app import schema
from app.domain.accounts import queries as accounts
from app.domain.accounts import service
from app.domain.accounts.service import NewAccount
from tests.support.faults import Rig, died
from tests.support.line_truth import WORDS, Event
from tests.support.verdict import problems
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(180),
]

PASSAGES = (1, 2, 3)
IN_WEB = ("inbox.before_commit", "inbox.after_commit_before_200")
IN_WORKER = (
    "inbox.claimed",
    "effect.after_first_of_many",
    "inbox.effects_before_done",
    "send.before_http",
    "send.after_http",
    "send.answered_before_saved",
)


@pytest.mark.parametrize("point", IN_WORKER)
def test_the_worker_dies_and_another_goes_on(point: str, rig: Rig) -> None:
    happening = stories(rig)
    for passage in PASSAGES:
        process = rig.worker(CRASH_AT=f"{point}:{passage}")
        wait_for(lambda: dripped(rig, happening) and process.poll() is not None, timeout=60)  # noqa: B023
        assert died(process), process.returncode
    rig.worker()
    assert rig.drain(), rig.states()
    assert problems(rig) == []


@pytest.mark.parametrize("point", IN_WEB)
def test_the_web_server_dies_and_line_sends_again(point: str, rig: Rig) -> None:
    happening = stories(rig)
    refused = []
    for passage in PASSAGES:
        rig.web(CRASH_AT=f"{point}:{passage}")
        batches = ([next(happening), next(happening)] for _ in range(passage))
        statuses = {rig.line.post(rig.url, batch): batch for batch in batches}
        refused.append(statuses[None])
        rig.end()
    rig.serve()
    assert [rig.line.post(rig.url, batch, again=True) for batch in refused] == [200, 200, 200]
    assert rig.drain(), rig.states()
    assert problems(rig) == []


@pytest.mark.parametrize("passage", [1, 7, 30])
def test_a_migration_dies_and_leaves_the_old_schema(passage: int, empty_rig: Rig) -> None:
    dead = empty_rig.run("migrate", "up", CRASH_AT=f"migrate.each_statement:{passage}")
    assert dead.returncode == -9, dead.stderr
    with empty_rig.app.app_context():
        assert schema.current() is None
    whole = empty_rig.run("migrate", "up")
    assert whole.returncode == 0, whole.stderr
    with empty_rig.app.app_context():
        assert schema.is_newest()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_change_of_keys_dies_and_every_secret_opens_with_the_old_key(rig: Rig) -> None:
    with rig.app.app_context():
        service.add(NewAccount("second", "二号店", "U" + "1" * 32, "a secret", "a token"))
    keys = f"{Fernet.generate_key().decode()},{rig.env['ENCRYPTION_KEYS']}"
    rotating = ("account", "rotate-keys")
    dead = rig.run(*rotating, ENCRYPTION_KEYS=keys, CRASH_AT="keyrotate.mid_rows:1")
    assert dead.returncode == -9, dead.stderr
    with rig.app.app_context():
        assert [account.access_token for account in accounts.everyone()][1] == "a token"
    assert rig.run(*rotating, ENCRYPTION_KEYS=keys).returncode == 0
    new_key_alone = rig.run("account", "list", ENCRYPTION_KEYS=keys.split(",")[0])
    assert new_key_alone.returncode == 0, new_key_alone.stderr


def stories(rig: Rig) -> Iterator[Event]:
    """Texts with an answer, new friends, and thanks that are answered once an hour."""
    for number in itertools.count():
        yield rig.line.text(WORDS[number % len(WORDS)])
        yield rig.line.follow(number)
        yield rig.line.text("ありがとう")


def dripped(rig: Rig, happening: Iterator[Event]) -> bool:
    """One more event, unless plenty lie there already."""
    if rig.open_rows() < 12:
        rig.put(next(happening))
    return True
