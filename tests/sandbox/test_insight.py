"""Insight figures come from what phones saw and tapped."""

from typing import Any

from sandbox import clock
from tests.sandbox.crowd import befriend
from tests.sandbox.helpers import Client, text
from tests.sandbox.test_richmenus import create

INSIGHT = "/v2/bot/insight"
LINK = "https://example.com/"
CARD = {
    "type": "template",
    "altText": "card",
    "template": {
        "type": "buttons",
        "text": "open",
        "actions": [{"type": "uri", "label": "open", "uri": LINK}],
    },
}


def look(sandbox: Client, people: int, *, tap: int = 0) -> None:
    """Let people see the last message of their talk, and the first of them tap its link."""
    for n in range(people):
        person = f"p{n}"
        lines = sandbox.get(f"/phone/api/talks/{person}/main/messages")["messages"]
        sandbox.act("seen", {"message_ids": [line["id"] for line in lines]}, person=person)
        if n < tap:
            tapped = {"message_id": lines[-1]["id"], "uri": LINK}
            sandbox.act("tapped", tapped, person=person)


def today(sandbox: Client) -> str:
    now: int = sandbox.get("/control/clock")["now"]
    return clock.day(now)


def test_a_broadcast_tells_who_saw_it_but_not_fewer_than_twenty(sandbox: Client) -> None:
    befriend(sandbox, 21)
    body = {"messages": [text("first"), CARD]}
    sent = sandbox.line("POST", "/v2/bot/message/broadcast", body)
    path = f"{INSIGHT}/message/event?requestId={sent.headers['x-line-request-id']}"
    look(sandbox, 19, tap=19)
    few = sandbox.line("GET", path).body
    assert (few["overview"]["delivered"], few["overview"]["uniqueImpression"]) == (21, None)
    assert few["clicks"][0]["click"] is None
    look(sandbox, 21, tap=20)
    many = sandbox.line("GET", path).body
    assert many["overview"]["uniqueImpression"] == 21
    assert many["overview"]["uniqueClick"] == 20
    assert [message["impression"] for message in many["messages"]] == [40, 40]
    (click,) = many["clicks"]
    assert (click["seq"], click["url"], click["click"], click["uniqueClick"]) == (2, LINK, 39, 20)
    sandbox.post("/control/clock", {"forward": 15 * 86400})
    look(sandbox, 21)
    assert sandbox.line("GET", path).body == many


def test_a_unit_adds_up_its_requests(sandbox: Client) -> None:
    to = befriend(sandbox, 20)
    for _ in range(2):
        body = {"messages": [text("hi")], "to": to, "customAggregationUnits": ["spring"]}
        assert sandbox.line("POST", "/v2/bot/message/multicast", body).status == 200
    look(sandbox, 20)
    day = today(sandbox)
    path = f"{INSIGHT}/message/event/aggregation?customAggregationUnit=spring"
    found = sandbox.line("GET", f"{path}&from={day}&to={day}").body
    assert found["overview"]["uniqueImpression"] == 20
    assert found["messages"][0]["impression"] == 40
    none = sandbox.line("GET", f"{path[:-6]}winter&from={day}&to={day}").body
    assert (none["messages"], none["clicks"]) == ([], [])
    assert sandbox.line("GET", f"{path}&from=20260101&to=20260201").status == 400


def test_a_push_without_a_unit_is_not_counted(sandbox: Client, user_ids: dict[str, str]) -> None:
    sent = sandbox.push(user_ids["hanako"])
    path = f"{INSIGHT}/message/event?requestId={sent.headers['x-line-request-id']}"
    assert sandbox.line("GET", path).status == 404


def test_an_audience_is_made_of_those_who_clicked(sandbox: Client) -> None:
    befriend(sandbox, 3)
    sent = sandbox.line("POST", "/v2/bot/message/broadcast", {"messages": [CARD]})
    look(sandbox, 3, tap=2)
    counts = {}
    for kind in ("click", "imp"):
        body: dict[str, Any] = {
            "description": kind,
            "requestId": sent.headers["x-line-request-id"],
        }
        made = sandbox.line("POST", f"/v2/bot/audienceGroup/{kind}", body)
        assert made.status == 202
        path = f"/v2/bot/audienceGroup/{made.body['audienceGroupId']}"
        counts[kind] = sandbox.line("GET", path).body["audienceGroup"]["audienceCount"]
    assert counts == {"click": 2, "imp": 3}


def test_a_rich_menu_tells_who_tapped_where(sandbox: Client) -> None:
    befriend(sandbox, 20)
    menu_id, day = create(sandbox), today(sandbox)
    sandbox.line("POST", f"/v2/bot/user/all/richmenu/{menu_id}")
    path = f"{INSIGHT}/richmenu/{menu_id}"
    span = f"?from={day}&to={day}"
    for n in range(20):
        sandbox.get(f"/phone/api/talks/p{n}/main/richmenu")
        if n == 10:
            assert "clicks" not in sandbox.line("GET", f"{path}/summary{span}").body
        tapped = {"richMenuId": menu_id, "area": 0}
        sandbox.act("richmenu_tapped", tapped, person=f"p{n}")
    found = sandbox.line("GET", f"{path}/summary{span}").body
    metrics = {"count": 20, "uniqueUsers": 20}
    assert found["impression"]["metrics"] == found["clicks"][0]["metrics"] == metrics
    daily = sandbox.line("GET", f"{path}/daily{span}").body
    assert daily["clicks"][0]["metrics"] == [{"date": day, **metrics}]
    assert sandbox.line("GET", f"{path}/daily?from=20260101&to=20260701").status == 400
    assert sandbox.line("GET", f"{INSIGHT}/richmenu/none/summary{span}").status == 404


def test_demographics_are_not_available(sandbox: Client) -> None:
    assert sandbox.line("GET", f"{INSIGHT}/demographic").body == {"available": False}
