"""Holds JSON against the models of line-bot-sdk and names every mistake by its place.

The models' own `from_dict` stops at the first mistake and loses its place, so the check walks
through their fields instead: the model says what type, presence, size and choice are right.
What is worked out about a model once is kept, because every push passes here.
"""

from functools import cache
from typing import Any, NamedTuple, TypedDict

from linebot.v3.messaging import models
from pydantic.v1 import BaseModel, StrictBool, StrictStr
from pydantic.v1.fields import SHAPE_DICT, SHAPE_LIST, ModelField

# Values of these types need no look by pydantic, unless the model adds a rule of its own.
_PLAIN: dict[Any, type] = {StrictStr: str, str: str, StrictBool: bool}


class Problem(TypedDict):
    """One mistake, in the words and with the path LINE uses: messages[0].text."""

    message: str
    property: str


class _Field(NamedTuple):
    name: str
    required: bool
    shape: int
    least: int | None
    most: int | None
    model: type[BaseModel] | None
    plain: type | None
    field: ModelField


def check(model: type[BaseModel], data: Any, path: str, problems: list[Problem]) -> None:
    """Append every mistake of `data` as this model (or the kind of it that its type names)."""
    if not isinstance(data, dict):
        problems.append({"message": "Must be an object", "property": path})
        return
    kinds = _kinds(model)
    if kinds:
        kind = data.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            values = ", ".join(sorted(kinds))
            words = f"Must be one of the following values: [{values}]"
            problems.append({"message": words, "property": _join(path, "type")})
            return
        model = kinds[kind]
    for field in _fields(model):
        value = data.get(field.name)
        if value is not None:
            _check_field(field, value, _join(path, field.name), problems)
        elif field.required:
            problems.append({"message": "May not be empty", "property": _join(path, field.name)})


def _check_field(field: _Field, value: Any, path: str, problems: list[Problem]) -> None:
    if field.shape == SHAPE_LIST:
        _check_list(field, value, path, problems)
    elif field.model is None:
        if field.plain is None or not isinstance(value, field.plain):
            _check_leaf(field.field, value, path, problems)
    elif field.shape == SHAPE_DICT and isinstance(value, dict):
        for key, item in value.items():
            check(field.model, item, _join(path, key), problems)
    else:
        check(field.model, value, path, problems)


def _check_list(field: _Field, value: Any, path: str, problems: list[Problem]) -> None:
    if not isinstance(value, list):
        problems.append({"message": "Must be an array", "property": path})
        return
    least, most = field.least or 0, field.most
    if len(value) < least or (most is not None and len(value) > most):
        upper = "unlimited" if most is None else most
        problems.append({"message": f"Size must be between {least} and {upper}", "property": path})
        return
    for number, item in enumerate(value):
        place = f"{path}[{number}]"
        if field.model is not None:
            check(field.model, item, place, problems)
        elif not isinstance(item, str):
            problems.append({"message": "Must be a string", "property": place})


def _check_leaf(field: ModelField, value: Any, path: str, problems: list[Problem]) -> None:
    _, error = field.validate(value, {}, loc=path, cls=BaseModel)
    for wrapper in error if isinstance(error, list) else [error] if error else []:
        problems.append({"message": str(getattr(wrapper, "exc", wrapper)), "property": path})


@cache
def _kinds(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The models a value's type can name, empty for a model that is of one kind only."""
    mapping = model.__dict__.get(f"_{model.__name__}__discriminator_value_class_map", {})
    return {kind: getattr(models, name) for kind, name in mapping.items()}


@cache
def _fields(model: type[BaseModel]) -> tuple[_Field, ...]:
    return tuple(_field(field) for field in model.__fields__.values())


def _field(field: ModelField) -> _Field:
    inner = field.type_
    nested = isinstance(inner, type) and issubclass(inner, BaseModel)
    return _Field(
        name=field.alias,
        required=bool(field.required),
        shape=field.shape,
        least=getattr(field.outer_type_, "min_items", None),
        most=getattr(field.outer_type_, "max_items", None),
        model=inner if nested else None,
        plain=None if field.class_validators else _PLAIN.get(inner),
        field=field,
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
