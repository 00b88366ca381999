"""Webhooks: signed, within two seconds, redelivered on demand, held back and reordered."""

import json
from typing import Any

import pytest

from tests.sandbox.helpers import Client, Receiver, signature, until


def change(sandbox: Client, **changes: Any) -> None:
    assert sandbox.call("PATCH", "/control/accounts/main", changes).status == 200


def texts(receiver: Receiver) -> list[str]:
    return [event["message"]["text"] for event in receiver.events]


def test_a_webhook_is_signed_and_names_its_bot(sandbox: Client, receiver: Receiver) -> None:
    account = sandbox.get("/control/state")["accounts"][0]
    sandbox.act("text", {"text": "こんにちは"})
    sandbox.settle()
    ((headers, body),) = receiver.got
    assert headers["X-Line-Signature"] == signature(account["channel_secret"], body)
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(body)["destination"] == account["bot_user_id"]
    (delivery,) = sandbox.deliveries()
    assert (delivery["status"], delivery["reason"], delivery["try"]) == (200, None, 1)
    assert delivery["event_ids"] == [receiver.events[0]["webhookEventId"]]


def test_events_have_what_line_gives_them(sandbox: Client, receiver: Receiver) -> None:
    sandbox.act("add")
    sent = sandbox.act("text", {"text": "取り消します"})["message"]
    sandbox.act("sticker")
    sandbox.act("location", {"latitude": 35.6, "longitude": 139.7, "title": "店"})
    sandbox.act("image")
    sandbox.act(
        "postback", {"data": "a=1", "displayText": "はい", "params": {"date": "2030-01-01"}}
    )
    sandbox.act("unsend", {"message_id": sent["id"]})
    sandbox.act("block")
    sandbox.act("unblock")
    sandbox.settle()
    events = receiver.events
    kinds = [event["type"] for event in events]
    assert kinds == ["follow", *["message"] * 4, "postback", "unsend", "unfollow", "follow"]
    assert [kind for event, kind in zip(events, kinds, strict=True) if "replyToken" in event] == [
        kind for kind in kinds if kind not in ("unsend", "unfollow")
    ]
    assert len({event["webhookEventId"] for event in events}) == len(events)
    assert events[0]["follow"] == {"isUnblocked": False}
    assert events[-1]["follow"] == {"isUnblocked": True}
    assert events[5]["postback"] == {"data": "a=1", "params": {"date": "2030-01-01"}}
    assert events[6]["unsend"] == {"messageId": sent["id"]}
    messages = [event["message"] for event in events[1:5]]
    assert all(message["markAsReadToken"] for message in messages)
    assert ["quoteToken" in message for message in messages] == [True, True, False, True]
    assert {(event["mode"], event["source"]["type"]) for event in events} == {("active", "user")}


def test_events_of_one_person_keep_their_order(sandbox: Client, receiver: Receiver) -> None:
    wanted = [str(number) for number in range(20)]
    for words in wanted:
        sandbox.act("text", {"text": words})
    sandbox.settle()
    assert texts(receiver) == wanted


def test_redelivery_is_off_by_default(sandbox: Client, receiver: Receiver) -> None:
    receiver.statuses = [503]
    sandbox.act("text", {"text": "hi"})
    sandbox.settle()
    sandbox.post("/control/clock", {"forward": 3600})
    sandbox.settle()
    (delivery,) = sandbox.deliveries()
    assert (delivery["status"], delivery["reason"]) == (503, "error_status_code")
    assert sandbox.get("/control/idle")["later"] == 0


def test_redelivery_sends_the_same_event_until_it_is_taken(
    sandbox: Client, receiver: Receiver
) -> None:
    change(sandbox, redelivery=True)
    receiver.statuses = [503, 500]
    sandbox.act("text", {"text": "hi"})
    for number in (1, 2, 3):
        until(lambda n=number: len(sandbox.deliveries()) == n)
        sandbox.settle()
        sandbox.post("/control/clock", {"forward": 60})
    first, second, third = receiver.events
    assert [event["deliveryContext"]["isRedelivery"] for event in receiver.events] == [
        False,
        True,
        True,
    ]
    first["deliveryContext"]["isRedelivery"] = True
    assert first == second == third
    assert [delivery["try"] for delivery in sandbox.deliveries()] == [1, 2, 3]
    assert sandbox.get("/control/idle")["later"] == 0


