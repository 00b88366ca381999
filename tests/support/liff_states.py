"""A member's pages with an API that says what a test wants: for states that are hard to cause."""

from typing import Any

from playwright.sync_api import Page, Route

from app.web import bars, qr

Json = dict[str, Any]

CONSENTS = [
    {"purpose": "terms", "title": "会員規約", "text": "第1条\n" * 40, "required": True},
    {
        "purpose": "news",
        "title": "お得なお知らせを受け取る",
        "text": "月に2回。",
        "required": False,
    },
]
STORES = [{"code": "kichijoji", "name": "吉祥寺店"}, {"code": "jimbocho", "name": "神保町店"}]
MEMBER = {
    "number": "9123456789012347",
    "name": "山田 花子",
    "kana": "ヤマダ ハナコ",
    "birthday": "1990-04-01",
    "gender": "female",
    "phone": "09012345678",
    "email": "hanako.yamada@example.jp",
    "postal_code": "1800004",
    "prefecture": "東京都",
    "city": "武蔵野市",
    "street": "吉祥寺本町1-2-3 こもれびマンション405",
    "store": "kichijoji",
    "tier": "ゴールド",
    "suspended": False,
}
FAMILY = [
    {"key": "1", "name": "山****", "number": "************2347"},
    {"key": "2", "name": "山****", "number": "************0019"},
]


_COUPON = {
    "id": 1,
    "title": {
        "ja": "ご連携のお礼：お好きなドリンク1杯サービス",
        "en": "One drink of your choice, to say thank you",
    },
    "text": {
        "ja": "お会計の前に、この画面をスタッフにご提示ください。",
        "en": "Please show this before you pay.",
    },
    "picture": "/liff/pictures/demo/drink.svg",
    "stores": [],
    "combinable": False,
    "state": "usable",
    "from": None,
    "until": "2026-12-31",
    "used": None,
}
_TART = {"ja": "季節のタルト 100円引き", "en": "¥100 off the seasonal tart"}
_PLACES = [{"ja": "吉祥寺店", "en": "Kichijoji"}, {"ja": "神保町店", "en": "Jimbocho"}]
_OTHER = _COUPON | {"id": 2, "title": _TART, "picture": None, "stores": _PLACES, "until": None}
WALLET = {
    "usable": [_COUPON, _OTHER],
    "soon": [_OTHER | {"id": 3, "state": "soon", "from": "2027-03-01"}],
    "used": [_OTHER | {"id": 4, "state": "used", "used": "2026-11-01"}],
    "expired": [_COUPON | {"id": 5, "state": "expired", "until": "2026-01-31"}],
    "gifts": [
        {
            "id": 1,
            "title": {"ja": "デジタルギフト 500円分", "en": "A digital gift worth ¥500"},
            "text": {
                "ja": "ギフトサイトでコードをご入力ください。",
                "en": "Enter it on the gift site.",
            },
            "at": "2026-11-22",
        }
    ],
}
NO_COUPONS: Json = {kind: [] for kind in WALLET}
POINTS = {
    "balance": 1280,
    "expiring": [{"day": "2027-03-31", "points": 480}, {"day": "2027-11-22", "points": 800}],
    "tier": "ゴールド",
    "next_tier": "プラチナ",
    "to_next": 720,
    "progress": 64,
    "keeping": False,
    "basis": "points",
    "rows": [
        {
            "id": 9 - place,
            "kind": kind,
            "points": points,
            "balance": 1280,
            "paid": paid,
            "undone": undone,
            "day": "2026-11-22",
            "store": "kichijoji",
        }
        for place, (kind, points, paid, undone) in enumerate(
            [
                ("earn", 28, 1980, True),
                ("void", -28, None, False),
                ("redeem", -500, None, False),
                ("incentive", 100, None, False),
                ("expire", -12, None, False),
            ]
        )
    ],
    "older": 5,
}


def me(*, linked: bool = False, language: str = "ja", password: bool = True) -> Json:
    """What GET /liff/api/me says."""
    given = True if linked else None
    return {
        "person": {"name": "山田 花子", "picture": None, "email": "hanako@example.jp"},
        "linked": linked,
        "language": language,
        "shop": "こもれび珈琲",
        "doors": {"code": True, "password": password, "join": True},
        "member": MEMBER if linked else None,
        "stores": STORES,
        "consents": [{**one, "version": "1", "given": given} for one in CONSENTS],
    }


STANDING = {
    "balance": 1280,
    "tier": "ゴールド",
    "next_tier": "プラチナ",
    "to_next": 720,
    "progress": 64,
    "expiring": [{"date": "2027-03-31", "points": 300}],
}


def card(*, suspended: bool = False, standing: Json | None = None, with_bars: bool = False) -> Json:
    """What GET /liff/api/card says."""
    known = {name: MEMBER[name] for name in ("name", "number", "tier")}
    drawn = bars.drawing(str(MEMBER["number"]))
    lines = {"width": drawn.width, "height": bars.HEIGHT, "path": drawn.path}
    return {
        "member": {**known, "suspended": suspended},
        "bars": lines if with_bars else None,
        "standing": standing,
    }


def shown(code: str) -> Json:
    """What POST /liff/api/card/code says of a new code."""
    drawn = qr.drawing(code)
    picture = {"size": drawn.size, "path": drawn.path}
    return {"code": code, "qr": picture, "shown_for": 30, "renew_in": 15, "since": 1}


def problem(code: str, status: int, **more: Any) -> tuple[int, Json]:
    """A problem document, and its status."""
    words = {"title": "うまくいきませんでした", "detail": "もう一度お試しください。"}
    return status, {"type": f"urn:tsunagu:{code}", **words, "status": status, **more}


class Api:
    """Answers for /liff/api in the page. `calls`: method, path and JSON of each call, in order."""

    def __init__(self, page: Page) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self._answers: dict[tuple[str, str], tuple[int, Json]] = {}
        page.route("**/liff/api/**", self._answer)

    def says(self, method: str, path: str, status: int, body: Json) -> None:
        """From now on, answer this call so."""
        self._answers[method, path] = status, body

    def _answer(self, route: Route) -> None:
        request = route.request
        path = request.url.split("/liff/api")[1].split("?")[0]
        self.calls.append((request.method, path, request.post_data_json))
        status, body = self._answers.get((request.method, path), problem("not_found", 404))
        route.fulfill(status=status, json=body)
