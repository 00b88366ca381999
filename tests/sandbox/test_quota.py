"""Quota, counts, units, followers, broadcast and LINE's rates."""

import pytest

from tests.sandbox.helpers import Client, text

MESSAGE = "/v2/bot/message"
DAY = 86400
HI = {"messages": [text("hi")]}


def today(sandbox: Client) -> str:
    """The day in Japan, as the sandbox's clock has it."""
    from sandbox import clock

    now: int = sandbox.get("/control/clock")["now"]
    return clock.day(now)


def usage(sandbox: Client) -> int:
    total: int = sandbox.line("GET", f"{MESSAGE}/quota/consumption").body["totalUsage"]
    return total


def test_recipients_are_counted_not_messages(sandbox: Client, user_ids: dict[str, str]) -> None:
    hanako, emma = user_ids["hanako"], user_ids["emma"]
    sandbox.act("add")
    sandbox.act("add", person="emma")
    sandbox.push(hanako, *[text("hi")] * 5)
    assert usage(sandbox) == 1
    sandbox.line("POST", f"{MESSAGE}/multicast", HI | {"to": [hanako, emma]})
    assert usage(sandbox) == 3
    sandbox.act("block")
    sandbox.push(hanako)
    sandbox.line("POST", f"{MESSAGE}/broadcast", HI)
    assert usage(sandbox) == 4
    assert sandbox.screen("emma")[-1] == "account: hi"
    sandbox.settle()
    token = sandbox.deliveries()[0]["events"][0]["replyToken"]
    assert sandbox.reply(token).status == 200
    assert usage(sandbox) == 4


def test_the_monthly_limit_is_429_until_the_next_month(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    assert sandbox.line("GET", f"{MESSAGE}/quota").body == {"type": "none"}
    sandbox.call("PATCH", "/control/accounts/main", {"monthly_limit": 1})
    assert sandbox.line("GET", f"{MESSAGE}/quota").body == {"type": "limited", "value": 1}
    sandbox.act("add")
    assert sandbox.push(user_ids["hanako"]).status == 200
    refused = sandbox.push(user_ids["hanako"])
    assert (refused.status, refused.body) == (
        429,
        {"message": "You have reached your monthly limit."},
    )
    # Nobody is sent anything, so nothing is used up.
    assert sandbox.push(user_ids["emma"]).status == 200
    sandbox.post("/control/clock", {"forward": 31 * DAY})
    assert sandbox.push(user_ids["hanako"]).status == 200


def test_the_counts_of_a_day_are_ready_on_the_next(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    day = today(sandbox)
    sandbox.push(user_ids["hanako"])
    path = f"{MESSAGE}/delivery/push?date="
    assert sandbox.line("GET", path + day).body == {"status": "unready"}
    sandbox.post("/control/clock", {"forward": DAY})
    assert sandbox.line("GET", path + day).body == {"status": "ready", "success": 1}
    assert sandbox.line("GET", path + "20180330").body == {"status": "out_of_service"}
    insight = sandbox.line("GET", f"/v2/bot/insight/message/delivery?date={day}")
    assert insight.body == {"status": "ready", "apiPush": 1}
    for wrong in ("", "?date=2026-01-01", "?date=20261301"):
        assert sandbox.line("GET", f"{MESSAGE}/delivery/push{wrong}").status == 400


def test_units_are_listed_by_month(sandbox: Client, user_ids: dict[str, str]) -> None:
    for name in ("b", "a", "b"):
        body = HI | {"to": user_ids["hanako"], "customAggregationUnits": [name]}
        assert sandbox.line("POST", f"{MESSAGE}/push", body).status == 200
    path = f"{MESSAGE}/aggregation"
    assert sandbox.line("GET", f"{path}/info").body == {"numOfCustomAggregationUnits": 2}
    first = sandbox.line("GET", f"{path}/list?limit=1").body
    assert first["customAggregationUnits"] == ["a"]
    second = sandbox.line("GET", f"{path}/list?limit=1&start={first['next']}").body
    assert second == {"customAggregationUnits": ["b"]}
    assert sandbox.line("GET", f"{path}/list?limit=101").status == 400
    sandbox.post("/control/clock", {"forward": 31 * DAY})
    assert sandbox.line("GET", f"{path}/info").body == {"numOfCustomAggregationUnits": 0}


def test_followers_are_listed_for_verified_accounts(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    path = "/v2/bot/followers/ids"
    for person in user_ids:
        sandbox.act("add", person=person)
    assert sandbox.line("GET", path).status == 403
    sandbox.call("PATCH", "/control/accounts/main", {"verified": True})
    assert sandbox.line("GET", path).body == {"userIds": list(user_ids.values())}
    first = sandbox.line("GET", f"{path}?limit=1").body
    cursor = f"{path}?limit=1&start={first['next']}"
    assert sandbox.line("GET", cursor).body == {"userIds": [user_ids["emma"]]}
    sandbox.post("/control/clock", {"forward": DAY + 1})
    assert sandbox.line("GET", cursor).status == 400


def test_followers_never_go_down(sandbox: Client) -> None:
    day = today(sandbox)
    for person in ("hanako", "emma"):
        sandbox.act("add", person=person)
    sandbox.act("block")
    sandbox.act("unblock")
    sandbox.act("block")
    path = f"/v2/bot/insight/followers?date={day}"
    assert sandbox.line("GET", path).body == {"status": "unready"}
    sandbox.post("/control/clock", {"forward": DAY})
    expected = {"status": "ready", "followers": 2, "targetedReaches": 1, "blocks": 1}
    assert sandbox.line("GET", path).body == expected


@pytest.mark.parametrize("kind", ["reply", "push", "multicast", "broadcast", "narrowcast"])
def test_messages_can_be_validated(sandbox: Client, kind: str) -> None:
    assert sandbox.line("POST", f"{MESSAGE}/validate/{kind}", HI).body == {}
    assert sandbox.line("POST", f"{MESSAGE}/validate/{kind}", {"messages": []}).status == 400


def test_a_broadcast_is_sent_once_per_retry_key(sandbox: Client) -> None:
    sandbox.act("add")
    key = "123e4567-e89b-12d3-a456-426614174000"
    first = sandbox.line("POST", f"{MESSAGE}/broadcast", HI, X_Line_Retry_Key=key)
    again = sandbox.line("POST", f"{MESSAGE}/broadcast", HI, X_Line_Retry_Key=key)
    assert (first.status, again.status) == (200, 409)
    assert len(sandbox.accepted()) == 1


def test_sixty_broadcasts_an_hour_and_not_more(sandbox: Client) -> None:
    statuses = [sandbox.line("POST", f"{MESSAGE}/broadcast", HI).status for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    # Each endpoint and each channel has a bucket of its own.
    assert sandbox.line("POST", f"{MESSAGE}/validate/push", HI).status == 200
    sandbox.call("PATCH", "/control/accounts/main", {"rates": False})
    assert sandbox.line("POST", f"{MESSAGE}/broadcast", HI).status == 200
