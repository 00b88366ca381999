"""予約 in the talk: every way through it, at the demo shop."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time

from app import clock
from app.domain.reservations import closing, queries, service, setup
from app.domain.reservations.asker import Guest
from app.domain.reservations.offer import Wanted
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.jobs import reservations as jobs
from tests.stories.test_linking import member, prove
from tests.support.phone import Phone
from tests.support.shop import Shop
from tests.support.visitor import InLine

Phones = Callable[[str], Phone]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
JAPAN = ZoneInfo("Asia/Tokyo")
OWNER = Actor(1, "owner", "オーナー", None, None, 1)


def next_day(weekday: int) -> date:
    """The first such day (0 is Monday) that is at least four days off."""
    today = clock.now().astimezone(JAPAN).date()
    return today + timedelta(days=4 + (weekday - today.weekday() - 4) % 7)


def shown(day: date) -> str:
    return f"{day.month}月{day.day}日({'月火水木金土日'[day.weekday()]})"


def asks_for_class(who: Phone, people: int) -> Phone:
    """Up to the last look at a class of next Saturday at ten, which has six seats."""
    who.types("予約").taps("吉祥寺店").types("ハンドドリップ教室")
    who.picks(next_day(5).isoformat()).types("10時").types(f"{people}名")
    return who.taps("特になし")


def facts(who: Phone) -> dict[str, str]:
    """Label -> value of each row of the account's last card."""
    card = who.lines[-1]["message"]["contents"]["body"]["contents"]
    rows = [part["contents"] for part in card if part.get("layout") == "baseline"]
    return {label["text"]: value["text"] for label, value in rows}


def test_a_table_is_reserved_changed_and_cancelled(phone: Phones) -> None:
    day = next_day(3)
    hanako = phone("hanako").adds().types("予約")
    assert hanako.buttons == ["吉祥寺店", "神保町店", "現在地から探す", "やめる"]
    hanako.taps("吉祥寺店")
    assert hanako.screen[-1] == "ご希望のメニューをお選びください。"
    hanako.types("お席のご予約")
    assert {"カレンダーから選ぶ", "明日"} <= set(hanako.buttons)
    hanako.picks(day.isoformat())
    assert hanako.screen[-1] == f"{shown(day)} ご来店の時間"
    hanako.taps("10:30").taps("3名様").taps("記念日のケーキ").taps("30分延長")
    assert "✓ 30分延長" in hanako.buttons
    hanako.taps("✓ 30分延長").taps("これで決定").types("窓際がうれしいです")
    assert hanako.screen[-1].startswith("ご予約内容のご確認")
    assert facts(hanako) == {
        "日時": f"{shown(day)} 10:30〜12:00",
        "店舗": "吉祥寺店",
        "メニュー": "お席のご予約",
        "人数": "3名様",
        "追加": "記念日のケーキ",
        "ご要望": "窓際がうれしいです",
    }

    hanako.taps("この内容で予約する")
    assert hanako.screen[-1].startswith("ご予約を承りました")
    hanako.types("予約確認").taps("変更する")
    assert "変更するところをお選びください。" in hanako.screen[-1]
    assert "この内容に変更する" not in hanako.buttons
    hanako.taps("人数を変える").taps("2名様").taps("時間を変える").types("11時半")
    assert hanako.buttons[0] == "この内容に変更する"
    hanako.taps("この内容に変更する")
    assert f"{shown(day)} 10:30からのご予約を、次のとおり変更しました。" in hanako.screen[-1]
    assert facts(hanako)["人数"] == "2名様"
    assert facts(hanako)["日時"] == f"{shown(day)} 11:30〜13:00"

    hanako.types("予約確認").taps("キャンセルする")
    assert f"{shown(day)} 11:30からの吉祥寺店のご予約をキャンセルしますか？" in hanako.screen[-1]
    hanako.taps("キャンセルする")
    assert hanako.screen[-1].startswith("ご予約をキャンセルしました")
    hanako.types("予約確認")
    assert hanako.screen[-1] == "いまお取りしているご予約はありません。"


