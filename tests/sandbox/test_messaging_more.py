"""Coupons, content, link tokens, loading, read marks and webhook settings over LINE's API."""

import base64
from typing import Any

import pytest

from tests.sandbox.helpers import Client, Receiver, text

COUPON: dict[str, Any] = {
    "title": "100円引き",
    "startTimestamp": 1_700_000_000,
    "endTimestamp": 2_500_000_000,
    "timezone": "ASIA_TOKYO",
    "visibility": "UNLISTED",
    "maxUseCountPerTicket": 1,
    "acquisitionCondition": {"type": "normal"},
    "reward": {
        "type": "discount",
        "priceInfo": {"type": "fixed", "fixedAmount": 100},
    },
}
LOTTERY = {"type": "lottery", "lotteryProbability": 99, "maxAcquireCount": 1}
CHAT = "/v2/bot/chat"
WEBHOOK = "/v2/bot/channel/webhook"


def coupon(sandbox: Client, **changes: Any) -> str:
    answer = sandbox.line("POST", "/v2/bot/coupon", COUPON | changes)
    assert answer.status == 200, answer
    coupon_id: str = answer.body["couponId"]
    return coupon_id


def test_a_coupon_is_made_acquired_and_closed(sandbox: Client) -> None:
    coupon_id = coupon(sandbox)
    path = f"/v2/bot/coupon/{coupon_id}"
    found = sandbox.line("GET", path).body
    assert (found["title"], found["status"]) == ("100円引き", "RUNNING")
    assert sandbox.get(f"/phone/api/coupons/{coupon_id}") == found
    acquire = {"couponId": coupon_id}
    assert sandbox.act("coupon", acquire) == {"result": "acquired"}
    assert sandbox.line("PUT", f"{path}/close").status == 200
    assert sandbox.line("PUT", f"{path}/close").status == 410
    assert sandbox.act("coupon", acquire) == {"result": "closed"}
    assert sandbox.line("GET", "/v2/bot/coupon/none").status == 404


def test_coupons_are_listed_by_status(sandbox: Client) -> None:
    first, second = coupon(sandbox), coupon(sandbox)
    sandbox.line("PUT", f"/v2/bot/coupon/{first}/close")
    items = sandbox.line("GET", "/v2/bot/coupon?status=RUNNING").body["items"]
    assert [item["couponId"] for item in items] == [second]
    page = sandbox.line("GET", "/v2/bot/coupon?limit=1").body
    assert page["items"][0]["couponId"] == second
    rest = sandbox.line("GET", f"/v2/bot/coupon?limit=1&start={page['next']}").body
    assert [item["couponId"] for item in rest["items"]] == [first]
    assert sandbox.line("GET", "/v2/bot/coupon?status=LOST").status == 400


def test_a_lottery_ends_when_all_is_given(sandbox: Client) -> None:
    coupon_id = coupon(sandbox, acquisitionCondition=LOTTERY)
    results = {
        person: sandbox.act("coupon", {"couponId": coupon_id}, person=person)["result"]
        for person in ("hanako", "emma")
    }
    assert results["hanako"] in ("acquired", "lost")
    assert "sold_out" in results.values() or "lost" in results.values()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"title": "t" * 61}, "title"),
        ({"description": "d" * 1001}, "description"),
        ({"couponCode": "c" * 17}, "couponCode"),
        ({"endTimestamp": 1_600_000_000}, "endTimestamp"),
        ({"endTimestamp": 1_900_000_000_000}, "endTimestamp"),
        ({"maxUseCountPerTicket": 0}, "maxUseCountPerTicket"),
        ({"timezone": "TOKYO"}, "timezone"),
        ({"reward": {"type": "discount"}}, "reward.priceInfo"),
        ({"acquisitionCondition": {"type": "gift"}}, "acquisitionCondition.type"),
        (
            {"acquisitionCondition": LOTTERY | {"maxAcquireCount": 0}},
            "acquisitionCondition.maxAcquireCount",
        ),
    ],
)
def test_a_bad_coupon_is_refused(sandbox: Client, changes: Any, place: str) -> None:
    answer = sandbox.line("POST", "/v2/bot/coupon", COUPON | changes)
    assert answer.status == 400
    assert answer.body["details"][0]["property"] == place


def sent(sandbox: Client, kind: str, **more: Any) -> str:
    data = base64.b64encode(b"bytes").decode()
    message_id: str = sandbox.act(kind, {"content": data, **more})["message"]["id"]
    return f"/v2/bot/message/{message_id}/content"


