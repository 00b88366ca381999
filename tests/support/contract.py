"""The contract with LINE: what the product asked, what it was answered and what it was sent, held
against LINE's own OpenAPI files where they lie beside the checkout."""

import json
from functools import cache
from typing import Any

import pytest

from sandbox.world import World
from tests.support.openapi import LINE_OPENAPI, Checker


def check(world: World) -> None:
    """Fail the test for every call and webhook of this world that breaks the contract."""
    if not LINE_OPENAPI.is_dir():
        return
    problems = [
        problem
        for call in world.calls.since(0)["items"]
        if call["path"].startswith("/v2/bot/")
        for problem in _call_problems(call)
    ]
    problems += [
        problem for sent in world.deliveries.since(0)["items"] for problem in _webhook(world, sent)
    ]
    if problems:
        pytest.fail("breaks LINE's contract:\n" + "\n".join(problems), pytrace=False)


def _call_problems(call: dict[str, Any]) -> list[str]:
    checker = _checker("messaging-api.yml")
    path = call["path"].partition("?")[0]
    problems = []
    if call["body"] is not None or call["method"] == "GET":  # A fault may strike before the body.
        body = json.dumps(call["body"]).encode() if call["body"] is not None else b""
        headers = {"Content-Type": "application/json", **call["headers"]}
        problems += checker.check_request(call["method"], path, headers, body)
    if call["status"]:
        answer = json.dumps(call["answer"]).encode()
        known = {"Content-Type": "application/json", "x-line-request-id": call["request_id"]}
        problems += checker.check_answer(call["method"], path, call["status"], known, answer)
    return problems


def _webhook(world: World, sent: dict[str, Any]) -> list[str]:
    headers = {"Content-Type": "application/json", "x-line-signature": "-"}
    bot = world.accounts[sent["account"]].bot_user_id
    body = json.dumps({"destination": bot, "events": sent["events"]}).encode()
    return _checker("webhook.yml").check_request("POST", "/callback", headers, body)


@cache
def _checker(name: str) -> Checker:
    return Checker(LINE_OPENAPI / name)
