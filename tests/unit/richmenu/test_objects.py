"""LINE's object of a menu, held against LINE's own description and its limits."""

import json

import pytest
from linebot.v3.messaging import RichMenuRequest

from app.line import limits
from app.richmenu import read
from app.richmenu.actions import NoLiffApp, line_action, parse
from app.richmenu.objects import line_object
from sandbox import richmenu_check
from tests.support.openapi import LINE_OPENAPI, Checker
from tests.unit.richmenu.menus import layout_of

LIFF = "https://liff.line.me/2000000001-Abcdefgh"
DEMO = read.read_folder()

EVERYTHING = """\
name: 👨‍👩‍👧 と全部
bar: あいうえおかきくけこさしすせ
size: compact
open: false
alias: all
tabs: [{label: ここ, alias: all}, {label: ほか, alias: rest}]
grid: [a b c d e]
tiles:
  a: {label: 一二三四五, icon: home, action: "liff:"}
  b: {label: 予約, icon: home, action: say:予約}
  c: {label: 点, icon: home, action: "postback:points.show?from=menu"}
  d: {label: 他, icon: home, action: "switch:rest"}
  e: {label: 電話, icon: home, action: "uri:tel:0422000001"}
"""
REST = """\
name: Rest
bar: x
alias: rest
grid: [a]
tiles: {a: {label: 戻る, icon: home, action: switch:all}}
"""


@pytest.fixture
def everything(tmp_path):
    (tmp_path / "rest.yaml").write_text(REST)
    return layout_of(tmp_path, EVERYTHING, "all").menu


@pytest.fixture(scope="module")
def checker():
    path = LINE_OPENAPI / "messaging-api.yml"
    if not path.exists():
        pytest.skip("LINE's OpenAPI description does not lie beside this checkout")
    return Checker(path)


def problems(checker, menu):
    body = json.dumps(line_object(menu, LIFF)).encode()
    headers = {"content-type": "application/json"}
    return checker.check_request("POST", "/v2/bot/richmenu", headers, body)


def test_the_check_finds_a_wrong_object(checker):
    headers = {"content-type": "application/json"}
    body = json.dumps({"size": {"width": "wide"}}).encode()

    assert checker.check_request("POST", "/v2/bot/richmenu", headers, body)


def test_every_kind_of_tile_is_as_line_describes_it(checker, everything):
    assert problems(checker, everything) == []


@pytest.mark.parametrize("layout", DEMO, ids=lambda layout: layout.slug)
def test_the_demo_menus_are_as_line_describes_them(checker, layout):
    assert problems(checker, layout.menu) == []


@pytest.mark.parametrize("layout", DEMO, ids=lambda layout: layout.slug)
def test_the_sandbox_takes_the_demo_menus(layout):
    body = line_object(layout.menu, LIFF)

    assert richmenu_check.menu(body) == []
    assert RichMenuRequest.from_dict(body).to_dict() == body


def test_the_sandbox_takes_every_kind_of_tile(everything):
    body = line_object(everything, LIFF)

    assert richmenu_check.menu(body) == []
    assert [area["action"]["type"] for area in body["areas"]] == [
        "richmenuswitch", "uri", "message", "postback", "richmenuswitch", "uri",
    ]  # fmt: skip


def test_the_object_says_what_the_file_says(everything):
    body = line_object(everything, LIFF)

    assert body["size"] == {"width": 2500, "height": 843}
    assert body["selected"] is False
    assert limits.utf16_len(body["chatBarText"]) == limits.RICHMENU_BAR_UNITS
    assert body["areas"][0]["bounds"] == {"x": 1250, "y": 0, "width": 1250, "height": 150}


@pytest.mark.parametrize(
    ("written", "action"),
    [
        ("liff:card", {"type": "uri", "uri": f"{LIFF}/card"}),
        ("liff:", {"type": "uri", "uri": LIFF}),
        ("say:予約", {"type": "message", "text": "予約"}),
        (
            "postback:points.show",
            {"type": "postback", "data": "points.show", "displayText": "ラベル"},
        ),
        (
            "switch:home",
            {
                "type": "richmenuswitch",
                "richMenuAliasId": "home",
                "data": "richmenu.switched?to=home",
            },
        ),
        ("uri:https://example.com/", {"type": "uri", "uri": "https://example.com/"}),
    ],
)
def test_an_action_becomes_lines_own(written, action):
    assert line_action(parse(written), "ラベル", LIFF) == {**action, "label": "ラベル"}


def test_a_liff_page_needs_a_liff_app():
    with pytest.raises(NoLiffApp):
        line_action(parse("liff:card"), "会員証", None)