def test_a_video_is_prepared_before_it_can_be_fetched(sandbox: Client) -> None:
    path = sent(sandbox, "video", duration=3000)
    assert sandbox.line("GET", f"{path}/transcoding").body == {"status": "processing"}
    sandbox.post("/control/clock", {"forward": 2})
    assert sandbox.line("GET", f"{path}/transcoding").body == {"status": "succeeded"}
    video = sandbox.line("GET", path)
    assert (video.headers["Content-Type"], video.body) == ("video/mp4", b"bytes")
    assert sandbox.line("GET", f"{path}/preview").body.startswith(b"\xff\xd8")
    sandbox.settle()
    message = sandbox.deliveries()[-1]["events"][0]["message"]
    assert (message["duration"], message["contentProvider"]) == (3000, {"type": "line"})


def test_recordings_files_and_pictures(sandbox: Client) -> None:
    audio = sent(sandbox, "audio")
    sandbox.post("/control/clock", {"forward": 2})
    assert sandbox.line("GET", audio).body == b"bytes"
    assert sandbox.line("GET", f"{audio}/preview").status == 404
    file = sent(sandbox, "file", name="menu.pdf")
    assert sandbox.line("GET", file).body == b"bytes"
    assert sandbox.line("GET", f"{file}/transcoding").status == 404
    sandbox.settle()
    message = sandbox.deliveries()[-1]["events"][0]["message"]
    assert (message["fileName"], message["fileSize"]) == ("menu.pdf", 5)
    image = sandbox.act("image")["message"]["id"]
    preview = sandbox.line("GET", f"/v2/bot/message/{image}/content/preview")
    assert preview.headers["Content-Type"] == "image/jpeg"
    sandbox.act("unsend", {"message_id": image})
    assert sandbox.line("GET", f"/v2/bot/message/{image}/content").status == 404


def test_a_link_token_is_for_friends(sandbox: Client, user_ids: dict[str, str]) -> None:
    path = f"/v2/bot/user/{user_ids['hanako']}/linkToken"
    assert sandbox.line("POST", path).status == 400
    sandbox.act("add")
    assert sandbox.line("POST", path).body["linkToken"]


def test_loading_follows_lines_rules(sandbox: Client, user_ids: dict[str, str]) -> None:
    path, chat = f"{CHAT}/loading/start", {"chatId": user_ids["hanako"]}
    assert sandbox.line("POST", path, chat).status == 202
    assert sandbox.line("POST", path, chat | {"loadingSeconds": 60}).status == 202
    for wrong in (4, 7, 65, "5"):
        assert sandbox.line("POST", path, chat | {"loadingSeconds": wrong}).status == 400
    assert sandbox.line("POST", path, {"chatId": "C" + "0" * 32}).status == 400


def read_to(sandbox: Client) -> int:
    line: int = sandbox.get("/phone/api/talks/hanako/main/messages")["read_to"]
    return line


def test_with_chat_on_the_account_marks_as_read(sandbox: Client) -> None:
    sandbox.act("text", {"text": "read at once"})
    assert read_to(sandbox) == 1
    sandbox.call("PATCH", "/control/accounts/main", {"chat_mode": "chat"})
    info = sandbox.line("GET", "/v2/bot/info").body
    assert (info["chatMode"], info["markAsReadMode"]) == ("chat", "manual")
    sandbox.act("text", {"text": "unread"})
    assert read_to(sandbox) == 1
    sandbox.settle()
    token = sandbox.deliveries()[-1]["events"][0]["message"]["markAsReadToken"]
    path = f"{CHAT}/markAsRead"
    assert sandbox.line("POST", path, {"markAsReadToken": token}).status == 200
    assert read_to(sandbox) == 2
    for wrong in ("x", token[:-4], "ÿ"):
        assert sandbox.line("POST", path, {"markAsReadToken": wrong}).status == 400


