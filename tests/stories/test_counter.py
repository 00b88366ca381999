"""A customer at the till: what the clerk does shows on the phone, on the card and in the talk."""

from collections.abc import Callable

from app.domain.points import queries as points
from app.domain.staff import sessions
from tests.support.counter_page import CLERK, PASSWORD
from tests.support.linking import member, prove
from tests.support.phone import Phone
from tests.support.shop import Shop
from tests.support.staff import BROWSER
from tests.support.tills import Till
from tests.support.visitor import InLine

Phones = Callable[[str], Phone]


def test_points_given_at_the_till_are_told_in_the_talk(shop: Shop, phone: Phones) -> None:
    hanako = phone("hanako").adds()
    member_id = member(shop)
    page = InLine(shop)
    assert prove(shop, page).status == 201
    with shop.app.app_context():
        till = Till(shop.app, sessions.log_in(CLERK, PASSWORD, BROWSER).token)

    shown = page.post("card/code").json
    met = till.scan(shown["code"]).json
    assert met["member"]["name"] == "山田 花子"
    assert page.get(f"card/used?since={shown['since']}").json["used"]["store"] == "吉祥寺店"

    at = f"/{met['session']}"
    assert till.post(f"{at}/visit").json["visits"] == 1
    given = till.post(f"{at}/earn", paid=5000).json
    (coupon,) = given["coupons"]
    left = till.post(f"{at}/coupon", grant=coupon["grant"]).json
    assert (left["coupons"], till.scan(shown["code"]).code) == ([], "qr_used")

    with shop.app.app_context():
        assert points.balance(member_id) == given["points"]["balance"] > 100
    balance = f"{given['points']['balance']:,}"
    assert f"保有ポイント {balance} pt" in hanako.types("ポイント").screen[-1]
    assert page.get("card").json["standing"]["balance"] == given["points"]["balance"]
    assert page.get("coupons").json["usable"] == []
