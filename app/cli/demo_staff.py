"""The demo shop's staff: everybody lets themselves in as real people do, but for the mail."""

from typing import Any

from app.domain.shops import queries as shops
from app.domain.staff import service, team
from app.domain.staff.actor import Actor
from app.domain.staff.team import Place


def hire(people: list[dict[str, Any]]) -> None:
    """Add the demo's staff; the first one owns the shop."""
    first, *others = people
    owner = service.create_owner(first["email"], first["name"], first["password"])
    actor = Actor(owner, first["role"], first["name"], None, None, 0)
    ids = shops.store_ids()
    for person in others:
        stores = [ids[code] for code in person["stores"]]
        place = Place(person["role"], stores)
        team.hire(actor, person["email"], person["name"], place, person["password"])
