"""Stores by their codes, as far as a key's scope goes."""

from app.domain.keys.caller import Caller
from app.domain.shops import queries as shops
from app.domain.shops.errors import NoSuchStore


def store_of(caller: Caller, code: str | None) -> int | None:
    """The id of the store with this code, which the key must see; without a code the key's own.

    Raises NoSuchStore, for a store of somebody else as well.
    """
    if code is None:
        return caller.store_id
    store_id = shops.store_id(code)
    if not caller.sees_store(store_id):
        raise NoSuchStore("unknown, or not this key's")
    return store_id


def code_of(store_id: int | None) -> str | None:
    """The code of a store."""
    return None if store_id is None else shops.card(store_id).code
