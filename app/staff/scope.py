"""The stores of an actor's scope that do something, by the codes that pages and addresses use."""

from collections.abc import Collection

from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.errors import NotFound


def stores(actor: Actor, those: Collection[int]) -> dict[str, int]:
    """Code -> id of those stores that the actor sees, in the shop's order."""
    ids = shops.store_ids()
    return {
        store.code: ids[store.code]
        for store in shops.stores()
        if ids[store.code] in those and actor.sees_store(ids[store.code])
    }


def store(actor: Actor, those: Collection[int], code: str) -> int:
    """The id of one of them; raises NotFound."""
    found = stores(actor, those).get(code)
    if found is None:
        raise NotFound("no such store, or not theirs")
    return found