def test_the_webhook_address_is_read_set_and_tried(sandbox: Client, receiver: Receiver) -> None:
    path, url = f"{WEBHOOK}/endpoint", receiver.url
    assert sandbox.line("GET", path).body == {"endpoint": url, "active": True}
    tried = sandbox.line("POST", f"{WEBHOOK}/test").body
    assert (tried["success"], tried["statusCode"], tried["reason"]) == (True, 200, "OK")
    assert b'"events":[]' in receiver.got[-1][1]
    receiver.statuses = [500]
    tried = sandbox.line("POST", f"{WEBHOOK}/test").body
    assert (tried["success"], tried["reason"]) == (False, "ERROR_STATUS_CODE")
    other = {"endpoint": "http://127.0.0.1:9/webhook"}
    tried = sandbox.line("POST", f"{WEBHOOK}/test", other).body
    assert tried["reason"] == "COULD_NOT_CONNECT"
    assert sandbox.line("PUT", path, other).status == 200
    assert sandbox.line("GET", path).body["endpoint"] == other["endpoint"]
    for wrong in ("ftp://x", "https://" + "x" * 500, "https://"):
        assert sandbox.line("PUT", path, {"endpoint": wrong}).status == 400


def test_failed_webhooks_are_counted_by_reason(sandbox: Client, receiver: Receiver) -> None:
    receiver.statuses = [500, 500]
    for words in ("one", "two"):
        sandbox.act("text", {"text": words})
        sandbox.settle()
    sandbox.call("PATCH", "/control/accounts/main", {"webhook_url": "http://127.0.0.1:9/"})
    sandbox.act("text", {"text": "three"})
    sandbox.settle()
    sandbox.line("POST", f"{WEBHOOK}/test")
    items = sandbox.get("/control/webhook_errors")["items"]
    assert [(item["reason"], item["number"]) for item in items] == [
        ("error_status_code", 2),
        ("could_not_connect", 1),
    ]


GROUP = {"type": "group", "groupId": "C" + "0" * 32}


@pytest.mark.parametrize(
    ("wanted", "repliable"),
    [
        ({"type": "beacon", "content": {"hwid": "0123456789"}}, True),
        ({"type": "membership", "content": {"type": "joined", "membershipId": 1}}, True),
        ({"type": "accountLink", "content": {"nonce": "n"}}, True),
        ({"type": "accountLink", "content": {"nonce": "n", "result": "failed"}}, False),
        ({"type": "videoPlayComplete", "content": {"trackingId": "t"}}, True),
        ({"type": "join", "place": GROUP}, True),
        ({"type": "leave", "place": GROUP}, False),
        (
            {
                "type": "memberJoined",
                "place": GROUP,
                "content": {"members": [{"type": "user", "userId": "U" + "0" * 32}]},
            },
            True,
        ),
        (
            {
                "type": "memberLeft",
                "place": GROUP,
                "content": {"members": [{"type": "user", "userId": "U" + "0" * 32}]},
            },
            False,
        ),
        ({"type": "delivery", "content": {"data": "d" * 16}}, False),
        ({"type": "module", "content": {"type": "attached", "botId": "U1", "scopes": []}}, False),
        ({"type": "activated", "content": {"expireAt": 1}}, False),
        ({"type": "deactivated"}, False),
        ({"type": "botSuspended"}, False),
        ({"type": "botResumed"}, False),
    ],
)
def test_every_other_event_can_be_fired(sandbox: Client, wanted: Any, repliable: bool) -> None:
    sandbox.act("event", wanted)
    sandbox.settle()
    event = sandbox.deliveries()[-1]["events"][0]
    assert event["type"] == wanted["type"]
    assert ("replyToken" in event) == repliable
    assert event["webhookEventId"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"type": "things"},
        {"type": "join"},
        {"type": "join", "place": {"type": "group"}},
        {"type": "beacon", "content": {"hwid": "?"}},
        {"type": "memberJoined", "place": GROUP},
    ],
)
def test_an_event_line_does_not_have_is_refused(sandbox: Client, wanted: Any) -> None:
    answer = sandbox.call("POST", "/phone/api/talks/hanako/main/event", wanted)
    assert answer.status == 422


def test_a_video_seen_to_its_end_tells_its_tracking_id(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    address = "https://example.com/v.mp4"
    video = {"type": "video", "originalContentUrl": address, "previewImageUrl": address}
    for message in (video | {"trackingId": "track"}, text("no video")):
        sandbox.push(user_ids["hanako"], message)
    lines = sandbox.get("/phone/api/talks/hanako/main/messages")["messages"]
    fired = [
        sandbox.act("video_complete", {"message_id": line["id"]})["event_ids"] for line in lines[1:]
    ]
    assert [len(ids) for ids in fired] == [1, 0]
    sandbox.settle()
    event = sandbox.deliveries()[-1]["events"][0]
    assert event["videoPlayComplete"] == {"trackingId": "track"}
