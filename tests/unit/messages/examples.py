"""One example of every notice, for the tests that hold for all of them."""

from typing import Any

from app.messages import reservations, usual

STORE = {
    "name": "吉祥寺店",
    "hours": "平日 8:00–20:00\n土日祝 9:00–19:00",
    "phone": "0422-00-1111",
    "address": "東京都武蔵野市吉祥寺本町1-2-3",
}
CHOICES = [
    {"key": "shop.topic.hours", "data": "topic=hours"},
    {"text": "神保町店", "data": "store=2"},
]
QUESTION = {"question": "shop.ask_topic", "choices": CHOICES, "back": "back", "cancel": "cancel"}
SAY = {"kind": "say", "label": {"ja": "営業時間", "en": "Hours"}}
POSTBACK = {"kind": "postback", "label": {"ja": "はい"}, "data": "yes", "shown": {"ja": "はい"}}
OPEN = {"kind": "open", "label": {"ja": "地図"}, "uri": "https://example.com/?q=%E5%BA%97"}
PICK = {"kind": "pick", "label": {"ja": "日付"}, "data": "day", "mode": "date"}
URL = "https://example.com/latte.jpg"
BLOCKS: dict[str, dict[str, Any]] = {
    "text": {"kind": "text", "text": {"ja": "{name|お客}様", "en": "Dear {name|guest}"}},
    "sticker": {"kind": "sticker", "package": "446", "sticker": "1988"},
    "image": {"kind": "image", "url": URL},
    "buttons": {
        "kind": "buttons",
        "title": {"ja": "季節のラテ"},
        "image": URL,
        "text": {"ja": "栗のラテが始まりました。"},
        "buttons": [SAY, POSTBACK, OPEN, PICK],
    },
    "confirm": {"kind": "confirm", "text": {"ja": "よろしいですか。"}, "buttons": [SAY, POSTBACK]},
    "carousel": {
        "kind": "carousel",
        "alt": {"ja": "本日の豆"},
        "columns": [
            {"text": {"ja": "エチオピア"}, "buttons": [SAY]},
            {"text": {"ja": "グアテマラ"}, "buttons": [OPEN]},
        ],
    },
    "card": {
        "kind": "card",
        "image": URL,
        "title": {"ja": "{shop}"},
        "text": {"ja": "本日のおすすめ"},
        "rows": [{"label": {"ja": "豆"}, "text": {"ja": "エチオピア"}}],
        "buttons": [SAY, OPEN],
        "quick_replies": [SAY, POSTBACK, PICK],
    },
}
LATTE = {"name": {"ja": "カフェラテ", "en": "Caffè latte"}, "size": {"ja": "Mサイズ"}, "pieces": 2}
USUAL: dict[str, Any] = {
    "store": {"ja": "吉祥寺店", "en": "Kichijoji"},
    "way": "pickup",
    "address": "東京都武蔵野市吉祥寺本町1-2-3",
    "at": "2030-05-08T10:00:00+09:00",
    "lines": [LATTE],
    "differences": [
        LATTE | {"why": "dearer", "old": 560, "new": 580},
        LATTE | {"why": "cheaper", "old": 560, "new": 540},
        LATTE | {"why": "sold_out", "old": 560, "instead": LATTE},
        *(LATTE | {"why": why, "old": 560} for why in ("not_now", "not_here", "options")),
    ],
    "total": 1_160,
    "place": "orders.place?n=K7M2-QX9P",
    "url": "https://example.com/reorder",
}
RESERVATION = {
    "code": "7K2M9XQ4TB",
    "version": 1,
    "store": {"ja": "吉祥寺店", "en": "Kichijoji"},
    "address": {"ja": "東京都武蔵野市吉祥寺本町1-2-3"},
    "service": {"ja": "お席のご予約", "en": "A table"},
    "starts_at": "2030-05-08T10:00:00+09:00",
    "ends_at": "2030-05-08T11:30:00+09:00",
    "party": 2,
    "options": [{"ja": "記念日のケーキ", "en": "A cake"}],
    "staff": [{"ja": "小森 灯", "en": "Akari Komori"}],
    "price": 1800,
    "deposit": {"ja": "内金3,000円"},
}

WAITING = {
    "entry": "9XQ4TB7K2M",
    "store": {"ja": "吉祥寺店", "en": "Kichijoji"},
    "service": {"ja": "お席のご予約", "en": "A table"},
    "day": "2030-05-08",
    "from_time": "12:00",
    "to_time": "17:00",
    "party": 2,
}
SERVICES: dict[str, Any] = QUESTION | {
    "question": "reservations.ask_service",
    "choices": [{"text": "お席のご予約", "data": "v=table"}, {"text": "教室", "data": "v=class"}],
    "card": {
        "services": [
            {
                "name": {"ja": "お席のご予約"},
                "text": {"ja": "90分のお席です。"},
                "minutes": 90,
                "price": None,
                "per_person": False,
            },
            {
                "name": {"ja": "教室", "en": "Class"},
                "text": None,
                "minutes": 90,
                "price": 3300,
                "per_person": True,
            },
        ]
    },
}
TIMES: dict[str, Any] = QUESTION | {
    "question": "reservations.ask_time",
    "values": {"day": "2030-05-08"},
    "choices": [
        {"text": "9:00", "data": "v=9", "group": "reservations.part.morning"},
        {"text": "12:00", "data": "v=12", "group": "reservations.part.afternoon"},
    ],
}
CONFIRM: dict[str, Any] = QUESTION | {
    "question": "reservations.ask_confirm",
    "choices": [{"key": "reservations.confirm.yes", "data": "v=yes"}],
    "changes": [
        {"key": f"reservations.change.{step}", "data": f"s={step}"}
        for step in ("store", "service", "day", "time", "party", "options", "note")
    ],
    "card": {"booking": RESERVATION | {"code": "", "note": "窓際の席"}, "cancel_minutes": 90},
}

