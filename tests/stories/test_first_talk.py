"""A newcomer's first minute with the shop."""

from collections.abc import Callable

from tests.support.phone import Phone
from tests.support.shop import Shop

Phones = Callable[[str], Phone]


def test_a_new_friend_is_greeted_by_name(phone: Phones) -> None:
    hanako = phone("hanako").adds()

    assert hanako.screen[0].startswith("山田 花子様、はじめまして。")
    assert "こもれび珈琲" in hanako.screen[0]


def test_somebody_english_is_greeted_in_english(phone: Phones) -> None:
    assert "Emma Wilson" in phone("emma").adds().screen[0]


def test_a_keyword_is_answered_once(phone: Phones, shop: Shop) -> None:
    hanako = phone("hanako").adds()
    before = len(shop.accepted())

    hanako.types("営業時間")

    assert hanako.screen[-1] == "営業時間"
    assert len(shop.accepted()) == before + 1


def test_width_and_case_of_a_keyword_do_not_matter(phone: Phones) -> None:
    assert "Wi-Fi" in phone("hanako").adds().types("ＷＩＦＩ ありますか").screen[-1]


def test_what_nobody_foresaw_is_answered_calmly(phone: Phones) -> None:
    hanako = phone("hanako").adds().types("ゾウは来ますか")

    assert hanako.screen[-1].startswith("メッセージをありがとうございます。")


def test_whoever_comes_back_is_welcomed_back(phone: Phones) -> None:
    hanako = phone("hanako").adds().blocks().unblocks()

    assert "おかえりなさい" in hanako.screen[-1]
