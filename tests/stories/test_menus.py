"""リッチメニュー: the shop's two menus, before and after linking, and taps that answer."""

from collections.abc import Callable

import pytest

from tests.support.linking import member, prove
from tests.support.phone import Phone
from tests.support.shop import Shop
from tests.support.visitor import InLine

Phones = Callable[[str], Phone]


def menu(shop: Shop, person: str) -> str | None:
    """The name of the menu that a person sees, as the layout has it."""
    shown = shop.line.world.rich_menus.shown("main", shop.user_id(person))
    return shown.body["name"].partition(" ")[2] if shown else None


@pytest.fixture
def menus(shop: Shop) -> None:
    """The shop's menus are up."""
    shop.command("richmenu", "apply")


@pytest.mark.usefixtures("menus")
def test_the_menu_follows_the_link(phone: Phones, shop: Shop) -> None:
    phone("hanako").adds()
    phone("taro").adds()
    assert menu(shop, "hanako") == "はじめての方のメニュー"

    member(shop)
    assert prove(shop, InLine(shop)).status == 201
    shop.settle()
    assert menu(shop, "hanako") == "会員のメニュー"
    assert menu(shop, "taro") == "はじめての方のメニュー"

    phone("hanako").blocks().unblocks()
    assert menu(shop, "hanako") == "会員のメニュー"

    assert InLine(shop).post("unlink").status == 200
    shop.settle()
    assert menu(shop, "hanako") == "はじめての方のメニュー"


@pytest.mark.parametrize("words", ["予約", "メニュー", "質問する"])
def test_what_a_tile_says_is_answered(phone: Phones, words: str) -> None:
    hanako = phone("hanako").adds()
    before = len(hanako.screen)

    assert len(hanako.types(words).screen) > before
    if words == "予約":
        assert hanako.screen[-1].startswith("ご予約の店舗をお選びください。")