ORDER: dict[str, Any] = {
    "number": "7K2M-9XQ4",
    "origin": "line",
    "way": "pickup",
    "store": {"ja": "吉祥寺店", "en": "Kichijoji"},
    "address": {"ja": "東京都武蔵野市吉祥寺本町1-2-3"},
    "phone": "0422-00-1111",
    "slot_at": "2030-05-08T10:00:00+09:00",
    "ready_at": None,
    "fee": 0,
    "taxes": [{"rate": 8, "total": 1040, "tax": 77}],
    "total": 1040,
    "points": 40,
    "pay": None,
    "reason": None,
    "carrier": None,
    "tracking": None,
    "by": "shop",
}
BOUGHT: dict[str, Any] = {
    "name": {"ja": "カフェラテ", "en": "Latte"},
    "size": {"ja": "S"},
    "options": [{"ja": "オーツミルク", "en": "Oat milk"}],
    "pieces": 2,
    "amount": 1040,
    "tax_included": True,
}
DELIVERY: dict[str, Any] = ORDER | {"way": "delivery", "fee": 330}
EC: dict[str, Any] = ORDER | {"origin": "ec", "way": "other", "number": "EC-1001", "slot_at": None}
AT_TEN: dict[str, Any] = {"ready_at": "2030-05-08T10:10:00+09:00"}
ENDED: list[dict[str, Any]] = [ORDER, ORDER | {"reason": "本日の分がなくなりました。", "points": 0}]

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "greeting.hello": [{}],
    "greeting.welcome_back": [{}],
    "links.already": [{"url": None}, {"url": "https://liff.line.me/1-a/profile"}],
    "links.ask_unlink": [{}],
    "links.elsewhere": [{}],
    "links.ended": [{}],
    "links.failed": [{}],
    "links.linked": [{}],
    "links.moved": [{}],
    "links.tried": [{}],
    "links.no_door": [{}],
    "links.not_linked": [{}],
    "links.offer": [{"url": "https://liff.line.me/1-a/link"}],
    "coupons.granted": [
        {"coupons": [{"title": {"ja": "無料券"}, "picture": URL, "until": "2026-03-31T00:00:00Z"}]},
        {
            "coupons": [{"title": {"ja": "無料券", "en": "free"}, "picture": None, "until": None}]
            * 9
        },
    ],
    "coupons.link_first": [{}],
    "coupons.refused": [
        *({"why": why} for why in ("wrong_coupon_code", "coupon_over", "out_of_stock")),
        {"why": "over_limit"},
        {"why": "too_many_tries", "minutes": 15},
    ],
    "coupons.wallet": [
        {"count": 0, "url": None},
        {"count": 1200, "url": "https://liff.line.me/1-a/coupons"},
    ],
    "gifts.granted": [{"title": {"ja": "無料券"}}],
    "gifts.none": [{"title": {"ja": "無料券"}}],
    "keywords.answer": [{"blocks": [block]} for block in BLOCKS.values()],
    "keywords.fallback": [{}],
    "dialogs.ask": [
        QUESTION,
        {"question": "shop.ask_store"},
        QUESTION | {"choices": CHOICES * 20, "more": "page=", "page": 2},
    ],
    "dialogs.wrong": [
        QUESTION,
        {"question": "shop.ask_store"},
        QUESTION | {"reason": "dialogs.wrong"},
    ],
    "dialogs.cancelled": [{}],
    "dialogs.expired": [{}],
    "dialogs.nothing_to_cancel": [{}],
    "orders.placed": [
        ORDER | {"lines": [BOUGHT]},
        ORDER | {"lines": [BOUGHT], "pay": "provider"},
        DELIVERY | {"lines": [BOUGHT | {"tax_included": False, "size": None}] * 50},
        DELIVERY | {"lines": [BOUGHT | {"name": {"ja": "長" * 200}, "options": []}] * 13},
    ],
    "orders.accepted": [ORDER, ORDER | AT_TEN, DELIVERY | AT_TEN],
    "orders.ready": [ORDER, ORDER | {"pay": "provider"}, EC],
    "orders.out": [DELIVERY, DELIVERY | AT_TEN],
    "orders.paid": [EC, EC | {"number": "1" * 100, "store": None, "address": None, "phone": None}],
    "orders.shipped": [
        EC
        | {"store": None, "address": None, "phone": None}
        | {"carrier": "ヤマト運輸", "tracking": "1234-5678-9012"},
    ],
    "orders.refused": ENDED,
    "orders.cancelled": [*ENDED, ORDER | {"by": "customer"}],
    "orders.refunded": ENDED,
    "reservations.made": [
        RESERVATION,
        RESERVATION | {"options": [], "staff": [], "price": None, "deposit": None},
    ],
    "reservations.moved": [RESERVATION | {"before": "2030-05-07T10:00:00+09:00"}],
    "reservations.cancelled": [
        RESERVATION | {"by": "customer", "reason": None, "nearest": []},
        RESERVATION
        | {
            "by": "shop",
            "reason": {
                "ja": "台風のため臨時休業いたします。",
                "en": "We are closed for a typhoon.",
            },
            "nearest": ["2030-05-09T10:00:00+09:00", "2030-05-09T10:30:00+09:00"],
        },
    ],
    "reservations.reminder": [
        RESERVATION | {"kind": "day_before"},
        RESERVATION | {"kind": "hours_before"},
    ],
    "dialogs.sorry": [
        {},
        {"reason": "reservations.slot_taken"},
        {"reason": "reservations.too_soon", "values": {"minutes": 60}},
    ],
    "reservations.own": [
        {"bookings": [], "waiting": [], "url": None},
        {
            "bookings": [
                RESERVATION | {"may_change": True, "may_cancel": True},
                RESERVATION | {"may_change": False, "may_cancel": False, "note": "窓際"},
            ],
            "waiting": [WAITING, WAITING | {"to_time": "17:30", "offered": True}],
            "url": "https://liff.line.me/1-a/reserve",
        },
        {"bookings": [], "waiting": [WAITING] * 13, "url": None},
    ],
    "reservations.ask_cancel": [RESERVATION],
    "reservations.waiting": [WAITING],
    "reservations.left": [{}],
    "reservations.nothing": [{}],
    "reservations.refused": [
        *({"why": why} for why in reservations.REFUSALS),
        {"why": "too_late", "phone": "0422-00-0001"},
    ],
    "reservations.services": [
        SERVICES,
        SERVICES
        | {
            "choices": SERVICES["choices"] * 9,
            "card": {"services": 9 * SERVICES["card"]["services"]},
        }
        | {"page": 1, "more": "page="},
    ],
    "reservations.times": [
        TIMES,
        TIMES | {"choices": TIMES["choices"] * 90, "page": 3, "more": "page="},
        TIMES
        | {
            "question": "reservations.ask_full",
            "choices": [{"data": "wait", "key": "reservations.wait"}],
        },
    ],
    "reservations.options": [
        QUESTION
        | {
            "question": "reservations.ask_options",
            "card": {
                "options": [
                    {"code": "a", "name": {"ja": "記念日のケーキ"}, "minutes": 0, "price": 1800},
                    {"code": "b", "name": {"ja": "30分延長"}, "minutes": 30, "price": 0},
                ]
            },
        }
    ],
    "reservations.confirm": [
        CONFIRM | {"card": CONFIRM["card"] | {"what": what}}
        for what in ("new", "move", "unchanged")
    ]
    + [CONFIRM | {"card": {"what": "wait", "booking": WAITING, "cancel_minutes": 90}}],
    "reservations.thanks": [RESERVATION],
    "reservations.offered": [
        RESERVATION | {"entry": "9XQ4TB7K2M", "until": "2030-05-08T09:30:00+09:00"}
    ],
    "shop.answer": [
        {"topic": topic, "store": STORE} for topic in ("hours", "seats", "allergy", "other")
    ]
    + [{"topic": "hours", "store": {"name": "神保町店"}}],
    "errors.unavailable": [{}],
    "usual.card": [
        USUAL,
        USUAL
        | {"at": None, "total": None, "place": None, "lines": [], "url": None}
        | {"why_not": "below_minimum", "minimum": 1500, "way": "delivery"},
        *(USUAL | {"changed": changed} for changed in usual.CHANGED),
    ],
    "usual.none": [{"url": "https://example.com/order", "linked": False}],
    "usual.order": [{"url": None, "linked": True}, {"url": "https://example.com", "linked": True}],
    "usual.closed": [{}],
    "usual.refused": [{"why": why, "url": "https://example.com"} for why in usual.REFUSALS]
    + [{"why": "gone", "url": None}],
    "points.balance": [
        {"points": 0, "ending": None, "url": None},
        {
            "points": 1_234_567,
            "ending": {"points": 980, "day": "2027-03-31"},
            "url": "https://liff.line.me/1-a/points",
        },
    ],
    "points.birthday": [{"points": 100, "balance": 1380, "url": None}],
    "points.expiring": [
        {
            "points": 980,
            "balance": 1280,
            "day": "2027-03-31",
            "days": 30,
            "url": "https://liff.line.me/1-a/points",
        }
    ],
    "points.incentive": [{"points": 100, "balance": 100}],
}

EVERY = [(name, data) for name, several in EXAMPLES.items() for data in several]
