"""Coupons in the talk and on the page: given on linking, by a typed code, shown, used."""

import pytest

from app.domain.coupons import codes, gifts, service
from app.domain.coupons.counter import At
from tests.support.coupons import TEXT, TITLE
from tests.support.shop import Shop
from tests.support.visitor import InLine

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
JOIN = {"name": "山田 花子", "consents": {"terms": True}}


def put(shop: Shop, code: str, **changes: object) -> None:
    """A coupon of the shop."""
    with shop.app.app_context():
        service.put({"code": code, "title": TITLE, "text": TEXT, **changes})


def joins(shop: Shop, person: str = "hanako") -> InLine:
    """Somebody who has become a member."""
    who = InLine(shop, person)
    assert who.post("join", **JOIN).status == 201
    return who


def titles(who: InLine, kind: str = "usable") -> list[str]:
    return [coupon["title"]["ja"] for coupon in who.get("coupons").json[kind]]


def test_linking_brings_a_coupon_and_the_word_shows_it(shop, phone):
    hanako = phone("hanako").adds()
    hanako.types("クーポン")
    assert hanako.screen[-1].startswith("クーポンは、LINEと会員情報を連携された方に")
    assert hanako.buttons == ["会員連携をはじめる"]

    who = joins(shop)
    assert any(said.startswith("クーポンをお届けしました") for said in hanako.screen)
    assert titles(who) == ["ご連携のお礼：ドリンク1杯"]
    hanako.types("クーポン")
    assert hanako.screen[-1] == "ご利用いただけるクーポンが1枚あります。"
    assert hanako.links[-1].endswith("/coupons")


def test_a_typed_code_brings_its_coupon_once(shop, phone):
    hanako = phone("hanako").adds()
    hanako.types("クーポン HARU2026")
    assert hanako.screen[-1].startswith("クーポンは、LINEと会員情報を連携された方に")
    who = joins(shop)

    hanako.types("クーポン　ｈａｒｕ２０２６")
    assert hanako.screen[-1].startswith("クーポンをお届けしました")
    assert "春のタルト 100円引き" in titles(who)
    hanako.types("haru2026")
    assert hanako.screen[-1].startswith("このクーポンは、すでにお受け取りになっています。")


def test_a_code_that_brings_nothing_has_its_words(shop, phone):
    hanako = phone("hanako").adds()
    joins(shop)
    put(shop, "ENDED", typed="word", last_day="2020-01-01")
    put(shop, "NONE-LEFT", typed="word", stock=0)
    put(shop, "SECRET", typed="off")
    for said, answer in {
        "クーポン ENDED": "申し訳ありません。このクーポンの配布は終了しました。",
        "クーポン none-left": "申し訳ありません。このクーポンは、ご用意した枚数に",
        "クーポン secret": "そのクーポンコードは見つかりませんでした。",
        "クーポン 違います": "そのクーポンコードは見つかりませんでした。",
        "ENDED": "メッセージをありがとうございます。",
    }.items():
        hanako.types(said)
        assert hanako.screen[-1].startswith(answer), said


def test_guessing_is_stopped_for_a_quarter_of_an_hour(shop, phone):
    hanako = phone("hanako").adds()
    who = joins(shop)
    for said in ("クーポン X1", "クーポン X2", "AAAAA1", "AAAAA2"):
        hanako.types(said)
    wrong = who.post("coupons/typed", code="AAAAA3", key="k-000001")
    assert (wrong.status, wrong.code, wrong.json["tries_left"]) == (404, "wrong_coupon_code", 0)

    hanako.types("クーポン HARU2026")
    assert hanako.screen[-1].startswith("続けてお試しになったため")
    hanako.types("HARU2026")  # Nor does it tell that this is one.
    assert hanako.screen[-1].startswith("メッセージをありがとうございます。")
    stopped = who.post("coupons/typed", code="HARU2026", key="k-000001")
    assert (stopped.status, stopped.code) == (429, "too_many_tries")
    assert int(stopped.headers["Retry-After"]) > 800


@SQLITE
def test_the_page_shows_the_wallet_and_takes_a_code(shop, phone):
    phone("hanako").adds()
    stranger = InLine(shop, "taro")
    assert stranger.get("coupons").code == "not_linked"
    with shop.app.app_context():
        gifts.put({"name": "GIFT", "title": TITLE, "text": TEXT, "on_link": True})
        gifts.load("GIFT", [(1, "ABCD-1234")])
    who = joins(shop)

    assert who.post("coupons/typed", code="HARU2026", key="k-000001").status == 201
    wallet = who.get("coupons").json
    thanks, spring = wallet["usable"]  # The one that ends first comes first.
    assert [thanks["title"]["en"][:9], spring["title"]["en"][:4]] == ["Thank you", "¥100"]
    assert [store["ja"] for store in spring["stores"]] == ["吉祥寺店"]
    assert "ABCD-1234" not in str(wallet)
    gift = wallet["gifts"][0]
    assert who.post(f"gifts/{gift['id']}").json == {"code": "ABCD-1234"}

    joins(shop, "taro")
    assert stranger.post(f"gifts/{gift['id']}").status == 404
    assert stranger.post(f"coupons/{spring['id']}/code").status == 404


@SQLITE
def test_a_coupon_is_shown_by_a_code_of_its_own(shop, phone):
    phone("hanako").adds()
    who = joins(shop)
    coupon = who.get("coupons").json["usable"][0]
    shown = who.post(f"coupons/{coupon['id']}/code").json
    assert shown["code"].startswith("T2")
    assert (shown["renew_in"], shown["shown_for"]) == (15, 30)
    assert who.get(f"coupons/{coupon['id']}").json["state"] == "usable"

    with shop.app.app_context():
        codes.use_by_code(shown["code"], At(None), key="k")
    after = who.get(f"coupons/{coupon['id']}").json
    assert (after["state"], after["used"] is not None) == ("used", True)
    assert who.post(f"coupons/{coupon['id']}/code").code == "coupon_used"
