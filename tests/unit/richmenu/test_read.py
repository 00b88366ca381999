"""A file with a mistake is named with its line and the reason, and nothing of it is taken."""

import pytest

from app.richmenu import read
from app.richmenu.mistakes import BadLayout
from tests.unit.richmenu.menus import PLAIN, changed, layout_of, mistakes_of

# What is written instead of what, and what is said about it.
WRONG = [
    ("name: Plain\n", "", "plain.yaml:1: name: 必要です / is needed"),
    ("name: Plain", "name: ''", "plain.yaml:1: name: 1〜300文字で"),
    ("bar: メニュー", "bar: 十五文字になってしまうメニュー", "plain.yaml:2: bar: 1〜14文字で"),
    ("bar: メニュー", "bar: 🍞🍞🍞🍞🍞🍞🍞🍞", "plain.yaml:2: bar: 14文字までです"),
    ("bar: メニュー", "bar: 開く\nbard: x", "plain.yaml:3: bard: この項目はありません"),
    (
        "bar: メニュー",
        "bar: 開く\nsize: big",
        "plain.yaml:3: size: 次のどれかにしてください: 'large'",
    ),
    ("bar: メニュー", "bar: 開く\ntheme: red", "plain.yaml:3: theme: 次のどれかにしてください"),
    ("bar: メニュー", "bar: 開く\nopen: perhaps", "plain.yaml:3: open: true か false で"),
    ("bar: メニュー", "bar: 開く\npriority: high", "plain.yaml:3: priority: 整数で"),
    ("bar: メニュー", "bar: 開く\nalias: Home", "plain.yaml:3: alias: 英小文字"),
    ("bar: メニュー", "bar: 開く\nbar: 閉じる", "plain.yaml:3: 「bar」が2回あります"),
    ("bar: メニュー", "bar: 開く\ncolors: {ink: black}", "plain.yaml:3: colors.ink: #RRGGBB"),
    (
        "bar: メニュー",
        "bar: 開く\ncolors: {inc: '#000000'}",
        "plain.yaml:3: colors.inc: 次のどれか",
    ),
    (
        "bar: メニュー",
        "bar: 開く\ncolors: {ink: '#EEEEEE'}",
        "plain.yaml:3: colors: 色の差が足りず",
    ),
    ("bar: メニュー", "bar: 開く\nwhen: {person: member}", "plain.yaml:3: when.person: 次のどれか"),
    ("bar: メニュー", "bar: 開く\nwhen: {tier: gold}", "plain.yaml:3: when.tier: 一覧"),
    (
        "bar: メニュー",
        "bar: 開く\nwhen: {from: 2026-12-01}",
        "plain.yaml:3: when.from: 2026-12-01T",
    ),
    (
        "bar: メニュー",
        "bar: 開く\nwhen: {from: 1796083200}",
        "plain.yaml:3: when.from: 2026-12-01T10:00+09:00 のように",
    ),
    (
        "bar: メニュー",
        "bar: 開く\nwhen: {until: 2026-12-01T00:00}",
        "plain.yaml:3: when.until: 2026-12-01T10:00+09:00 のように",
    ),
    (
        "bar: メニュー",
        "bar: 開く\nwhen: {from: 2026-13-01T00:00Z}",
        "plain.yaml:3: when.from: 2026-12-01T10:00+09:00 のように",
    ),
    (
        "bar: メニュー",
        "bar: 開く\nwhen: {from: 2026-12-01T00:00Z, until: 2026-12-01T09:00+09:00}",
        "plain.yaml:3: when: from は until より前に",
    ),
    ("[a b]", "[a a]", "plain.yaml:6: tiles.b: grid に置かれていません"),
    ("[a b]", "[a b, a]", "plain.yaml:3: grid: どの行も同じ数に"),
    ("[a b]", "[a b, a c]", "plain.yaml:3: grid: 「c」が tiles にありません"),
    ("[a b]", "[a b, b a]", "plain.yaml:3: grid: 「a」は長方形に"),
    ("[a b]", "[]", "plain.yaml:3: grid: 縦横とも1〜12マスです"),
    ("label: 会員証", 'label: "会\\n員"', "plain.yaml:6: tiles.b.label: 改行や前後の空白は"),
    (
        "label: 会員証",
        "label: 会\u200b員",
        "plain.yaml:6: tiles.b.label: 「\u200b」(U+200B)の字形が",
    ),
    ("label: 会員証", "label: 会員龘", "plain.yaml:6: tiles.b.label: 「龘」(U+9F98)の字形が"),
    ("label: 会員証", "label: 会員🍞", "plain.yaml:6: tiles.b.label: 「🍞」(U+1F35E)の字形が"),
    ("badge: NEW", "badge: 期間限定のお知らせ", "plain.yaml:6: tiles.b.badge: 0〜8文字で"),
    ("icon: qrcode, ", "", "plain.yaml:6: tiles.b.icon: アイコンが必要です"),
    ("icon: qrcode", "icon: qr", "plain.yaml:6: tiles.b.icon: 「qr」というアイコンはありません"),
    ("tone: filled", "tone: loud", "plain.yaml:6: tiles.b.tone: 次のどれか"),
    ("liff:card", "card", "plain.yaml:6: tiles.b.action: 次のどれかで始めてください: liff:"),
    ("liff:card", "liff:../card", "plain.yaml:6: tiles.b.action: 「liff:」の後ろが"),
    ("liff:card", "'postback:'", "plain.yaml:6: tiles.b.action: 「postback:」の後ろが"),
    ("liff:card", "uri:javascript:x", "plain.yaml:6: tiles.b.action: 「uri:」の後ろが"),
    ("liff:card", "uri:https://a/" + "x" * 1000, "plain.yaml:6: tiles.b.action: LINEの上限より"),
    ("liff:card", "say:" + "字" * 301, "plain.yaml:6: tiles.b.action: LINEの上限より"),
    ("liff:card", "switch:other", "plain.yaml:6: tiles.b.action: alias「other」のメニューが"),
    ("name: Plain", "name: {", "plain.yaml:3: YAMLとして読めません"),
    ("name: Plain", "name: &n Plain\nbar: *n", "plain.yaml:2: YAMLの別名"),
    (PLAIN, "", "plain.yaml:1: name: 必要です"),
    (PLAIN, "- a", "plain.yaml:1: 「名前: 値」で書いて"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_mistake_is_named(tmp_path, old, new, said):
    found = mistakes_of(tmp_path, plain=changed(old, new))

    assert [mistake for mistake in found if mistake.startswith(said)], found
    assert all(" / " in mistake for mistake in found)


def test_all_mistakes_of_all_files_are_named_at_once(tmp_path):
    found = mistakes_of(
        tmp_path,
        good=PLAIN,
        one=changed("bar: メニュー", "bar: ''", changed("qrcode", "qr")),
        two=changed("tone: filled", "tone: x", changed("name: Plain\n", "")),
    )

    assert [mistake.partition(": ")[0] for mistake in found] == [
        "one.yaml:2",
        "two.yaml:1",
        "two.yaml:5",
    ]


def test_nothing_is_taken_from_a_folder_with_a_mistake(tmp_path):
    (tmp_path / "good.yaml").write_text(PLAIN)
    (tmp_path / "wrong.yaml").write_text(changed("[a b]", "[a a]"))

    with pytest.raises(BadLayout, match=r"1件の誤りがあります / mistakes: 1"):
        read.read_folder(tmp_path)


def test_what_is_no_text_is_told(tmp_path):
    (tmp_path / "plain.yaml").write_bytes(b"name: \xff")

    with pytest.raises(BadLayout, match="UTF-8"):
        read.read_folder(tmp_path)


def test_values_are_texts_as_they_are_written(tmp_path):
    layout = layout_of(tmp_path, changed("label: 会員証", "label: No"))

    assert layout.menu.tiles["b"].label == "No"


def test_an_unknown_menu_is_not_found(tmp_path):
    with pytest.raises(read.NoSuchMenu):
        read.named(read.read_folder(tmp_path), "plain")


# Tabs and aliases

TABBED = changed(
    "bar: メニュー",
    "bar: メニュー\nalias: home\ntabs: [{label: ホーム, alias: home}, {label: 店, alias: shops}]",
)
SHOPS = changed("bar: メニュー", "bar: メニュー\nalias: shops")


def test_tabs_lead_to_menus_that_exist(tmp_path):
    assert mistakes_of(tmp_path, home=TABBED, shops=SHOPS) == []


def test_a_tab_without_its_menu_is_named(tmp_path):
    (found,) = mistakes_of(tmp_path, home=TABBED)

    assert found.startswith("home.yaml:4: tabs.1.alias: alias「shops」のメニューがありません")


def test_a_menu_with_tabs_is_one_of_them(tmp_path):
    lost = TABBED.replace("alias: home\n", "alias: lost\n", 1)

    assert (
        "home.yaml:4: tabs: このメニュー自身の" in mistakes_of(tmp_path, home=lost, shops=SHOPS)[0]
    )


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        ("", "", 2),
        ("\nwhen: {account: [main]}", "", 2),
        ("\nwhen: {account: [main]}", "\nwhen: {account: [main, north]}", 2),
        ("\nwhen: {account: [main]}", "\nwhen: {account: [north]}", 0),
    ],
)
def test_an_alias_belongs_to_one_menu_of_an_account(tmp_path, one, other, number):
    texts = {
        name: SHOPS.replace("alias: shops", f"alias: shops{when}")
        for name, when in (("first", one), ("second", other))
    }

    assert len(mistakes_of(tmp_path, **texts)) == number


