"""Goods of a shop, at the level of verbs."""

from itertools import count
from typing import Any

from app.domain.catalogue import queries, service, store_items
from app.domain.catalogue.definition import NewStoreItem, read

_causes = count(1)

LATTE = {
    "code": "LATTE",
    "name": {"ja": "カフェラテ", "en": "Latte"},
    "tax": 8,
    "options": [
        {
            "code": "milk",
            "name": {"ja": "ミルク"},
            "min": 1,
            "choices": [
                {"code": "cow", "name": {"ja": "牛乳"}},
                {"code": "oat", "name": {"ja": "オーツミルク"}, "price": 60},
            ],
        }
    ],
    "variants": [
        {"code": "LATTE-S", "name": {"ja": "Sサイズ"}, "price": 480},
        {"code": "LATTE-L", "name": {"ja": "Lサイズ"}, "price": 580},
    ],
}


def cause() -> str:
    """A cause of its own each time."""
    return f"test/{next(_causes)}"


def a_product(code: str = "CAKE", price: int = 500, **changes: Any) -> int:
    """A product with one variant of the same code; answers the variant's id."""
    written = {"code": code, "name": {"ja": f"{code}のケーキ"}, "tax": 8, **changes}
    written.setdefault("variants", [{"code": code, "price": price}])
    service.put_product(written, cause=cause())
    return queries.variant_id(written["variants"][0]["code"])


def an_item(store: str, variant: str, **changes: Any) -> None:
    """What a store makes of a variant."""
    item = read(NewStoreItem, {"store": store, "variant": variant, **changes})
    store_items.put_store_items([item], cause=cause())
