"""What a key may be allowed to do. Data, nothing else; a route's mark names one of these."""

from collections.abc import Mapping
from typing import Final

SCOPES: Final[Mapping[str, str]] = {
    "members.read": "look members up and read them",
    "members.write": "add and change members",
    "points.read": "read balances and what happened to them",
    "points.write": "give, spend and reverse points",
    "visits.write": "note that a member was in a store",
    "events.write": "note events of the shop's own kinds",
    "products.read": "read products, prices and stock",
    "products.write": "change products, prices and stock",
    "orders.read": "read orders, with whom they are for and where they go",
    "orders.write": "tell of orders of the shop's own systems, and move orders on",
    "webhooks": "manage where facts are told, and repeat what was not taken",
}
"""Scope -> what it allows, for whoever makes a key."""
