"""A sandbox with a data file: what it holds after a stop, a kill and a reset."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import server
from sandbox.persistence import Store
from sandbox.world import World
from tests.sandbox.helpers import Client, Receiver, text, until
from tests.sandbox.test_messaging_more import coupon
from tests.sandbox.test_process import answers, start
from tests.sandbox.test_richmenus import alias, create
from tests.support.ports import free_port

KEY = "123e4567-e89b-12d3-a456-426614174000"
ACCOUNT = {
    "slug": "main",
    "name": "Shop",
    "webhook_url": "http://127.0.0.1:9/",
    "access_token": "t",
}

Open = Callable[[], Client]


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Open]:
    """Start a sandbox on the data file; each further call stops the one before."""
    running: list[tuple[Any, Client]] = []

    def stop() -> None:
        for handle, client in running:
            handle.stop()
            client.close()
        running.clear()

    def reopen() -> Client:
        stop()
        handle = server.run_in_thread(World(_seed, Store(tmp_path / "data.sqlite")))
        client = Client(handle.url, None)
        client.token = "t"
        running.append((handle, client))
        return client

    yield reopen
    stop()


def _seed(world: World) -> None:
    world.seed_account(ACCOUNT)


def test_talks_people_accounts_and_time_survive_a_restart(reopen: Open) -> None:
    sandbox = reopen()
    sandbox.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    sandbox.call("PATCH", "/control/accounts/main", {"name": "Renamed"})
    sandbox.act("add")
    image = sandbox.act("image")["message"]
    sandbox.act("text", {"text": "hi"})
    sandbox.post("/control/clock", {"forward": 3600})
    before = _everything(sandbox)
    picture = sandbox.call("GET", image["message"]["originalContentUrl"]).body
    sandbox = reopen()
    after = _everything(sandbox)
    assert after == before
    assert after["state"]["accounts"][0]["name"] == "Renamed"
    assert sandbox.call("GET", image["message"]["originalContentUrl"]).body == picture


def _everything(sandbox: Client) -> dict[str, Any]:
    sandbox.settle()
    logs = {name: sandbox.get(f"/control/{name}") for name in ("accepted", "calls", "deliveries")}
    return {
        "state": sandbox.get("/phone/api/state"),
        "talk": sandbox.get("/phone/api/talks/hanako/main/messages"),
        "ahead": sandbox.get("/control/clock")["ahead_seconds"],
        **logs,
    }


def test_reply_tokens_and_retry_keys_survive_a_restart(reopen: Open) -> None:
    sandbox = reopen()
    person = sandbox.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    user_id = person["user_ids"]["main"]
    sandbox.act("add")
    sandbox.act("text", {"text": "hi"})
    first, second = (_reply_token(sandbox, number) for number in (0, 1))
    sandbox.reply(first)
    accepted = sandbox.push(user_id, key=KEY)
    sandbox = reopen()
    assert sandbox.reply(first).status == 400
    assert sandbox.reply(second).status == 200
    again = sandbox.push(user_id, key=KEY)
    assert again.status == 409
    request_id = accepted.headers["x-line-request-id"]
    assert again.headers["x-line-accepted-request-id"] == request_id


def test_what_line_keeps_survives_a_restart(reopen: Open) -> None:
    sandbox = reopen()
    person = sandbox.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    user_id = person["user_ids"]["main"]
    sandbox.act("add")
    menu_id = create(sandbox)
    sandbox.line("POST", f"/v2/bot/user/{user_id}/richmenu/{menu_id}")
    alias(sandbox, "tab", menu_id)
    coupon_id = coupon(sandbox)
    body = {"description": "vip", "audiences": [{"id": user_id}]}
    audience = sandbox.line("POST", "/v2/bot/audienceGroup/upload", body).body
    body = {"messages": [text("hi")], "to": user_id, "customAggregationUnits": ["unit"]}
    sandbox.line("POST", "/v2/bot/message/push", body)
    paths = [
        f"/v2/bot/richmenu/{menu_id}/content",
        f"/v2/bot/user/{user_id}/richmenu",
        "/v2/bot/richmenu/alias/list",
        f"/v2/bot/coupon/{coupon_id}",
        f"/v2/bot/audienceGroup/{audience['audienceGroupId']}",
        "/v2/bot/message/quota/consumption",
        "/v2/bot/message/aggregation/list",
    ]
    before = [sandbox.line("GET", path) for path in paths]
    assert {answer.status for answer in before} == {200}
    sandbox = reopen()
    after = [sandbox.line("GET", path) for path in paths]
    assert [answer.body for answer in after] == [answer.body for answer in before]


def test_webhooks_held_back_survive_a_restart(reopen: Open, receiver: Receiver) -> None:
    sandbox = reopen()
    sandbox.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    change = {"webhook_url": receiver.url, "hold": True}
    sandbox.call("PATCH", "/control/accounts/main", change)
    for words in "abc":
        sandbox.act("text", {"text": words})
    sandbox = reopen()
    assert sandbox.get("/control/idle") == {"idle": True, "under_way": 0, "held": 3, "later": 0}
    assert receiver.got == []
    sandbox.act("text", {"text": "d"})
    sandbox.post("/control/deliveries/release", {"account": "main", "order": "reverse"})
    sandbox.settle()
    assert [event["message"]["text"] for event in receiver.events] == list("dcba")
    sandbox = reopen()
    assert sandbox.get("/control/idle")["held"] == 0
    sandbox.post("/control/deliveries/release", {"account": "main"})
    assert len(receiver.events) == 4


def test_a_waiting_redelivery_survives_a_restart(reopen: Open, receiver: Receiver) -> None:
    receiver.statuses = [503, 503]
    sandbox = reopen()
    sandbox.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    change = {"webhook_url": receiver.url, "redelivery": True}
    sandbox.call("PATCH", "/control/accounts/main", change)
    sandbox.act("text", {"text": "hi"})
    sandbox.settle()
    sandbox.post("/control/clock", {"forward": 2})
    until(lambda: len(sandbox.deliveries()) == 2)
    sandbox.settle()
    # The third try is due in five seconds, which may pass while the sandbox is started again.
    sandbox = reopen()
    until(lambda: sandbox.get("/control/idle")["later"] + len(sandbox.deliveries()) > 2)
    sandbox.post("/control/clock", {"forward": 60})
    until(lambda: len(receiver.events) == 3)
    first, second, third = receiver.events
    assert third == second == first | {"deliveryContext": {"isRedelivery": True}}
    sandbox.settle()
    assert [one["try"] for one in sandbox.deliveries()] == [1, 2, 3]
    assert reopen().get("/control/idle")["later"] == 0


def test_what_no_server_took_can_be_sent_again_after_a_restart(
    reopen: Open, receiver: Receiver
) -> None:
    receiver.statuses = [503]
    sandbox = reopen()
    sandbox.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    sandbox.call("PATCH", "/control/accounts/main", {"webhook_url": receiver.url})
    sandbox.act("text", {"text": "lost"})
    sandbox.act("text", {"text": "taken"})
    sandbox.settle()
    sandbox = reopen()
    sandbox.post("/control/deliveries/redeliver")
    sandbox.settle()
    lost, _, again = receiver.events
    assert again == lost | {"deliveryContext": {"isRedelivery": True}}
    duplicate = {"event_ids": [lost["webhookEventId"]], "duplicate": True}
    sandbox = reopen()
    sandbox.post("/control/deliveries/redeliver", duplicate)
    sandbox.settle()
    assert receiver.events[3] == lost


def test_a_reset_forgets_what_was_held_back(reopen: Open, receiver: Receiver) -> None:
    sandbox = reopen()
    sandbox.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    change = {"webhook_url": receiver.url, "hold": True}
    sandbox.call("PATCH", "/control/accounts/main", change)
    sandbox.act("text", {"text": "hi"})
    sandbox.post("/control/reset")
    assert sandbox.get("/control/idle")["held"] == 0
    sandbox = reopen()
    assert sandbox.get("/control/idle")["held"] == 0
    assert sandbox.post("/control/deliveries/release", {"account": "main"})["event_ids"] == []


def _reply_token(sandbox: Client, number: int) -> str:
    until(lambda: len(sandbox.deliveries()) > number)
    token: str = sandbox.deliveries()[number]["events"][0]["replyToken"]
    return token


def test_a_reset_empties_the_file(reopen: Open, tmp_path: Path) -> None:
    sandbox = reopen()
    sandbox.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    sandbox.act("add")
    sandbox.post("/control/reset")
    sandbox = reopen()
    state = sandbox.get("/phone/api/state")
    assert state["people"] == []
    assert [account["slug"] for account in state["accounts"]] == ["main"]


def test_a_changed_seed_changes_what_it_names(
    reopen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = reopen()
    sandbox.call("PATCH", "/control/accounts/main", {"name": "By hand"})
    monkeypatch.setitem(ACCOUNT, "webhook_url", "http://127.0.0.1:10/")
    account = reopen().get("/control/state")["accounts"][0]
    assert (account["name"], account["webhook_url"]) == ("By hand", "http://127.0.0.1:10/")


def test_a_killed_process_leaves_a_whole_file(tmp_path: Path) -> None:
    data = tmp_path / "data.sqlite"
    process, client = _started(data)
    try:
        client.act("add")
        for number in range(50):
            client.act("text", {"text": str(number)})
        # Everything is written a moment later; nothing tells when, so the file is asked.
        until(lambda: _stored(data, b'"text":"49"'))
    finally:
        _kill(process, client)
    process, client = _started(data)
    try:
        assert client.screen()[-1] == "person: 49"
    finally:
        _kill(process, client)


def _started(data: Path) -> tuple[subprocess.Popen[str], Client]:
    port = free_port()
    process = start("--port", str(port), "--data", str(data))
    client = Client(f"http://127.0.0.1:{port}", None)
    until(lambda: answers(client), seconds=90)
    return process, client


def _kill(process: subprocess.Popen[str], client: Client) -> None:
    # gunicorn's worker ends by itself when its master is gone, but not before its next look.
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in [process.pid, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    client.close()


def _stored(data: Path, words: bytes) -> bool:
    written = data.with_name(f"{data.name}-wal")
    return written.exists() and words in written.read_bytes()


@pytest.mark.parametrize("words", [b"no database at all" * 50, None])
def test_an_unusable_file_stops_the_start(tmp_path: Path, words: bytes | None) -> None:
    data = tmp_path / "data.sqlite"
    if words:
        data.write_bytes(words)
    else:
        other = sqlite3.connect(data)
        other.execute("CREATE TABLE theirs (id)")
        other.close()
    process = start("--data", str(data), "--port", str(free_port()))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "cannot be used" in output


def test_two_sandboxes_do_not_share_a_file(reopen: Open, tmp_path: Path) -> None:
    sandbox = reopen()
    sandbox.post("/control/people", {"key": "hanako", "name": text("x")["text"]})
    process = start("--data", str(tmp_path / "data.sqlite"), "--port", str(free_port()))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "locked" in output
