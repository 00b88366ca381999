"""Groups and rooms: made over the control API, written to and asked about over LINE's."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.persistence import Store
from sandbox.world import World
from sandbox.worldfile import WorldFile
from tests.sandbox.helpers import Client, Receiver, text

GROUPS = "/control/groups"
UNKNOWN = "C" + "0" * 32


def add(sandbox: Client, *people: str, **more: Any) -> str:
    body = {"account": "main", "people": list(people or ("hanako", "emma"))}
    return str(sandbox.post(GROUPS, body | more)["id"])


def write(sandbox: Client, group_id: str, words: str, person: str = "hanako") -> Any:
    place = {"type": "group", "groupId": group_id}
    event = {"account": "main", "person": person, "type": "message", "place": place}
    return sandbox.post("/control/events", event | {"content": text(words)})


def said(sandbox: Client, group_id: str) -> list[tuple[str, str]]:
    lines = sandbox.get(f"{GROUPS}/{group_id}/messages")["messages"]
    return [(line.get("person", line["from"]), line["message"]["text"]) for line in lines]


def get(sandbox: Client, group_id: str, rest: str) -> Any:
    kind = "group" if group_id.startswith("C") else "room"
    return sandbox.line("GET", f"/v2/bot/{kind}/{group_id}/{rest}")


def test_the_account_joins_a_new_group_and_can_greet(sandbox: Client, receiver: Receiver) -> None:
    group_id = add(sandbox, name="商店街")
    sandbox.settle()
    (event,) = receiver.events
    assert (event["type"], event["source"]) == ("join", {"type": "group", "groupId": group_id})
    assert sandbox.reply(event["replyToken"], text("よろしく")).status == 200
    assert said(sandbox, group_id) == [("account", "よろしく")]
    assert sandbox.screen() == []
    assert sandbox.accepted()[0]["to"] == sandbox.accepted()[0]["shown_to"] == [group_id]


def test_a_member_writes_and_a_push_answers(
    sandbox: Client, receiver: Receiver, user_ids: dict[str, str]
) -> None:
    group_id = add(sandbox)
    write(sandbox, group_id, "何時から?")
    sandbox.settle()
    event = receiver.events[1]
    assert event["source"]["userId"] == user_ids["hanako"]
    answer = sandbox.push(
        group_id, text("10時です") | {"quoteToken": event["message"]["quoteToken"]}
    )
    assert answer.status == 200
    assert answer.body["sentMessages"][0]["quoteToken"]
    assert said(sandbox, group_id) == [("hanako", "何時から?"), ("account", "10時です")]
    read = {"markAsReadToken": event["message"]["markAsReadToken"]}
    assert sandbox.line("POST", "/v2/bot/chat/markAsRead", read).status == 200
    lines = sandbox.get(f"{GROUPS}/{group_id}/messages?after=1")
    assert ([line["n"] for line in lines["messages"]], lines["last"]) == ([2], 2)


def test_a_push_to_a_group_counts_everybody(sandbox: Client) -> None:
    sandbox.call("PATCH", "/control/accounts/main", {"monthly_limit": 3})
    group_id = add(sandbox)
    assert sandbox.push(group_id).status == 200
    assert sandbox.line("GET", "/v2/bot/message/quota/consumption").body == {"totalUsage": 2}
    refused = sandbox.push(group_id)
    assert (refused.status, len(said(sandbox, group_id))) == (429, 1)


def test_only_groups_the_account_is_in_can_be_written_to(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sister = {"slug": "sister", "name": "Sister", "webhook_url": "http://127.0.0.1:9/"}
    sandbox.post("/control/accounts", sister)
    others = add(sandbox, account="sister")
    for group_id in (UNKNOWN, others):
        assert sandbox.push(group_id).body == {"message": "Failed to send messages"}
        assert get(sandbox, group_id, "summary").status == 404
    own = add(sandbox)
    body = {"to": [own, user_ids["hanako"]], "messages": [text("x")]}
    assert sandbox.line("POST", "/v2/bot/message/multicast", body).status == 400
    wrong = text("x") | {"quoteToken": "q" * 64}
    assert sandbox.push(own, wrong).status == 400
    assert said(sandbox, own) == []


def test_line_tells_who_is_in_a_group(sandbox: Client, user_ids: dict[str, str]) -> None:
    sandbox.post("/control/people", {"key": "nobody", "name": "匿名", "consent": False})
    picture = "https://example.com/group.png"
    group_id = add(sandbox, "hanako", "nobody", name="商店街", picture=picture)
    summary = {"groupId": group_id, "groupName": "商店街", "pictureUrl": picture}
    assert get(sandbox, group_id, "summary").body == summary
    assert get(sandbox, group_id, "members/count").body == {"count": 2}
    hanako = {"userId": user_ids["hanako"], "displayName": "山田 花子"}
    assert get(sandbox, group_id, f"member/{user_ids['hanako']}").body == hanako
    assert get(sandbox, group_id, f"member/{user_ids['emma']}").status == 404
    assert get(sandbox, group_id, "members/ids").status == 403
    sandbox.call("PATCH", "/control/accounts/main", {"verified": True})
    assert get(sandbox, group_id, "members/ids").body == {"memberIds": [user_ids["hanako"]]}


def test_a_room_has_no_summary(sandbox: Client, user_ids: dict[str, str]) -> None:
    room_id = add(sandbox, kind="room")
    assert room_id.startswith("R")
    assert get(sandbox, room_id, "members/count").body == {"count": 2}
    assert get(sandbox, room_id, f"member/{user_ids['emma']}").status == 200
    assert sandbox.line("GET", f"/v2/bot/group/{room_id}/summary").status == 404
    assert sandbox.line("GET", f"/v2/bot/group/{room_id}/members/count").status == 404
    assert sandbox.push(room_id, text("hi")).status == 200
    assert said(sandbox, room_id) == [("account", "hi")]


@pytest.mark.parametrize("by", ["the account", "a member"])
def test_the_account_leaves(sandbox: Client, receiver: Receiver, by: str) -> None:
    group_id = add(sandbox)
    if by == "the account":
        assert sandbox.line("POST", f"/v2/bot/group/{group_id}/leave").body == {}
    else:
        assert sandbox.call("DELETE", f"{GROUPS}/{group_id}").body["joined"] is False
    sandbox.settle()
    assert [event["type"] for event in receiver.events] == ["join", "leave"]
    assert "replyToken" not in receiver.events[1]
    assert sandbox.line("POST", f"/v2/bot/group/{group_id}/leave").status == 404
    assert sandbox.push(group_id).status == 400
    assert sandbox.call("DELETE", f"{GROUPS}/{group_id}").status == 409
    assert sandbox.reply(receiver.events[0]["replyToken"]).status == 400
    assert said(sandbox, group_id) == []


def test_who_comes_and_goes_is_told_of(
    sandbox: Client, receiver: Receiver, user_ids: dict[str, str]
) -> None:
    group_id = add(sandbox, "hanako")
    changed = sandbox.call("PATCH", f"{GROUPS}/{group_id}", {"people": ["emma"], "name": "B"})
    assert (changed.body["people"], len(changed.body["event_ids"])) == (["emma"], 2)
    sandbox.settle()
    _, joined, left = receiver.events
    assert joined["joined"] == {"members": [{"type": "user", "userId": user_ids["emma"]}]}
    assert left["left"] == {"members": [{"type": "user", "userId": user_ids["hanako"]}]}
    assert ("replyToken" in joined, "replyToken" in left) == (True, False)
    assert get(sandbox, group_id, "summary").body["groupName"] == "B"
    late = {"account": "main", "person": "hanako", "type": "message", "content": text("x")}
    late["place"] = {"type": "group", "groupId": group_id}
    assert sandbox.call("POST", "/control/events", late).status == 409


def test_without_consent_a_member_has_no_id(sandbox: Client, receiver: Receiver) -> None:
    sandbox.post("/control/people", {"key": "nobody", "name": "匿名", "consent": False})
    group_id = add(sandbox, "nobody")
    write(sandbox, group_id, "hi", "nobody")
    sandbox.settle()
    assert receiver.events[1]["source"] == {"type": "group", "groupId": group_id}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "", {}, 422),
        ("POST", "", {"account": "none"}, 404),
        ("POST", "", {"account": "main", "people": ["none"]}, 404),
        ("POST", "", {"account": "main", "people": ["emma", "emma"]}, 422),
        ("POST", "", {"account": "main", "kind": "party"}, 422),
        ("POST", "", {"account": "main", "kind": "room", "name": "x"}, 422),
        ("POST", "", {"account": "main", "id": "R" + "0" * 32}, 422),
        ("POST", "", {"account": "main", "picture": "no address"}, 422),
        ("PATCH", f"/{UNKNOWN}", {"name": "x"}, 404),
        ("PATCH", "/{group}", {"people": ["none"]}, 404),
        ("PATCH", "/{group}", {"people": ["emma", "emma"]}, 422),
        ("PATCH", "/{group}", {"account": "x"}, 422),
        ("PATCH", "/{room}", {"name": "x"}, 409),
        ("DELETE", f"/{UNKNOWN}", None, 404),
        ("GET", f"/{UNKNOWN}/messages", None, 404),
        ("GET", "/{group}/messages?after=x", None, 400),
        ("POST", "", {"account": "main", "id": "{group}"}, 409),
    ],
)
def test_bad_input_is_a_problem(
    sandbox: Client, method: str, path: str, body: Any, status: int
) -> None:
    ids = {"group": add(sandbox), "room": add(sandbox, kind="room")}
    if body and "id" in body:
        body = body | {"id": body["id"].format(**ids)}
    answer = sandbox.call(method, GROUPS + path.format(**ids), body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["detail"]
    assert len(sandbox.get(GROUPS)["items"]) == 2


def test_groups_survive_a_restart_and_end_with_a_reset(tmp_path: Path) -> None:
    def seed(world: World) -> None:
        WorldFile.model_validate(
            {
                "accounts": [{"slug": "main", "name": "A", "webhook_url": "http://127.0.0.1:9/"}],
                "people": [{"key": "hanako", "name": "山田 花子"}],
                "groups": [{"account": "main", "id": UNKNOWN, "people": ["hanako"]}],
            }
        ).fill(world)

    world = World(seed, Store(tmp_path / "world.sqlite"))
    with world.lock:
        group = world.groups.groups[UNKNOWN]
        world.groups.say(group, "hanako", text("hi"), "1", 5)
    world.store.close()
    world = World(seed, Store(tmp_path / "world.sqlite"))
    (group,) = world.groups.groups.values()
    (line,) = world.groups.lines(group, 0)
    assert line.as_json() == {
        "n": 1,
        "id": "1",
        "at": 5,
        "from": "person",
        "person": "hanako",
        "message": text("hi"),
    }
    world.reset()
    assert world.groups.lines(world.groups.groups[UNKNOWN], 0) == []
    world.store.close()


def test_the_world_tells_of_groups_as_a_file_does(sandbox: Client) -> None:
    group_id, left = add(sandbox, name="商店街"), add(sandbox)
    sandbox.call("DELETE", f"{GROUPS}/{left}")
    copy = World(WorldFile.model_validate(sandbox.get("/control/world")).fill)
    (group,) = copy.groups.groups.values()
    assert (group.id, group.name, group.people) == (group_id, "商店街", ["hanako", "emma"])
