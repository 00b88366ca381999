"""お店への質問: the small dialog, as a customer walks it."""

from collections.abc import Callable
from datetime import timedelta

from freezegun import freeze_time

from app import clock
from tests.support.phone import Phone
from tests.support.shop import Shop, open_shop

Phones = Callable[[str], Phone]


def test_two_taps_lead_to_the_answer(phone: Phones) -> None:
    hanako = phone("hanako").adds().types("質問する")
    assert hanako.buttons[:4] == ["営業時間", "席・予約", "アレルギー", "その他"]

    hanako.taps("席・予約")
    assert hanako.screen[-1] == "どちらの店舗についてご案内しましょうか。"

    hanako.taps("吉祥寺店")
    assert "お席とご予約は、お電話で承っております。" in hanako.screen[-3]
    assert hanako.screen[-2] == "吉祥寺店"


def test_typed_answers_are_as_good_as_taps(phone: Phones) -> None:
    hanako = phone("hanako").adds().types("質問する").types("アレルギー").types("神保町店")

    assert hanako.screen[-2] == "神保町店"


def test_a_wrong_answer_is_explained_and_asked_again(phone: Phones) -> None:
    hanako = phone("hanako").adds().types("質問する").types("ゾウ")

    assert "次の中からお選びください" in hanako.screen[-2]
    assert "営業時間" in hanako.buttons


def test_going_back_changes_an_answer(phone: Phones) -> None:
    hanako = phone("hanako").adds().types("質問する").taps("席・予約").taps("戻る")

    assert "その他" in hanako.buttons


def test_やめる_ends_it(phone: Phones) -> None:
    hanako = phone("hanako").adds().types("質問する").types("やめる")
    assert hanako.screen[-1].startswith("承知しました。")

    hanako.types("営業時間")
    assert hanako.screen[-1] == "営業時間"  # The keyword's card, no longer the dialog's choice.


def test_an_old_button_says_that_the_talk_has_expired(phone: Phones, shop: Shop) -> None:
    hanako = phone("hanako").adds().types("質問する")

    with freeze_time(clock.now() + timedelta(hours=2), tick=True):
        hanako.taps("営業時間")

    assert "しばらくお返事がなかったため" in hanako.screen[-1]


def test_two_people_do_not_mix(phone: Phones) -> None:
    hanako, emma = phone("hanako").adds(), phone("emma").adds()
    hanako.types("質問する")
    emma.types("question")
    hanako.taps("営業時間")

    assert "Something else" in emma.buttons
    assert "吉祥寺店" in hanako.buttons


def test_it_goes_on_where_it_was_after_a_restart(database_url: str) -> None:
    with open_shop(database_url) as shop:
        shop.phone("hanako").adds().types("質問する").taps("その他")
        world = shop.line.world
    with open_shop(database_url, world=world) as shop:
        hanako = shop.phone("hanako").taps("神保町店")

        assert "神保町店" in hanako.screen[-2]
        assert shop.leaks() == []
