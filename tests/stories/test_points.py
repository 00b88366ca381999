"""ポイント: what a member hears of their points in the talk, and reads on the page."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.points import program, queries, service
from app.domain.points.ledger import Key
from app.jobs import points as jobs
from tests.support.linking import mailed_code, member, prove
from tests.support.members import EMAIL
from tests.support.phone import Phone
from tests.support.shop import Shop
from tests.support.visitor import InLine

Phones = Callable[[str], Phone]


def test_a_member_links_earns_and_is_warned(shop: Shop, phone: Phones) -> None:
    with shop.app.app_context():
        program.set_program(replace(queries.program_now(), expiry_days=25))
    hanako = phone("hanako").adds()
    assert "連携できます" in hanako.types("ポイント").screen[-1]
    assert InLine(shop).get("points").code == "not_linked"

    member_id = member(shop)
    assert prove(shop, InLine(shop)).status == 201
    shop.settle()
    assert any("100ポイントを差し上げました" in bubble for bubble in hanako.screen)

    with shop.app.app_context():
        posted = service.earn(member_id, paid=5000, store_id=None, key=Key("till", "1"))
        service.redeem(member_id, 30, key=Key("till", "2"))
    balance = posted.balance - 30
    assert f"保有ポイント {balance} pt" in hanako.types("ｐｏｉｎｔｓ").screen[-1]
    mine = InLine(shop).get("points").json
    assert (mine["balance"], mine["tier"], mine["next_tier"]) == (balance, "ブロンズ", "シルバー")
    assert [row["kind"] for row in mine["rows"]] == ["redeem", "earn", "incentive"]
    spent = InLine(shop).get("points/history?kind=spent").json
    assert [row["points"] for row in spent["rows"]] == [-30]
    assert InLine(shop).get("points/history?kind=stolen").status == 422

    with shop.app.app_context():
        assert [jobs.warn(), jobs.warn()] == [1, 0]
    shop.settle()
    assert f"あと25日で{balance}ポイント" in hanako.screen[-1]


def test_points_for_linking_come_once_whatever_becomes_of_the_link(
    shop: Shop, phone: Phones
) -> None:
    member(shop)
    for person in ("hanako", "taro"):
        phone(person).adds()
    for _ in range(2):
        InLine(shop).post("unlink")
        assert prove(shop, InLine(shop)).status == 201
    second = InLine(shop, "taro")
    session = second.post("link/start", who=EMAIL).json["session"]
    second.post("link/prove", session=session, code=mailed_code(shop))
    assert second.post("link/relink", session=session).status == 201
    shop.settle()

    theirs = second.get("points").json
    assert [row["kind"] for row in theirs["rows"]] == ["incentive"]
    assert theirs["balance"] == 100