@SQLITE
def test_wrong_answers_back_a_change_and_giving_up(phone: Phones) -> None:
    sunday = next_day(6)
    hanako = phone("hanako").adds().types("予約").types("ゾウ")
    assert "次の中からお選びください。" in hanako.screen[-2]
    hanako.types("吉祥寺店").types("個室の貸切")
    assert hanako.screen[-2].startswith("こちらは会員の方だけに")
    hanako.taps("戻る").types("神保町店").types(f"{sunday.month}/{sunday.day}")
    assert "その日・その時間は、ご予約を承っておりません。" in hanako.screen[-2]  # Closed.
    hanako.types("2031-01-01")
    assert hanako.screen[-1].startswith("ご来店の日をお選びください。")
    friday = next_day(4)
    hanako.types(f"{friday.month}月{friday.day}日").types("3時")
    assert hanako.screen[-2:] == [
        "申し訳ありません。次の中からお選びください。",
        f"{shown(friday)} ご来店の時間",
    ]
    hanako.taps("戻る")
    assert hanako.screen[-1].startswith("ご来店の日をお選びください。")
    hanako.picks(friday.isoformat()).taps("09:00").types("6人").taps("追加しない").taps("特になし")
    older = next(each for each in reversed(hanako.lines) if each["from"] == "account")

    hanako.taps("店舗を変える").taps("吉祥寺店").types("お席のご予約")
    assert facts(hanako)["店舗"] == "吉祥寺店"  # All else stays as it was answered.
    assert facts(hanako)["日時"] == f"{shown(friday)} 09:00〜10:30"
    button = older["message"]["contents"]["footer"]["contents"][0]["action"]
    hanako.does("postback", data=button["data"])  # That card showed another store.
    assert hanako.screen[-2] == "申し訳ありません。次の中からお選びください。"

    hanako.types("やめる")
    assert hanako.screen[-1].startswith("承知しました。")
    hanako.taps("この内容で予約する")
    assert "先ほどのやり取りは終了しました" in hanako.screen[-1]
    hanako.types("予約確認")
    assert hanako.screen[-1] == "いまお取りしているご予約はありません。"


@SQLITE
def test_two_dialogs_at_once_and_one_that_nobody_ends(phone: Phones) -> None:
    hanako = phone("hanako").adds().types("予約").taps("神保町店").types("質問する")
    hanako.taps("営業時間").taps("神保町店")
    assert hanako.screen[-2] == "神保町店"  # The question took its place.

    hanako.types("予約").taps("神保町店")
    with freeze_time(clock.now() + timedelta(minutes=31), tick=True):
        hanako.picks(next_day(4).isoformat())
    assert "しばらくお返事がなかったため" in hanako.screen[-1]


@SQLITE
def test_today_the_weekend_and_the_same_again_for_the_first_time(phone: Phones) -> None:
    with freeze_time(datetime(2031, 6, 4, 8, 0, tzinfo=JAPAN), tick=True):  # A Wednesday.
        hanako = phone("hanako").adds().types("同じ予約")
        assert hanako.screen[-1].startswith("前回のご予約がまだありません。")
        hanako.types("予約").taps("吉祥寺店").types("お席のご予約")
        assert hanako.buttons[1:5] == ["今日", "明日", "6月7日(土)", "6月8日(日)"]
        hanako.taps("6月7日(土)")
        assert hanako.screen[-1] == "6月7日(土) ご来店の時間"
        hanako.taps("戻る").taps("今日")
        assert hanako.screen[-1] == "6月4日(水) ご来店の時間"


