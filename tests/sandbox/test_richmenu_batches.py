"""Rich menu batches over LINE's API: users move from menu to menu, and some batches fail."""

from typing import Any

import pytest

from tests.sandbox.helpers import Answer, Client
from tests.sandbox.test_richmenus import PATH, USER, create, shown


def test_a_batch_moves_users_side_by_side(sandbox: Client, user_ids: dict[str, str]) -> None:
    first, second, third = (create(sandbox) for _ in range(3))
    for person, menu_id in (("hanako", first), ("emma", second)):
        sandbox.act("add", person=person)
        sandbox.line("POST", f"{USER}/{user_ids[person]}/richmenu/{menu_id}")
    steps = [
        {"type": "link", "from": first, "to": second},
        {"type": "link", "from": second, "to": third},
    ]
    body = {"operations": steps, "resumeRequestKey": "key"}
    started = sandbox.line("POST", f"{PATH}/batch", body)
    assert started.status == 202
    assert [shown(sandbox, person)["id"] for person in ("hanako", "emma")] == [second, third]
    progress = f"{PATH}/progress/batch?requestId={started.headers['x-line-request-id']}"
    assert sandbox.line("GET", progress).body["phase"] == "ongoing"
    sandbox.post("/control/clock", {"forward": 2})
    assert sandbox.line("GET", progress).body["phase"] == "succeeded"
    # The same key again: everybody is finished, so nobody moves once more.
    assert sandbox.line("POST", f"{PATH}/batch", body).status == 202
    assert shown(sandbox)["id"] == second
    sandbox.line("POST", f"{PATH}/batch", {"operations": [{"type": "unlinkAll"}]})
    assert shown(sandbox) is None
    sandbox.post("/control/clock", {"forward": 14 * 86400})
    assert sandbox.line("GET", progress).status == 404


def three_people(sandbox: Client, user_ids: dict[str, str], menu_id: str) -> list[str]:
    """Friends who all have this menu; their keys in the order of the links."""
    sandbox.post("/control/people", {"key": "sora", "name": "空"})
    people = sandbox.get("/control/state")["people"]
    for person in people:
        sandbox.act("add", person=person["key"])
        user_id = person["user_ids"]["main"]
        assert sandbox.line("POST", f"{USER}/{user_id}/richmenu/{menu_id}").status == 200
    return [person["key"] for person in people]


def fail_next_batch(sandbox: Client) -> None:
    sandbox.post("/control/faults", {"endpoint": "richmenu_batch", "kind": "failed"})


def batch_phase(sandbox: Client, started: Answer) -> str:
    sandbox.post("/control/clock", {"forward": 2})
    request_id = started.headers["x-line-request-id"]
    progress = sandbox.line("GET", f"{PATH}/progress/batch?requestId={request_id}").body
    assert progress["completedTime"] > progress["acceptedTime"]
    return str(progress["phase"])


def test_a_failed_batch_is_finished_with_its_resume_key(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    first, second, third = (create(sandbox) for _ in range(3))
    people = three_people(sandbox, user_ids, first)
    steps = [
        {"type": "link", "from": first, "to": second},
        {"type": "link", "from": second, "to": third},
    ]
    body = {"operations": steps, "resumeRequestKey": "key"}
    fail_next_batch(sandbox)
    started = sandbox.line("POST", f"{PATH}/batch", body)
    assert started.status == 202
    assert [shown(sandbox, person)["id"] for person in people] == [second, first, first]
    assert batch_phase(sandbox, started) == "failed"
    fail_next_batch(sandbox)
    assert batch_phase(sandbox, sandbox.line("POST", f"{PATH}/batch", body)) == "failed"
    assert [shown(sandbox, person)["id"] for person in people] == [second, second, first]
    assert batch_phase(sandbox, sandbox.line("POST", f"{PATH}/batch", body)) == "succeeded"
    assert [shown(sandbox, person)["id"] for person in people] == [second] * 3


def test_a_failed_batch_without_a_key_moves_some_users_twice(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    first, second, third = (create(sandbox) for _ in range(3))
    people = three_people(sandbox, user_ids, first)
    steps = [
        {"type": "link", "from": first, "to": second},
        {"type": "link", "from": second, "to": third},
    ]
    fail_next_batch(sandbox)
    for _ in range(2):
        sandbox.line("POST", f"{PATH}/batch", {"operations": steps})
    assert [shown(sandbox, person)["id"] for person in people] == [third, second, second]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "operations"),
        ({"operations": []}, "operations"),
        ({"operations": [{"type": "unlink", "from": "a"}] * 2}, "operations[1].from"),
        (
            {"operations": [{"type": "unlinkAll"}, {"type": "unlink", "from": "a"}]},
            "operations[0]",
        ),
        (
            {"operations": [{"type": "unlinkAll"}], "resumeRequestKey": "?"},
            "resumeRequestKey",
        ),
        ({"operations": [{"type": "swap"}]}, "operations[0].type"),
    ],
)
def test_a_bad_batch_is_refused(sandbox: Client, body: Any, place: str) -> None:
    answer = sandbox.line("POST", f"{PATH}/validate/batch", body)
    assert answer.status == 400
    assert answer.body["details"][0]["property"] == place
