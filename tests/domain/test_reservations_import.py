"""Reservations made elsewhere come in as a file: all or nothing, and twice is as good as once."""

import io
from collections.abc import Iterator

import pytest
from freezegun import freeze_time

from app.domain.files.errors import BadFile
from app.domain.members import queries as members
from app.domain.reservations import queries, transfer
from app.domain.reservations.asker import SHOP
from app.domain.staff.actor import Actor
from app.jobs import reservations as jobs
from tests.support.members import a_member, a_shop
from tests.support.reservations import DAY, NOW, a_salon, a_store, at, problems, told

HEADER = "予約番号,店舗,メニュー,日時,人数,名前,電話番号,会員番号,担当,オプション,メモ\n"


@pytest.fixture(autouse=True)
def now(inside: object) -> Iterator[object]:
    with freeze_time(NOW) as time:
        yield time


def take(rows: str, header: str = HEADER, actor: Actor = SHOP, **how: bool):
    file = io.BytesIO((header + rows).encode())
    return transfer.import_reservations(file, actor, **how)


def test_a_file_is_taken_and_taken_again_without_doubles(account, now):
    a_shop()
    wanted, number = a_salon(2, party_max=2), members.member(a_member()).number
    rows = (
        "A-1,ginza,cut,2030-05-08 10:00,2,佐藤,03-1,,,,窓側\n"
        f"A-2,ginza,cut,2030/05/08 11:30,,,,{number},aoi,,\n"
    )
    dry = take(rows, dry_run=True)
    assert (dry.added, queries.of_day(wanted.store_id, DAY)) == (2, [])

    assert [take(rows).added, take(rows).unchanged] == [2, 2]
    first, second = queries.of_day(wanted.store_id, DAY)
    assert (first.guest_name, first.note, first.origin, first.party) == (
        "佐藤",
        "窓側",
        "import",
        2,
    )
    assert (second.starts_at, second.member_id is not None) == (at("11:30"), True)
    assert (told(), problems()) == ([], [])
    more = "A-3,ginza,cut,2030-05-08 13:00,1,鈴木,,,,,\n"
    assert (take(rows + more).added, jobs.remind()) == (1, 0)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("B,ginza,cut,2030-05-08 10:30,1,鈴木,,,,,", "starts_at"),
        ("B,ginza,cut,2030-05-08 09:00,1,鈴木,,,,,", "starts_at"),
        ("B,ginza,cut,2030-04-08 12:00,1,鈴木,,,,,", "starts_at"),
        ("B,ginza,cut,tomorrow,1,鈴木,,,,,", "starts_at"),
        ("B,ginza,cut,2030-05-08 12:00,two,鈴木,,,,,", "party"),
        ("B,ginza,cut,2030-05-08 12:00,3,鈴木,,,,,", "party"),
        ("B,kobe,cut,2030-05-08 12:00,1,鈴木,,,,,", "store"),
        ("B,ginza,spa,2030-05-08 12:00,1,鈴木,,,,,", "service"),
        ("B,ginza,cut,2030-05-08 12:00,1,,,,,,", "name"),
        ("B,ginza,cut,2030-05-08 12:00,1,,,no,,,", "member_number"),
        ("B,ginza,cut,2030-05-08 12:00,1,鈴木,,,bob,,", "resource"),
        ("B,ginza,cut,2030-05-08 12:00,1,鈴木,,,,wine,", "options"),
        (",ginza,cut,2030-05-08 12:00,1,鈴木,,,,,", "external_id"),
        ("B,ginza,cut", ""),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(row, field):
    a_shop()
    wanted = a_salon(2, party_max=2)
    good = "A,ginza,cut,2030-05-08 10:00,2,佐藤,,,,,\n"
    report = take(good + row + "\n")

    assert (report.added, report.wrong) == (1, 1)
    assert [(error.line, error.problems[0].field) for error in report.errors] == [(3, field)]
    assert queries.of_day(wanted.store_id, DAY) == []


def test_staff_import_for_their_stores_alone():
    a_shop()
    a_salon()
    actor = Actor(2, "manager", "", frozenset({a_store("kobe")}), None, 2)
    report = take("A,ginza,cut,2030-05-08 10:00,1,佐藤,,,,,\n", actor=actor)

    assert [error.problems[0].field for error in report.errors] == ["store"]


@pytest.mark.parametrize(
    "header",
    [
        "予約番号,店舗,メニュー\n",
        "予約番号,店舗,メニュー,日時,色\n",
        "store,店舗,service,starts_at\n",
        "",
    ],
)
def test_a_file_of_something_else_is_refused(header):
    a_shop()
    with pytest.raises(BadFile):
        take("", header)
