"""Narrowcasts and audiences."""

from typing import Any

import pytest

from tests.sandbox.crowd import befriend
from tests.sandbox.helpers import Answer, Client, text, until

NARROWCAST = "/v2/bot/message/narrowcast"
AUDIENCE = "/v2/bot/audienceGroup"


def upload(sandbox: Client, user_ids: list[str]) -> int:
    """Make an audience and wait until it is ready."""
    body = {"description": "vip", "audiences": [{"id": user_id} for user_id in user_ids]}
    answer = sandbox.line("POST", f"{AUDIENCE}/upload", body)
    assert answer.status == 202, answer
    sandbox.post("/control/clock", {"forward": 61})
    audience_id: int = answer.body["audienceGroupId"]
    return audience_id


def narrowcast(sandbox: Client, **more: Any) -> Answer:
    return sandbox.line("POST", NARROWCAST, {"messages": [text("only you")], **more})


def to(audience_id: int) -> dict[str, Any]:
    return {"type": "audience", "audienceGroupId": audience_id}


def progress(sandbox: Client, started: Answer) -> Any:
    request_id = started.headers["x-line-request-id"]
    path = f"/v2/bot/message/progress/narrowcast?requestId={request_id}"
    return sandbox.line("GET", path).body


def finish(sandbox: Client, started: Answer) -> Any:
    assert started.status == 202, started
    sandbox.post("/control/clock", {"forward": 3})
    until(lambda: progress(sandbox, started)["phase"] in ("succeeded", "failed"))
    return progress(sandbox, started)


def test_an_audience_of_uploaded_ids_is_reached(sandbox: Client, user_ids: dict[str, str]) -> None:
    for person in user_ids:
        sandbox.act("add", person=person)
    audience_id = upload(sandbox, [user_ids["hanako"]])
    started = narrowcast(sandbox, recipient=to(audience_id))
    assert progress(sandbox, started)["phase"] == "waiting"
    done = finish(sandbox, started)
    assert (done["phase"], done["successCount"], done["targetCount"]) == ("succeeded", 1, 1)
    assert sandbox.screen()[-1] == "account: only you"
    assert len(sandbox.screen("emma")) == 1
    others = {"type": "operator", "not": to(audience_id)}
    both = {"type": "operator", "or": [to(audience_id), others]}
    assert finish(sandbox, narrowcast(sandbox, recipient=both))["successCount"] == 2
    sandbox.post("/control/clock", {"forward": 15 * 86400})
    assert progress(sandbox, started) == {"message": "Not found"}


