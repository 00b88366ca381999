"""Members as JSON objects, read one at a time whatever the length of the file."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, TextIO

from app.domain.files.objects import objects
from app.domain.files.reading import ColumnsOf, Row
from app.domain.members.attributes import shown
from app.domain.members.form import ATTRIBUTE, CONSENT, CONSENT_VERSION, EXTERNAL_ID

_KINDS = 100  # Sets of keys to remember; most files have one.
_NESTED = {
    "attributes": ATTRIBUTE,
    "external_ids": EXTERNAL_ID,
    "consents": CONSENT,
    "consent_versions": CONSENT_VERSION,
}


def json_rows(text: TextIO, columns_of: ColumnsOf) -> Iterator[Row]:
    """The objects of a JSON array, or of a file with one a line. Raises BadFile.

    `attributes`, `external_ids`, `consents` and `consent_versions` are objects of their own. Keys
    that are no fields stop the import, as unknown headers of a table do.
    """
    columns = lru_cache(_KINDS)(lambda keys: columns_of(list(keys)))
    for line, found in objects(text):
        written = flat(found)
        if written is None:
            yield Row(line, {}, ("会員のオブジェクトではありません", "is no object of a member"))
            continue
        named = zip(columns(tuple(written)), written.values(), strict=True)
        yield Row(line, {field: value for field, value in named if field is not None})


def flat(found: Any) -> Mapping[str, str] | None:
    """The object with the objects in it put in line, all values as words; None if it is none."""
    if not isinstance(found, dict):
        return None
    flat: dict[str, Any] = {}
    for key, value in found.items():
        if key in _NESTED and isinstance(value, dict):
            flat |= {f"{_NESTED[key]}{inner}": inside for inner, inside in value.items()}
        else:
            flat[key] = value
    if any(isinstance(value, dict | list) for value in flat.values()):
        return None
    return {key: "" if value is None else shown(value) for key, value in flat.items()}
