"""The phone's API: talks, people, pictures and the live stream."""

import json
import threading
from typing import Any

import pytest
import urllib3

from tests.sandbox.helpers import Client, until


def test_a_talk_shows_what_happened_in_the_persons_language(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    for person in ("hanako", "emma"):
        sandbox.act("add", person=person)
        sandbox.act("text", {"text": "hi"}, person=person)
    sandbox.push(user_ids["hanako"])
    assert sandbox.screen() == ["system: 友だちになりました", "person: hi", "account: hello"]
    assert sandbox.screen("emma") == ["system: You are now friends", "person: hi"]
    later = sandbox.get("/phone/api/talks/hanako/main/messages?after=2")
    assert [line["n"] for line in later["messages"]] == [3]
    assert (later["status"], later["unread"]) == ("friend", 1)
    sandbox.act("read")
    assert sandbox.get("/phone/api/talks/hanako/main/messages?after=9") == {
        "messages": [],
        "status": "friend",
        "unread": 0,
        "last": 3,
        "read_to": 2,
    }


def test_the_state_tells_who_is_whose_friend(sandbox: Client) -> None:
    sandbox.act("add")
    state = sandbox.get("/phone/api/state")
    assert [account["slug"] for account in state["accounts"]] == ["main"]
    friends = {person["key"]: person["friends"]["main"] for person in state["people"]}
    assert friends == {"hanako": "friend", "emma": "none"}
    sandbox.act("block")
    assert sandbox.get("/phone/api/state")["people"][0]["friends"]["main"] == "blocked"


@pytest.mark.parametrize(
    ("before", "action", "body"),
    [
        (["add"], "add", None),
        ([], "block", None),
        ([], "unblock", None),
        (["add", "block"], "add", None),
        (["add", "block"], "text", {"text": "hi"}),
        (["add", "block"], "postback", {"data": "x"}),
    ],
)
def test_what_lines_app_would_not_offer_is_409(
    sandbox: Client, before: list[str], action: str, body: Any
) -> None:
    for done in before:
        sandbox.act(done)
    answer = sandbox.call("POST", f"/phone/api/talks/hanako/main/{action}", body)
    assert answer.status == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.body) == {"title", "status", "detail"}


def test_an_unsent_message_is_gone(sandbox: Client) -> None:
    sent = sandbox.act("text", {"text": "oops"})["message"]
    sandbox.act("unsend", {"message_id": sent["id"]})
    (line,) = sandbox.get("/phone/api/talks/hanako/main/messages")["messages"]
    assert (line["unsent"], line["message"]) == (True, {"type": "unsent"})
    again = sandbox.call("POST", "/phone/api/talks/hanako/main/unsend", {"message_id": sent["id"]})
    assert again.status == 404


def test_a_postback_shows_its_display_text_only(sandbox: Client) -> None:
    assert "message" not in sandbox.act("postback", {"data": "a"})
    assert sandbox.act("postback", {"data": "a", "displayText": "はい"})["message"]
    assert sandbox.screen() == ["person: はい"]


def test_a_messages_sender_is_shown_apart(sandbox: Client, user_ids: dict[str, str]) -> None:
    sandbox.act("add")
    sender = {"name": "店長"}
    sandbox.push(user_ids["hanako"], {"type": "text", "text": "hi", "sender": sender})
    line = sandbox.get("/phone/api/talks/hanako/main/messages")["messages"][-1]
    assert line["sender"] == sender
    assert line["message"] == {"type": "text", "text": "hi"}


def test_people_can_be_added_and_changed(sandbox: Client) -> None:
    person = sandbox.post("/phone/api/people", {"name": "新しい人", "language": "en"})
    changed = sandbox.call("PATCH", f"/phone/api/people/{person['key']}", {"language": "ja"})
    assert changed.body == {**person, "language": "ja"}
    sandbox.act("add", person=person["key"])
    assert sandbox.screen(person["key"]) == ["system: 友だちになりました"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/phone/api/talks/nobody/main/add", None, 404),
        ("/phone/api/talks/hanako/none/add", None, 404),
        ("/phone/api/talks/hanako/main/dance", None, 404),
        ("/phone/api/talks/hanako/main/text", {}, 422),
        ("/phone/api/talks/hanako/main/text", {"text": 5}, 422),
        ("/phone/api/talks/hanako/main/text", b"{", 400),
        ("/phone/api/talks/hanako/main/add", {"extra": 1}, 422),
        ("/phone/api/talks/hanako/main/image", {"content": "?"}, 400),
        ("/phone/api/talks/hanako/main/image", {"type": "text/html"}, 400),
        ("/phone/api/people", {"name": ""}, 422),
    ],
)
def test_bad_input_is_a_problem(sandbox: Client, path: str, body: Any, status: int) -> None:
    answer = sandbox.call("POST", path, body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["detail"]


class Stream:
    """Reads an event stream in a thread."""

    def __init__(self, url: str) -> None:
        self.events: list[tuple[str, Any]] = []
        self.open = threading.Event()
        self._pool = urllib3.PoolManager(retries=False, timeout=10)
        self._answer = self._pool.request("GET", url, preload_content=False)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        assert self.open.wait(10)

    def _read(self) -> None:
        gathered = ""
        for chunk in self._answer.stream(1, decode_content=False):
            gathered += chunk.decode("latin-1")
            self.open.set()
            *whole, gathered = gathered.split("\n\n")
            self.events += [_event(part) for part in whole if part.startswith("event")]
        self._answer.close()
        self._pool.clear()

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events]


def _event(part: str) -> tuple[str, Any]:
    kind, data = part.encode("latin-1").decode().split("\n")
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_the_stream_tells_what_happens_to_one_person(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    stream = Stream(f"{sandbox.url}/phone/api/events?person=hanako")
    sandbox.act("add")
    sandbox.act("add", person="emma")
    sandbox.push(user_ids["hanako"], {"type": "text", "text": "やあ"})
    sandbox.post("/phone/api/people", {"name": "新しい人"})
    wanted = {"message": 2, "status": 1, "call": 1, "delivery": 2, "state": 1}
    until(lambda: {kind: stream.kinds().count(kind) for kind in wanted} == wanted)
    messages = [data for kind, data in stream.events if kind == "message"]
    assert {(data["person"], data["account"]) for data in messages} == {("hanako", "main")}
    assert messages[-1]["message"]["text"] == "やあ"
    assert messages[-1]["unread"] == 1
    status = next(data for kind, data in stream.events if kind == "status")
    assert status == {"person": "hanako", "account": "main", "status": "friend", "unread": 0}


def test_a_stream_of_an_unknown_person_is_404(sandbox: Client) -> None:
    assert sandbox.call("GET", "/phone/api/events?person=nobody").status == 404


def test_the_page_is_served(sandbox: Client) -> None:
    page = sandbox.call("GET", "/phone/")
    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/html")
