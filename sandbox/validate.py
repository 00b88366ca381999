"""Whether LINE would take a request's body: the SDK's models, then the limits they do not hold."""

from typing import Any

from pydantic.v1 import BaseModel

from sandbox import limits, schema
from sandbox.api import Check
from sandbox.schema import Problem


def shape(model: type[BaseModel]) -> Check:
    """A check of a body against a model of line-bot-sdk."""

    def check(body: Any) -> list[Problem]:
        found: list[Problem] = []
        schema.check(model, body, "", found)
        return found

    return check


def messages(model: type[BaseModel]) -> Check:
    """A check of a body that has messages."""
    shape_of = shape(model)

    def check(body: Any) -> list[Problem]:
        found = shape_of(body)
        # The limits are looked at only in bodies of the right shape: they need not doubt all.
        if not found:
            found.extend(limits.problems_of(body["messages"]))
            found.extend(limits.problems_of_units(body.get("customAggregationUnits") or []))
        return found

    return check
