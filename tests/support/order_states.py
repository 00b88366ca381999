"""What the server tells the pages /liff/order and /liff/reorder, for their looks."""

from typing import Any

Json = dict[str, Any]

_STORE = {"ja": "こもれび珈琲 吉祥寺店", "en": "Komorebi Coffee, Kichijoji"}
_LATTE = {"ja": "カフェラテ", "en": "Caffè latte"}
_TART = {
    "ja": "季節のフルーツをたっぷりのせた自家製タルト",
    "en": "Tart with fruit of the season",
}
_PIECE = {"ja": "1ピース", "en": "One piece"}
_MEDIUM = {"ja": "Mサイズ", "en": "Medium"}
AT = "2030-05-08T12:00:00+09:00"
LATER = "2030-05-08T12:30:00+09:00"
_TAXES = [{"rate": 8, "net": 1648, "tax": 132, "total": 1780}]
_LINES = [
    {"name": _LATTE, "size": _MEDIUM, "pieces": 1, "price": 620},
    {"name": _TART, "size": _PIECE, "pieces": 2, "price": 580},
]
ORDER: Json = {
    "number": "K7M2-QX9P",
    "origin": "line",
    "way": "delivery",
    "state": "placed",
    "total": 2110,
    "fee": 330,
    "taxes": [*_TAXES, {"rate": 10, "net": 300, "tax": 30, "total": 330}],
    "points": 500,
    "note": "オートロックです",
    "name": "山田 花子",
    "postal_code": "1800004",
    "address": "東京都武蔵野市吉祥寺本町1-2-3 こもれびマンション405",
    "carrier": None,
    "tracking": None,
    "reason": None,
    "slot_at": AT,
    "ready_at": LATER,
    "placed_at": AT,
    "pay_until": None,
    "payment": None,
    "store": _STORE,
    "call": "0422-00-0001",
    "may_cancel": True,
    "lines": _LINES,
}


def paying(stands: str = "begun", **changes: Any) -> Json:
    """That order, to be paid online."""
    payment = {"stands": stands, "yen": 1610, "url": None, "asking": False, "refused": False}
    return ORDER | {"pay_until": LATER, "payment": payment | changes}


PICKED: Json = {
    "variant": "LATTE-M",
    "pieces": 2,
    "options": {"milk": ["oat"], "extras": ["shot"]},
}
PAGE: Json = {
    "stores": [{"code": "kichijoji", "name": _STORE, "ways": ["pickup", "delivery"]}],
    "limits": {"note": 200, "pieces": 99},
    "online": True,
    "basket": {"store": "kichijoji", "lines": [PICKED]},
    "contact": {name: ORDER[name] for name in ("name", "postal_code", "address")}
    | {"phone": "09012345678"},
    "points": 1280,
    "coupons": [{"id": 1, "title": _TART, "stores": []}],
    "open": [ORDER],
    "past": [ORDER | {"state": "done", "may_cancel": False, "number": "AAAA-BBBB"}],
    "older": 5,
}
_NOTHING_ORDERED: Json = {"open": [], "past": [], "older": None, "basket": None, "contact": {}}
GUEST: Json = PAGE | _NOTHING_ORDERED | {"points": 0, "coupons": []}


def _size(code: str, name: Json | None, price: int, **changes: Any) -> Json:
    known = {"code": code, "name": name, "price": price, "state": "on_sale"}
    return {**known, "left": None, "next_at": None, **changes}


def _choice(code: str, ja: str, en: str, price: int = 0) -> Json:
    return {"code": code, "name": {"ja": ja, "en": en}, "price": price}


MENU: Json = {
    "categories": [
        {"code": "coffee", "name": {"ja": "コーヒー", "en": "Coffee"}},
        {"code": "sweets", "name": {"ja": "スイーツ", "en": "Sweets"}},
    ],
    "items": [
        {
            "code": "LATTE",
            "name": _LATTE,
            "text": {"ja": "きめ細かなミルクをたっぷり。", "en": "Plenty of silky milk."},
            "category": "coffee",
            "picture": "/liff/products/demo/drink.svg",
            "allergens": [{"ja": "乳", "en": "milk"}, {"ja": "大豆", "en": "soybean"}],
            "options": [
                {
                    "code": "milk",
                    "name": {"ja": "ミルク", "en": "Milk"},
                    "min": 1,
                    "max": 1,
                    "choices": [
                        _choice("cow", "牛乳", "Cow's milk"),
                        _choice("oat", "オーツミルク", "Oat milk", 60),
                    ],
                },
                {
                    "code": "extras",
                    "name": {"ja": "追加", "en": "Extras"},
                    "min": 0,
                    "max": 2,
                    "choices": [_choice("shot", "エスプレッソショット", "An extra shot", 90)],
                },
            ],
            "sizes": [_size("LATTE-M", _MEDIUM, 560), _size("LATTE-L", {"ja": "L"}, 620)],
        },
        {
            "code": "TART",
            "name": _TART,
            "text": {},
            "category": "sweets",
            "picture": None,
            "allergens": None,
            "options": [],
            "sizes": [_size("TART", _PIECE, 580, left=3)],
        },
        {
            "code": "MORNING",
            "name": {"ja": "モーニングセット", "en": "Morning set"},
            "text": {},
            "category": None,
            "picture": None,
            "allergens": [],
            "options": [],
            "sizes": [_size("MORNING", None, 480, state="not_now", next_at=LATER)],
        },
    ],
    "liked": ["LATTE"],
}
SLOTS: Json = {"slots": [{"at": AT, "left": 1}, {"at": LATER, "left": 4}]}
QUOTE: Json = {
    "lines": [
        _LINES[0] | {"variant": "LATTE-M", "chosen": [{"ja": "オーツミルク", "en": "Oat milk"}]},
        _LINES[1] | {"variant": "TART", "chosen": []},
    ],
    "fee": 0,
    "total": 1780,
    "taxes": _TAXES,
}
_INSTEAD: Json = {
    "name": {"ja": "チーズケーキ", "en": "Cheesecake"},
    "size": None,
    "price": 540,
    "line": {"variant": "CHEESECAKE", "pieces": 2, "options": {}},
}
PROPOSAL: Json = {
    "base": ORDER,
    "differences": [
        {"name": _LATTE, "size": _MEDIUM, "why": "dearer", "old": 620, "new": 660, "instead": None},
        {"name": _TART, "size": _PIECE, "why": "sold_out", "old": 580, "new": None}
        | {"instead": _INSTEAD},
    ],
    "slots": [AT, LATER],
    "at": AT,
    "store": "kichijoji",
    "lines": [PICKED],
    "contact": PAGE["contact"],
    "quote": QUOTE,
    "order": {"store": "kichijoji", "way": "delivery", "slot_at": AT, "lines": [], "total": 1780},
    "why": None,
}
REORDER: Json = {"proposal": PROPOSAL, "open": [ORDER], "stores": True, "online": True}
CLOSED: Json = REORDER | {
    "open": [],
    "proposal": PROPOSAL | {"slots": [], "at": None, "quote": None, "order": None},
}
