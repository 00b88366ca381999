"""The checker itself, and a notice where LINE's OpenAPI files are not at hand."""

import json

import pytest

from tests.support.openapi import Checker

JSON = {"Content-Type": "application/json"}
PUSH = "/v2/bot/message/push"
KEY = "123e4567-e89b-12d3-a456-426614174000"


@pytest.fixture
def checker(messaging_checker: Checker | None) -> Checker:
    if messaging_checker is None:
        pytest.skip("LINE's OpenAPI files are not there: answers are not held against them")
    return messaging_checker


def push(message: object) -> bytes:
    return json.dumps({"to": "U1", "messages": [message]}).encode()


def test_a_good_request_and_answer_pass(checker: Checker) -> None:
    text = push({"type": "text", "text": "hello"})
    assert checker.check_request("POST", PUSH, JSON | {"X-Line-Retry-Key": KEY}, text) == []
    headers = JSON | {"x-line-request-id": "1"}
    assert checker.check_answer("POST", PUSH, 200, headers, b'{"sentMessages":[{"id":"1"}]}') == []
    assert checker.check_answer("POST", PUSH, 400, headers, b'{"message":"no"}') == []


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text"},
        {"type": "unknown"},
        {"type": "template", "altText": "a", "template": {"type": "buttons", "text": "t"}},
        {"type": "text", "text": "t", "quickReply": {"items": [{}] * 14}},
    ],
)
def test_a_broken_message_is_found(checker: Checker, message: object) -> None:
    assert checker.check_request("POST", PUSH, JSON, push(message))


def test_other_mistakes_are_found(checker: Checker) -> None:
    text = push({"type": "text", "text": "hello"})
    reply = b'{"replyToken":"1","messages":[{"type":"text","text":"t"}]}'
    with_key = JSON | {"X-Line-Retry-Key": KEY}
    assert checker.check_request("POST", "/v2/bot/message/reply", with_key, reply)
    assert checker.check_request("POST", PUSH, {"X-Line-Retry-Key": "1", **JSON}, text)
    assert checker.check_request("POST", PUSH, {"Content-Type": "text/plain"}, text)
    assert checker.check_request("POST", PUSH, JSON, b"{")
    assert checker.check_request("POST", "/v2/bot/nothing", JSON, text)
    assert checker.check_answer("POST", PUSH, 200, JSON, b'{"sentMessages":[{"id":"1"}]}')
    assert checker.check_answer("POST", PUSH, 204, JSON | {"x-line-request-id": "1"}, b"")