def test_an_answer_after_two_seconds_is_a_time_out(sandbox: Client, receiver: Receiver) -> None:
    receiver.hold.clear()
    sandbox.act("text", {"text": "hi"})
    sandbox.settle()
    receiver.hold.set()
    (delivery,) = sandbox.deliveries()
    assert (delivery["status"], delivery["reason"]) == (None, "request_timeout")
    assert 1900 < delivery["ms"] < 4000


def test_a_server_that_is_away_could_not_be_connected(sandbox: Client) -> None:
    change(sandbox, webhook_url="http://127.0.0.1:9/")
    sandbox.act("text", {"text": "hi"})
    sandbox.settle()
    (delivery,) = sandbox.deliveries()
    assert delivery["reason"] == "could_not_connect"
    assert delivery["error"]


def test_an_account_without_webhooks_gets_none(sandbox: Client, receiver: Receiver) -> None:
    change(sandbox, webhook_active=False)
    sandbox.act("text", {"text": "hi"})
    sandbox.settle()
    assert receiver.got == []


@pytest.mark.parametrize(
    ("order", "together", "wanted", "bodies"),
    [("as_is", False, "abc", 3), ("reverse", False, "cba", 3), ("as_is", True, "abc", 1)],
)
def test_events_held_back_are_released_in_any_order(
    sandbox: Client, receiver: Receiver, order: str, together: bool, wanted: str, bodies: int
) -> None:
    change(sandbox, hold=True)
    for words in "abc":
        sandbox.act("text", {"text": words})
    sandbox.settle()
    assert receiver.got == []
    assert sandbox.get("/control/idle")["held"] == 3
    release = {"account": "main", "order": order, "together": together}
    assert len(sandbox.post("/control/deliveries/release", release)["event_ids"]) == 3
    sandbox.settle()
    assert "".join(texts(receiver)) == wanted
    assert len(receiver.got) == bodies


def test_a_shuffle_is_the_same_with_the_same_seed(sandbox: Client, receiver: Receiver) -> None:
    change(sandbox, hold=True)
    for _ in range(2):
        for words in "abcdefgh":
            sandbox.act("text", {"text": words})
        body = {"account": "main", "order": "shuffle", "seed": 3}
        sandbox.post("/control/deliveries/release", body)
        sandbox.settle()
    seen = "".join(texts(receiver))
    assert seen[:8] == seen[8:] != "abcdefgh"


def test_events_no_server_took_can_be_sent_again(sandbox: Client, receiver: Receiver) -> None:
    receiver.statuses = [503]
    sandbox.act("text", {"text": "hi"})
    sandbox.act("text", {"text": "taken"})
    sandbox.settle()
    sent = sandbox.post("/control/deliveries/redeliver")["event_ids"]
    sandbox.settle()
    assert sent == [receiver.events[0]["webhookEventId"]]
    assert texts(receiver) == ["hi", "taken", "hi"]
    unknown = sandbox.call("POST", "/control/deliveries/redeliver", {"event_ids": ["no"]})
    assert unknown.status == 404


def test_any_event_can_be_posted_and_its_reply_token_is_honoured(
    sandbox: Client, receiver: Receiver
) -> None:
    source = {"type": "group", "groupId": "C" + "1" * 32}
    message = {"type": "text", "id": "1", "text": "hi", "quoteToken": "q"}
    event = {"type": "message", "source": source, "message": message, "replyToken": "r" * 32}
    body = {"account": "main", "events": [event], "complete": True}
    record = sandbox.post("/control/deliveries/send", body)
    assert record["status"] == 200
    assert receiver.events[0]["source"] == source
    assert sandbox.reply("r" * 32).status == 200
    assert sandbox.accepted()[0]["to"] == [source["groupId"]]


def test_no_events_at_all_can_be_posted(sandbox: Client, receiver: Receiver) -> None:
    sandbox.post("/control/deliveries/send", {"account": "main"})
    assert receiver.events == []
    assert len(receiver.got) == 1


def test_the_signature_can_be_wrong_or_missing(sandbox: Client, receiver: Receiver) -> None:
    raw = json.dumps({"destination": "U" + "0" * 32, "events": []})
    body = {"account": "main", "raw": raw}
    secret = sandbox.get("/control/state")["accounts"][0]["channel_secret"]
    for more in ({}, {"signature": "wrong"}, {"signature": None}):
        sandbox.post("/control/deliveries/send", {**body, **more})
    sent = [headers.get("X-Line-Signature") for headers, _ in receiver.got]
    assert sent == [signature(secret, raw.encode()), "wrong", None]
