"""One example of every notice, for the tests that hold for all of them."""

from typing import Any

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

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "greeting.hello": [{}],
    "greeting.welcome_back": [{}],
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
    "shop.answer": [
        {"topic": topic, "store": STORE} for topic in ("hours", "seats", "allergy", "other")
    ]
    + [{"topic": "hours", "store": {"name": "神保町店"}}],
    "errors.unavailable": [{}],
}

EVERY = [(name, data) for name, several in EXAMPLES.items() for data in several]