@SQLITE
def test_more_times_than_fit_stand_on_the_next_page(phone: Phones, shop: Shop) -> None:
    with shop.app.app_context():
        setup.put_service(
            {
                "code": "talk",
                "name": {"ja": "豆のご相談", "en": "About beans"},
                "minutes": 5,
                "grid_minutes": 5,
                "needs": ["staff"],
            }
        )
        setup.put_resource(
            shops.store_ids()["kichijoji"],
            {
                "code": "beans",
                "name": {"ja": "豆", "en": "B"},
                "kind": "staff",
                "services": ["talk"],
            },
        )
    hanako = phone("hanako").adds().types("予約").taps("吉祥寺店").types("豆のご相談")
    hanako.picks(next_day(3).isoformat())
    first = [each for each in hanako.buttons if ":" in each]
    hanako.taps("次へ")
    second = [each for each in hanako.buttons if ":" in each]

    assert first[:2] == ["08:00", "08:05"]
    assert second[0] > first[-1]
    assert "前へ" in hanako.buttons
    hanako.taps(second[-1])
    assert hanako.screen[-1].startswith("お店に伝えておきたいこと")


def test_the_nearest_store_the_usual_one_and_the_same_again(phone: Phones, shop: Shop) -> None:
    hanako = phone("hanako").adds().types("予約").is_at(35.6960, 139.7580)
    assert hanako.buttons[:2] == ["神保町店 0.0km", "吉祥寺店 16.1km"]
    hanako.types("神保町店").picks(next_day(2).isoformat()).taps("15:00")
    hanako.taps("2名様").taps("30分延長").taps("これで決定").taps("特になし")
    hanako.taps("この内容で予約する")
    assert hanako.screen[-1].startswith("ご予約を承りました")

    member(shop)
    assert prove(shop, InLine(shop)).status == 201
    hanako.types("予約")
    assert hanako.buttons[:2] == ["神保町店", "吉祥寺店"]  # Where they went last.

    hanako.types("同じ予約").picks(next_day(4).isoformat()).taps("15:00")
    assert hanako.screen[-1].startswith("ご予約内容のご確認")
    assert (facts(hanako)["人数"], facts(hanako)["追加"]) == ("2名様", "30分延長")
    hanako.taps("この内容で予約する").types("予約").taps("神保町店")
    hanako.picks(next_day(1).isoformat()).taps("15:00").taps("1名様").taps("追加しない")
    hanako.taps("特になし").taps("この内容で予約する")
    hanako.types("予約").taps("吉祥寺店").types("お席のご予約")
    assert hanako.screen[-1].startswith("ご来店の日を")  # The limit is each store's own.
    hanako.types("予約").taps("神保町店")
    assert hanako.screen[-1].startswith("恐れ入りますが、一度にお取りいただけるご予約の数")


def test_who_comes_second_goes_straight_to_the_next_free_times(phone: Phones) -> None:
    hanako, taro = phone("hanako").adds(), phone("taro").adds()
    asks_for_class(hanako, 4), asks_for_class(taro, 3)
    hanako.taps("この内容で予約する")
    taro.taps("この内容で予約する")

    assert "ご希望の時間は満席になりました。" in taro.screen[-2]
    assert taro.buttons[:2] == ["14:00", "戻る"]
    taro.taps("14:00")
    assert facts(taro)["日時"].endswith("14:00〜15:30")
    assert facts(taro)["人数"] == "3名様"  # What was answered is not asked again.
    taro.taps("この内容で予約する")
    assert taro.screen[-1].startswith("ご予約を承りました")
    assert facts(taro)["料金"] == "9,900円"


def reserve(shop: Shop, day: date, hour: int, people: int, name: str = "guest") -> str:
    """A class that staff reserve for somebody; answers the reservation's code."""
    start = datetime(day.year, day.month, day.day, hour, tzinfo=JAPAN)
    with shop.app.app_context():
        store_id = shops.store_ids()["kichijoji"]
        wanted = Wanted(store_id, queries.service_ids()["handdrip"], people)
        cause, guest = f"test/{name}/{start.isoformat()}", Guest(name=name)
        made = service.book(OWNER, wanted, start, cause=cause, origin="counter", guest=guest)
        return made.code


