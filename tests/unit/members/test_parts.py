"""Columns that hold a part of a field, or several fields at once."""

import pytest

from app.domain.members.postcode import city_of
from app.domain.members.transfer.parts import clashes, joined


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ({"family_name": "山田", "given_name": "花子"}, {"name": "山田 花子"}),
        ({"family_name": " 山田　", "given_name": ""}, {"name": "山田"}),
        ({"family_name": "", "given_name": ""}, {"name": ""}),
        ({"given_name": "花子"}, {"name": "花子"}),
        ({"family_kana": "ヤマダ", "given_kana": "ハナコ"}, {"kana": "ヤマダ ハナコ"}),
        ({"name": "山田 花子", "tier": "gold"}, {"name": "山田 花子", "tier": "gold"}),
    ],
)
def test_names_are_put_together(written: dict[str, str], whole: dict[str, str]) -> None:
    assert joined(written) == whole


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("東京都武蔵野市吉祥寺本町1-2-3", ("東京都", "武蔵野市", "吉祥寺本町1-2-3")),
        (
            "東京都　武蔵野市　吉祥寺本町1-2-3 101号",
            ("東京都", "武蔵野市", "吉祥寺本町1-2-3 101号"),
        ),
        ("北海道札幌市中央区北1条西2丁目", ("北海道", "札幌市中央区", "北1条西2丁目")),
        ("沖縄県八重山郡与那国町字与那国1", ("沖縄県", "八重山郡与那国町", "字与那国1")),
        ("京都府京都市上京区", ("京都府", "京都市上京区", "")),
        # Two spellings of one city; what was written is kept.
        ("茨城県龍ヶ崎市1", ("茨城県", "龍ヶ崎市", "1")),
        ("茨城県龍ケ崎市1", ("茨城県", "龍ケ崎市", "1")),
        # 市 in a name is no end of it.
        ("千葉県市川市八幡1-1", ("千葉県", "市川市", "八幡1-1")),
        ("三重県四日市市諏訪町1-5", ("三重県", "四日市市", "諏訪町1-5")),
        # Without its district, and without its prefecture, a town is not certain.
        ("沖縄県与那国町1", ("沖縄県", "", "与那国町1")),
        ("中央区銀座1-1", ("", "", "中央区銀座1-1")),
        ("1-2-3 Main Street", ("", "", "1-2-3 Main Street")),
        ("", ("", "", "")),
    ],
)
def test_an_address_is_taken_apart_as_far_as_it_is_certain(
    address: str, place: tuple[str, str, str]
) -> None:
    found = joined({"address": address})
    assert (found["prefecture"], found["city"], found["street"]) == place
    assert "".join(place).replace(" ", "") == "".join(address.split()).replace(" ", "")


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"street": "コーポ101"}, ("東京都", "武蔵野市", "吉祥寺本町1 コーポ101")),
        ({"prefecture": "東京都"}, ("東京都", "武蔵野市", "吉祥寺本町1")),
        ({"city": "武蔵野市"}, ("東京都", "武蔵野市", "吉祥寺本町1")),
        # What its own column says is believed, and nothing that was written is lost.
        ({"prefecture": "埼玉県"}, ("埼玉県", "", "東京都武蔵野市吉祥寺本町1")),
    ],
)
def test_an_address_beside_columns_of_its_parts(
    more: dict[str, str], place: tuple[str, str, str]
) -> None:
    found = joined({"address": "東京都武蔵野市吉祥寺本町1", **more})
    assert (found["prefecture"], found["city"], found["street"]) == place


def test_a_field_is_there_as_a_whole_or_in_parts() -> None:
    assert clashes(["name", "family_name", "kana", "address", "city"]) == ["name"]
    assert clashes(["family_name", "given_name", "kana"]) == []


def test_nobody_knows_a_city_of_no_prefecture() -> None:
    assert city_of("", "武蔵野市") == ""
    assert city_of("東京都", "") == ""
