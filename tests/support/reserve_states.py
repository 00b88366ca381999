"""What the server tells the page /liff/reserve, for its looks."""

from typing import Any

Json = dict[str, Any]

_CUT = {"ja": "テーブル席のご予約", "en": "A table"}
_STORE = {"ja": "こもれび珈琲 吉祥寺店", "en": "Komorebi Coffee, Kichijoji"}
_PLACE = {"ja": "神保町店", "en": "Jimbocho"}
_BEANS = {"ja": "焙煎したての豆のお土産", "en": "Freshly roasted beans to take home"}
_HARU = {"ja": "春野 葵", "en": "Aoi Haruno"}

BOOKING: Json = {
    "code": "K7M2QX9P",
    "state": "confirmed",
    "version": 1,
    "store_id": 1,
    "store": _STORE,
    "service_id": 1,
    "service": _CUT,
    "party": 2,
    "note": "窓側の席を希望します",
    "price": 3300,
    "deposit": None,
    "may_change": True,
    "may_cancel": True,
    "starts_at": "2030-05-08T10:00:00+09:00",
    "ends_at": "2030-05-08T11:00:00+09:00",
    "options": [{"code": "beans", "name": _BEANS}],
    "staff": [{"id": 1, "name": _HARU}],
    "cancelled_by": None,
    "calendar": "/liff/calendar/x.ics",
    "map": "https://www.google.com/maps/search/?api=1",
}
HELD: Json = {**BOOKING, "state": "held", "hold_until": "2030-05-01T09:10:00+09:00"}
_SERVICE: Json = {
    "id": 1,
    "name": _CUT,
    "text": {"ja": "お席は2時間までご利用いただけます。", "en": "Yours for two hours."},
    "minutes": 60,
    "price": 1500,
    "per_person": True,
    "audience": "anyone",
    "deposit": {
        "ja": "前日までのキャンセルは無料です。",
        "en": "Free to cancel until the day before.",
    },
    "party_min": 1,
    "party_max": 6,
    "options": [{"code": "beans", "name": _BEANS, "minutes": 15, "price": 800}],
}
_WORKSHOP: Json = {
    **_SERVICE,
    "id": 2,
    "name": {"ja": "ハンドドリップ講座", "en": "Hand-drip workshop"},
    "price": None,
    "audience": "linked",
    "deposit": None,
    "options": [],
}
_WAITS: Json = {
    "code": "W1",
    "service": _CUT,
    "party": 2,
    "state": "waiting",
    "from_time": "10:00",
    "to_time": "12:00",
    "day": "2030-05-09",
    "until": None,
    "offer": None,
}
_OFFER: Json = {
    **_WAITS,
    "code": "W2",
    "state": "offered",
    "until": "2030-05-01T09:30:00+09:00",
    "offer": BOOKING,
}
PAGE: Json = {
    "stores": [
        {
            "id": number,
            "code": code,
            "name": name,
            "today": "2030-05-01",
            "horizon": 60,
            "services": [_SERVICE, _WORKSHOP],
            "staff": [{"id": 1, "name": _HARU, "services": [1]}],
        }
        for number, code, name in ((1, "kichijoji", _STORE), (2, "jimbocho", _PLACE))
    ],
    "limits": {"note": 200},
    "open": [BOOKING],
    "past": [{**BOOKING, "code": "OLD", "state": "cancelled", "may_change": False}],
    "waiting": [_OFFER, _WAITS],
}
MONTH: Json = {
    "days": {
        f"2030-05-{day:02d}": ("closed", "free", "free", "few", "full")[day % 5]
        for day in range(1, 32)
    }
}
TIMES: Json = {
    "times": {
        "2030-05-06": [f"2030-05-06T{hour}:{minute}:00+09:00"
                       for hour in (10, 11, 13, 14) for minute in ("00", "30")]
    }
}  # fmt: skip