def joins_waitlist(who: Phone, day: date, *words: str) -> Phone:
    for said in words:
        who.types(said)
    return who.picks(day.isoformat())


def test_the_waitlist_offers_a_place_in_order(phone: Phones, shop: Shop) -> None:
    day = next_day(5)
    first = reserve(shop, day, 10, 4)
    for hour, people, name in ((10, 2, "second"), (14, 4, "third"), (14, 2, "fourth")):
        reserve(shop, day, hour, people, name)
    taro, emma = phone("taro").adds(), phone("emma").adds()

    joins_waitlist(taro, day, "予約", "吉祥寺店", "ハンドドリップ教室")
    assert taro.screen[-1] == f"{shown(day)}は満席です"
    assert taro.buttons[0] == "キャンセル待ちをする"
    assert taro.buttons[1].endswith("10:00")  # The nearest on other days.
    taro.taps("キャンセル待ちをする").taps("午前（12時まで）").taps("4名様")
    assert facts(taro)["日時"] == f"{shown(day)} 午前（12時まで）"
    taro.taps("キャンセル待ちに登録する")
    assert taro.screen[-1].startswith("キャンセル待ちを承りました")
    joins_waitlist(emma, day, "book", "Kichijoji", "Hand-drip class").taps("Join the waitlist")
    emma.taps("Any time").types("4 guests").taps("Join the waitlist")
    assert emma.screen[-1].startswith("You are on the waitlist")
    emma.types("my bookings")
    assert emma.buttons[0] == "Leave the waitlist"

    with shop.app.app_context():
        service.cancel(OWNER, first, cause="test/cancel")
    shop.settle()
    assert taro.screen[-1].startswith("お待ちの時間に空きが出ました")
    assert not emma.screen[-1].startswith("A place has become free")
    taro.taps("見送る")
    assert taro.screen[-1].startswith("承知しました。")
    assert emma.screen[-1].startswith("A place has become free for you")
    emma.taps("Take it")
    assert emma.screen[-1].startswith("Your booking is confirmed")
    taro.taps("受ける")
    assert taro.screen[-1] == "このご予約は、すでに変更またはキャンセルされています。"


def test_reminders_thanks_and_a_day_that_closes(phone: Phones, shop: Shop) -> None:
    hanako = asks_for_class(phone("hanako").adds(), 2).taps("この内容で予約する")
    day = next_day(5)

    eve = datetime(day.year, day.month, day.day, 18, 30, tzinfo=JAPAN) - timedelta(days=1)
    with freeze_time(eve, tick=True) as time, shop.app.app_context():
        assert [jobs.remind(), jobs.remind()] == [1, 0]
        shop.settle()
        assert hanako.screen[-1].startswith("明日のご予約のお知らせ")
        assert facts(hanako)["店舗"] == "吉祥寺店"

        reason = {"ja": "台風のため臨時休業いたします。"}
        assert closing.close_day(OWNER, shops.store_ids()["kichijoji"], day, reason) == 1
        shop.settle()
        assert hanako.screen[-1].startswith("ご予約をお受けできなくなりました")
        assert "理由：台風のため臨時休業いたします。" in hanako.screen[-1]
        instead = f"{shown(day + timedelta(days=1))} 10:00"
        hanako.taps(instead)
        assert facts(hanako)["日時"] == f"{instead}〜11:30"
        hanako.taps("この内容で予約する")

        time.move_to(eve + timedelta(hours=43, minutes=30))  # Sunday, two o'clock.
        service.arrive(OWNER, booked(day + timedelta(days=1)), cause="test/arrive")
        assert jobs.remind() == 1
        shop.settle()
    assert hanako.screen[-1].startswith("ご来店ありがとうございました")
    assert "質問する" in hanako.buttons


def booked(day: date) -> str:
    """The code of what is reserved at the store on a day."""
    found = queries.of_day(shops.store_ids()["kichijoji"], day)
    return next(each.code for each in found if each.state == "confirmed")