def test_the_people_of_a_narrowcast_can_be_taken_again(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    audience_id = upload(sandbox, [user_ids["hanako"]])
    first = narrowcast(sandbox, recipient=to(audience_id))
    finish(sandbox, first)
    again = {"type": "redelivery", "requestId": first.headers["x-line-request-id"]}
    # Not only uploaded ids: at least fifty people are needed then.
    done = finish(sandbox, narrowcast(sandbox, recipient=again))
    assert (done["phase"], done["errorCode"]) == ("failed", 2)


def test_a_narrowcast_fails_inside_line_on_demand(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    recipient = to(upload(sandbox, [user_ids["hanako"]]))
    sandbox.post("/control/faults", {"endpoint": "narrowcast", "kind": "failed"})
    done = finish(sandbox, narrowcast(sandbox, recipient=recipient))
    assert (done["phase"], done["errorCode"]) == ("failed", 1)
    assert sandbox.accepted() == []
    again = finish(sandbox, narrowcast(sandbox, recipient=recipient))
    assert again["phase"] == "succeeded"


def test_too_few_friends_fail_when_the_delivery_starts(sandbox: Client) -> None:
    befriend(sandbox, 3)
    done = finish(sandbox, narrowcast(sandbox))
    assert (done["phase"], done["errorCode"]) == ("failed", 2)
    filtered = narrowcast(sandbox, filter={"demographic": {"type": "gender", "oneOf": ["female"]}})
    assert filtered.status == 403


def test_fifty_friends_are_enough_and_limits_hold(sandbox: Client) -> None:
    befriend(sandbox, 50)
    done = finish(sandbox, narrowcast(sandbox, limit={"max": 10}))
    assert (done["phase"], done["successCount"]) == ("succeeded", 10)
    sandbox.call("PATCH", "/control/accounts/main", {"monthly_limit": 30})
    assert narrowcast(sandbox).status == 429
    rest = {"upToRemainingQuota": True}
    whole = finish(sandbox, narrowcast(sandbox, limit=rest | {"forbidPartialDelivery": True}))
    assert (whole["phase"], whole["errorCode"]) == ("failed", 5)
    assert finish(sandbox, narrowcast(sandbox, limit=rest))["successCount"] == 20
    assert narrowcast(sandbox, limit={"forbidPartialDelivery": True}).status == 400


@pytest.mark.parametrize(
    "recipient",
    [to(1), {"type": "redelivery", "requestId": "x"}, {"type": "operator"}, {"type": "nobody"}],
)
def test_unknown_recipients_are_refused(sandbox: Client, recipient: Any) -> None:
    assert narrowcast(sandbox, recipient=recipient).status == 400


def test_an_audience_becomes_ready_grows_and_ends(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    body = {"description": "vip", "audiences": [{"id": user_ids["hanako"]}]}
    made = sandbox.line("POST", f"{AUDIENCE}/upload", body).body
    path = f"{AUDIENCE}/{made['audienceGroupId']}"
    assert sandbox.line("GET", path).body["audienceGroup"]["status"] == "IN_PROGRESS"
    sandbox.post("/control/clock", {"forward": 60})
    assert sandbox.line("GET", path).body["audienceGroup"]["status"] == "READY"
    more = {"audienceGroupId": made["audienceGroupId"], "audiences": [{"id": user_ids["emma"]}]}
    assert sandbox.line("PUT", f"{AUDIENCE}/upload", more).status == 202
    grown = sandbox.line("GET", path).body
    assert grown["audienceGroup"]["audienceCount"] == 2
    assert grown["jobs"][0]["jobStatus"] == "WORKING"
    renamed = sandbox.line("PUT", f"{path}/updateDescription", {"description": "new"})
    assert renamed.status == 200
    listed = sandbox.line("GET", f"{AUDIENCE}/list?page=1").body
    assert [one["description"] for one in listed["audienceGroups"]] == ["new"]
    sandbox.post("/control/clock", {"forward": 180 * 86400})
    assert sandbox.line("GET", path).body["audienceGroup"]["status"] == "EXPIRED"
    assert sandbox.line("DELETE", path).status == 200
    assert sandbox.line("GET", path).status == 400


def test_ids_come_as_a_file_too(sandbox: Client, user_ids: dict[str, str]) -> None:
    data = "\n".join(user_ids.values())
    body = (
        '--b\r\nContent-Disposition: form-data; name="description"\r\n\r\nfile\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="ids.txt"\r\n\r\n'
        f"{data}\r\n--b--\r\n"
    ).encode()
    kind = "multipart/form-data; boundary=b"
    made = sandbox.line("POST", f"{AUDIENCE}/upload/byFile", body, Content_Type=kind)
    assert made.status == 202
    found = sandbox.line("GET", f"{AUDIENCE}/{made.body['audienceGroupId']}").body
    assert found["audienceGroup"]["audienceCount"] == 2


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"description": "x" * 121},
        {"description": "x", "audiences": [{"id": "U1"}]},
        {"description": "x", "audiences": [5]},
        {"description": "x", "audiences": [{}] * 10_001},
    ],
)
def test_a_bad_audience_is_refused(sandbox: Client, body: Any) -> None:
    assert sandbox.line("POST", f"{AUDIENCE}/upload", body).status == 400
