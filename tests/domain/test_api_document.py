"""The OpenAPI document is true: Schemathesis asks what it describes, and other things besides.

Schemathesis' checks say what an answer may be: a documented status, type and shape, never a 5xx,
and a refusal for what the document forbids.
"""

import os
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as rules
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from app import clock
from app.api.blueprints import RESOURCES
from app.api.openapi import document
from app.api.resource import PREFIX
from app.domain.catalogue import service as catalogue
from app.domain.hooks import service as hooks
from app.domain.hooks.service import NewEndpoint
from app.domain.orders import outside
from app.domain.orders import queries as orders
from app.domain.points import service as points
from tests.support.cast import add_account, add_store
from tests.support.members import a_member
from tests.support.points import a_key, a_shop_with_points
from tests.support.systems import a_system

LATTE = {
    "code": "LATTE",
    "name": {"ja": "カフェラテ"},
    "tax": 8,
    "variants": [{"code": "LATTE-S", "price": 480}],
}
ORDER = {"origin": "ec", "id": "EC-1", "state": "placed", "total": 500}
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
"""Those of Schemathesis that look at one answer. The others need several calls."""

EXAMPLES = int(os.environ.get("API_EXAMPLES", "5"))
"""Of each operation, allowed and forbidden ones each; before a release, more."""

OPERATIONS = [one for resource in RESOURCES for one in resource.operations]


@pytest.fixture
def known(inside: object) -> dict[str, int | str]:
    """What the addresses can name, so that not every call ends in a 404."""
    a_shop_with_points()
    add_account()
    add_store("ginza")
    member_id = a_member()
    catalogue.put_product(LATTE, cause="test")
    earned = points.earn(member_id, paid=5_000, store_id=None, key=a_key())
    endpoint_id = hooks.add(NewEndpoint("https://pos.example/", ["*"]))
    return {
        "member_id": member_id,
        "transfer_id": earned.transfer_id,
        "endpoint_id": endpoint_id,
        "delivery_id": 1,
        "product": "LATTE",
        "store": "ginza",
        "number": orders.order(outside.put({**ORDER, "placed_at": clock.now()})).number,
    }


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_that_the_document_tells_of(
    app: Flask, known: dict[str, int | str], mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    sent = {"Authorization": f"Bearer {a_system(app, per_minute=60_000).secret}"}
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        named = {name: value for name, value in known.items() if name in operation.path}
        given_ids = {"path_parameters": named} if mode is GenerationMode.POSITIVE and named else {}

        @rules(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode, **given_ids))
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(headers=sent, checks=CHECKS)

        ask()
    assert asked > EXAMPLES * len(OPERATIONS) / 3


def test_whatever_has_an_etag_can_be_asked_for_with_it() -> None:
    told = {(one["name"], path) for path, methods in document(RESOURCES)["paths"].items()
            for one in methods.get("get", {}).get("parameters", ())}  # fmt: skip
    tagged = {PREFIX + one.path.replace("<int:", "{").replace("<", "{").replace(">", "}")
              for one in OPERATIONS if one.etag and one.method == "GET"}  # fmt: skip
    assert {path for name, path in told if name == "If-None-Match"} == tagged != set()