@pytest.mark.parametrize(
    ("here", "there", "number"),
    [
        ("", "\nwhen: {account: [main]}", 1),
        ("\nwhen: {account: [main, north]}", "\nwhen: {account: [main]}", 1),
        ("\nwhen: {account: [main]}", "\nwhen: {account: [main, north]}", 0),
        ("\nwhen: {account: [main]}", "", 0),
    ],
)
def test_a_switch_leads_to_a_menu_of_the_same_account(tmp_path, here, there, number):
    home = changed("liff:card", "switch:shops").replace("bar: メニュー", f"bar: メニュー{here}")
    shops = SHOPS.replace("alias: shops", f"alias: shops{there}")

    assert len(mistakes_of(tmp_path, home=home, shops=shops)) == number


def test_twenty_areas_are_the_most(tmp_path):
    names = [f"t{number}" for number in range(21)]
    tiles = "".join(
        f"  {name}: {{label: 予, icon: calendar, action: say:予約}}\n" for name in names
    )
    rows = [" ".join(names[start : start + 7]) for start in (0, 7, 14)]
    text = f"name: Many\nbar: x\ngrid: [{', '.join(rows)}]\ntiles:\n{tiles}"

    assert "many.yaml:4: tiles: タブと合わせて20個まで" in mistakes_of(tmp_path, many=text)[0]
