"""Holds requests and answers against LINE's OpenAPI files (github.com/line/line-openapi)."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

# Where the files lie beside a checkout that has them; nothing of them is part of the project.
LINE_OPENAPI = Path(__file__).resolve().parents[3] / "shared" / "line-openapi"

_ERROR = "#/components/schemas/ErrorResponse"
_RETRY_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Checker:
    """One OpenAPI 3.0 file. Both checks return what is wrong, in words; an empty list is good."""

    def __init__(self, path: Path) -> None:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        self._document = _as_json_schema(document)
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))), template)
            for template in sorted(document["paths"], key=lambda template: template.count("{"))
        ]

    def check_request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> list[str]:
        """Check path, method, retry key and JSON body of a request."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path}: not in the OpenAPI file"]
        given = {name.lower(): value for name, value in headers.items()}
        problems = _check_retry_key(operation, given.get("x-line-retry-key"))
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None:
            problems += self._check_json(content["schema"], given.get("content-type", ""), body)
        elif body:
            problems.append("a body where none belongs")
        return [f"{method} {path}: {problem}" for problem in problems]

    def check_answer(
        self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
    ) -> list[str]:
        """Check status, request id and body of an answer; 501 is the sandbox's own."""
        operation = self._operation(method, path)
        given = {name.lower(): value for name, value in headers.items()}
        problems = [] if given.get("x-line-request-id") else ["no x-line-request-id"]
        responses = operation["responses"] if operation else {}
        kind = given.get("content-type", "")
        if status >= 400:
            problems += self._check_json({"$ref": _ERROR}, kind, body)
        elif str(status) not in responses:
            problems.append("this status is not in the OpenAPI file")
        elif content := responses[str(status)].get("content", {}).get("application/json"):
            problems += self._check_json(content["schema"], kind, body)
        return [f"{method} {path} -> {status}: {problem}" for problem in problems]

    def _operation(self, method: str, path: str) -> Any:
        plain = path.partition("?")[0]
        for pattern, template in self._paths:
            operation = self._document["paths"][template].get(method.lower())
            if operation and pattern.fullmatch(plain):
                return operation
        return None

    def _check_json(self, schema: Any, kind: str, body: bytes) -> list[str]:
        if kind.partition(";")[0].strip() != "application/json":
            return [f"content type {kind!r} instead of application/json"]
        try:
            data = json.loads(body)
        except ValueError as error:
            return [f"no JSON: {error}"]
        validator = Draft202012Validator({**self._document, **schema})
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(data)]


def _check_retry_key(operation: Any, key: str | None) -> list[str]:
    names = {parameter["name"].lower() for parameter in operation.get("parameters", [])}
    if key is None:
        return []
    if "x-line-retry-key" not in names:
        return ["LINE refuses a retry key here"]
    return [] if _RETRY_KEY.fullmatch(key) else [f"the retry key {key!r} is no UUID"]


def _as_json_schema(document: Any) -> Any:
    """Turn OpenAPI's discriminators into what JSON Schema understands.

    A reference to a base schema means any of its kinds, except inside a kind's own allOf.
    """
    schemas = document["components"]["schemas"]
    bases = {name for name, schema in schemas.items() if "discriminator" in schema}
    document = _point_to_kinds(document, bases)
    for name in bases:
        discriminator = schemas[name]["discriminator"]
        document["components"]["schemas"][f"{name}_of_any_kind"] = _any_kind(discriminator)
    return document


def _point_to_kinds(node: Any, bases: set[str]) -> Any:
    if isinstance(node, list):
        return [_point_to_kinds(item, bases) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        name = node["$ref"].rpartition("/")[2]
        return {"$ref": f"{node['$ref']}_of_any_kind"} if name in bases else node
    changed = {}
    if node.get("nullable") and isinstance(node.get("type"), str):
        # OpenAPI 3.0 says so beside the type, JSON Schema in it.
        node = {**node, "type": [node["type"], "null"]}
    for key, value in node.items():
        if key == "allOf":
            changed[key] = [v if "$ref" in v else _point_to_kinds(v, bases) for v in value]
        else:
            changed[key] = _point_to_kinds(value, bases)
    return changed


def _any_kind(discriminator: Any) -> Any:
    name, kinds = discriminator["propertyName"], discriminator["mapping"]
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"enum": list(kinds)}},
        "allOf": [
            {"if": {"properties": {name: {"const": kind}}}, "then": {"$ref": reference}}
            for kind, reference in kinds.items()
        ],
    }
