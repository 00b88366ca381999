"""The member card over its API: shown inside LINE, used at a counter, told to the page (P10)."""

import pytest

from app.domain.accounts import queries as accounts
from app.domain.cards.errors import CodeExpired
from app.domain.counter import service as counter
from app.domain.links import service as links
from app.domain.links.asker import Asker
from app.domain.members import service as members
from app.domain.people import service as people
from app.domain.shops import queries as shops
from tests.support.shop import Shop
from tests.support.visitor import InLine


class Hanako:
    """A linked member, on her phone and in the database."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.phone = shop, InLine(shop)
        with shop.app.app_context():
            account = accounts.find("main")
            user_id = shop.user_id("hanako")
            person = people.meet(account.provider_id, user_id, name="花子", picture_url=None)
            self.asker = Asker(person, user_id, account.id, account.provider_id)
            self.member_id = members.add({"name": "山田 花子", "tier": "ゴールド"})
            links.link(self.asker, self.member_id, proof="code")
        shop.settle()

    def scanned(self, code: str) -> int:
        """A clerk scans; answers the member's id."""
        with self.shop.app.app_context():
            store = shops.store_ids()["kichijoji"]
            return counter.open_by_scan(
                code, staff_id=1, store_id=store, account_ids=None
            ).member_id


def test_a_card_is_shown_scanned_and_told(shop: Shop) -> None:
    hanako = Hanako(shop)
    card = hanako.phone.get("card").json
    assert card["member"]["name"] == "山田 花子"
    assert card["member"].keys() == {"name", "number", "tier", "suspended"}
    assert card["standing"]["balance"] == 100  # For linking.

    shown = hanako.phone.post("card/code")
    assert shown.status == 201
    assert (shown.json["shown_for"], shown.json["renew_in"]) == (30, 15)
    path = f"card/used?since={shown.json['since']}&lang=ja"
    assert hanako.phone.get(path).json == {"used": None}

    assert hanako.scanned(shown.json["code"]) == hanako.member_id
    used = hanako.phone.get(path, **{"Accept-Language": "ja"}).json["used"]
    assert used["store"] == "吉祥寺店"


@pytest.mark.parametrize("since", ["", "-1", "1e9", "99999999999999"])
def test_a_moment_that_is_none_is_refused(shop: Shop, since: str) -> None:
    refused = Hanako(shop).phone.get(f"card/used?since={since}")
    assert (refused.status, refused.code) == (422, "bad_body")


def test_nobody_shows_a_card_who_is_not_linked_or_suspended(shop: Shop) -> None:
    stranger = InLine(shop, "emma")
    assert (stranger.get("card").status, stranger.post("card/code").code) == (404, "not_linked")

    hanako = Hanako(shop)
    with shop.app.app_context():
        members.suspend(hanako.member_id, "不正利用")
    assert hanako.phone.get("card").json["member"]["suspended"] is True
    assert hanako.phone.get("me").json["member"]["suspended"] is True
    refused = hanako.phone.post("card/code")
    assert (refused.status, refused.code) == (403, "member_suspended")


def test_a_page_cannot_ask_for_somebody_elses_code(shop: Shop) -> None:
    hanako = Hanako(shop)
    refused = InLine(shop, "emma").post("card/code", member_id=hanako.member_id)
    assert (refused.status, refused.code) == (422, "bad_body")


def test_unlinking_on_the_phone_ends_what_is_shown(shop: Shop) -> None:
    hanako = Hanako(shop)
    code = hanako.phone.post("card/code").json["code"]
    assert hanako.phone.post("unlink").status == 200
    with pytest.raises(CodeExpired):
        hanako.scanned(code)
