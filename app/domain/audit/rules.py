"""How an entry is hashed: sha256 over the hash before it and all it says."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

BEGINNING: Final = "0" * 64
"""What the first entry has in place of the hash before it."""

_SAID = ("id", "action", "staff_id", "role", "session_id", "about", "store_id", "account_id")
_MORE = ("reason", "network", "data")


def link(prev_hash: str, entry: Mapping[str, Any]) -> str:
    """The hash of an entry, given as its columns."""
    at: datetime = entry["at"]
    said = {name: entry[name] for name in (*_SAID, *_MORE)} | {"at": at.isoformat()}
    text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(prev_hash.encode() + text).hexdigest()
