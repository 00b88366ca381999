"""Forms that count once: each carries a key of its own, made with the page (docs/staff.md)."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from flask import request

from app import once
from app.domain.staff.actor import Actor
from app.staff.identity import CSRF_FIELD

KEY_FIELD: Final = "key"
_HIDDEN: Final = (CSRF_FIELD, KEY_FIELD)
_KEY: Final = 60  # Characters; causes and keys of the domain are made of it.


def new_key() -> str:
    """A key for one form of one page."""
    return secrets.token_urlsafe(16)


def submit(actor: Actor, act: str, work: Callable[[str], str]) -> str:
    """Do the work of the form that was sent, once; answers what came of it, in one word.

    `work` gets the key, and notes in the audit log what it did. Raises what it raises, and what
    once.once and once.read_key raise.
    """
    key = once.read_key({"Idempotency-Key": request.form.get(KEY_FIELD, "")[:_KEY]})
    hidden = (CSRF_FIELD, KEY_FIELD)
    asked: dict[str, Any] = {
        name: text for name, text in request.form.items() if name not in hidden
    }
    scope = f"staff/{actor.staff_id}/{act}"
    said = once.once(scope, key, {"at": request.path, "form": asked}, lambda: work(key))
    return str(said.body)
