"""LINE stumbles, answers get lost, people change their minds: nobody is told twice or forgotten."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.phone import Phone
from tests.support.shop import Shop

Phones = Callable[[str], Phone]

LOST_BUT_TAKEN = ["500_after", "drop_after"]
REFUSED = ["500_before", "drop_before", "rate"]


@pytest.mark.parametrize("kind", LOST_BUT_TAKEN)
def test_a_reply_that_line_took_is_not_said_twice(phone: Phones, shop: Shop, kind: str) -> None:
    hanako = phone("hanako").adds()
    said = len(hanako.screen)
    shop.expected = {"unknown"}  # Whether LINE took it cannot be known, so staff is shown.
    shop.control("POST", "faults", endpoint="reply", kind=kind, times=1)

    hanako.types("営業時間")

    assert len(hanako.screen) == said + 1
    assert shop.states()[1]["unknown"] == 1


@pytest.mark.parametrize("kind", REFUSED)
def test_a_reply_that_line_did_not_take_is_said_once(phone: Phones, shop: Shop, kind: str) -> None:
    hanako = phone("hanako").adds()
    said = len(hanako.screen)
    shop.control("POST", "faults", endpoint="reply", kind=kind, times=2)

    hanako.types("営業時間")

    assert len(hanako.screen) == said + 1
    assert hanako.screen[-1] == "営業時間"


def test_a_refused_token_stops_the_account_until_it_is_mended(phone: Phones, shop: Shop) -> None:
    hanako = phone("hanako").adds()
    said = len(hanako.screen)
    shop.expected = {"pending"}
    shop.control("POST", "faults", endpoint="reply", kind="401", times=1)
    hanako.types("営業時間")
    shop.until(lambda: "paused (all)" in shop.command("account", "list"))
    assert len(hanako.screen) == said

    shop.expected = set()
    shop.command("account", "resume", "main")
    shop.settle()

    assert len(hanako.screen) == said + 1


def test_a_webhook_that_comes_twice_is_answered_once(phone: Phones, shop: Shop) -> None:
    hanako = phone("hanako").adds().types("営業時間")
    said = len(hanako.screen)

    shop.control("POST", "deliveries/redeliver")
    shop.settle()

    assert len(hanako.screen) == said


def test_what_a_person_takes_back_is_no_longer_stored(phone: Phones, shop: Shop) -> None:
    hanako = phone("hanako").adds().types("ひみつのことば")
    mine = [line["id"] for line in hanako.lines if line["from"] == "person"]

    hanako.unsends(mine[-1])

    assert "ひみつのことば" not in shop.stored()


def test_standby_is_never_answered(phone: Phones, shop: Shop) -> None:
    hanako = phone("hanako").adds()
    said = len(shop.accepted())
    event = {
        "type": "message",
        "mode": "standby",
        "source": {"type": "user", "userId": shop.user_id("hanako")},
        "message": {"type": "text", "id": "1", "text": "営業時間", "quoteToken": "q"},
    }
    shop.control("POST", "deliveries/send", account="main", events=[event], complete=True)
    shop.settle()

    assert len(shop.accepted()) == said
    assert hanako.screen


def test_a_group_is_answered_only_when_the_bot_is_addressed(shop: Shop) -> None:
    calm = _in_group("今日は何時に集まる？ 営業時間は？")
    addressed = _in_group("@こもれび珈琲 営業時間")
    addressed["message"]["mention"] = {
        "mentionees": [{"index": 0, "length": 7, "type": "user", "isSelf": True}]
    }
    for event in (calm, addressed):
        shop.control("POST", "deliveries/send", account="main", events=[event], complete=True)
    shop.settle()

    assert [call["endpoint"] for call in shop.accepted()] == ["reply"]


def _in_group(text: str) -> dict[str, Any]:
    return {
        "type": "message",
        "source": {"type": "group", "groupId": "C" + "0" * 32},
        "replyToken": ("a" if text.startswith("@") else "b") * 32,
        "message": {"type": "text", "id": "77", "text": text, "quoteToken": "q"},
    }
