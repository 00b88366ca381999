"""Import of members: all of a file or nothing, nobody twice, every mistake with its line."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select

from app import clock
from app.db import db, transaction
from app.domain.files import limits as files
from app.domain.files.errors import BadFile
from app.domain.members import limits, queries, service
from app.domain.members.errors import MembersChanged
from app.domain.members.form import FIELDS
from app.domain.members.models import (
    Member,
    MemberExternalId,
    MemberFields,
    MemberImportId,
    MemberImportRow,
)
from app.domain.members.transfer import exporting, importing, staging
from app.domain.members.transfer.exporting import count, export_members
from app.domain.members.transfer.headers import LABELS
from app.domain.members.transfer.importing import Report, import_members
from app.domain.shops import service as shops
from tests.support.cast import add_store

HEADERS = "会員番号,氏名,フリガナ,生年月日,会員ランク,サイズ,external_id:ec\r\n"
HANAKO = "K1,山田 花子,やまだ はなこ,1990/1/2,gold,M,EC1\r\n"
TARO = "K2,佐藤 太郎,さとう たろう,H1.2.3,,S,EC2\r\n"

EVERYTHING = {
    "number": "",
    "name": "山田 花子",
    "kana": "ヤマダ ハナコ",
    "birthday": "1990-01-02",
    "gender": "female",
    "phone": "090-1234-5678",
    "email": "hanako@example.com",
    "postal_code": "180-0004",
    "prefecture": "東京都",
    "city": "武蔵野市",
    "street": "吉祥寺本町1-2-3",
    "store": "kichijoji",
    "tier": "gold",
    "attribute:size": "M",
    "external_id:ec": "EC3",
}


@pytest.fixture(autouse=True)
def shop(inside) -> Iterator[None]:
    shops.set_company("こもれび珈琲")
    add_store("kichijoji")
    size = {"key": "size", "type": "choice", "label": {"ja": "サイズ"}, "choices": ["S", "M"]}
    service.define(size)
    yield
    for table in (MemberImportRow, MemberImportId):
        assert rows(table) == 0, "an import left rows behind"


def rows(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def bring(content: str, *, encoding: str = "utf-8", **options) -> Report:
    return import_members(io.BytesIO(content.encode(encoding)), **options)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.wrong


# What comes in


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_file_becomes_members(encoding: str) -> None:
    assert counts(bring(HEADERS + HANAKO + TARO, encoding=encoding)) == (2, 0, 0, 0)
    card = queries.by_external_id("ec", "EC1")
    assert card
    assert (card.number, card.name, card.kana) == ("K1", "山田 花子", "ヤマダ ハナコ")
    assert card.birthday == date(1990, 1, 2)
    assert (card.tier, card.attributes) == ("gold", {"size": "M"})


def test_the_same_file_again_changes_nothing() -> None:
    bring(HEADERS + HANAKO + TARO)
    before = db.session.execute(select(Member.id, Member.updated_at)).all()
    assert counts(bring(HEADERS + HANAKO + TARO)) == (0, 0, 2, 0)
    assert db.session.execute(select(Member.id, Member.updated_at)).all() == before
    assert (rows(Member), rows(MemberExternalId)) == (2, 2)


@pytest.mark.parametrize("emails", [("t@example.jp", "h@example.jp"), ("t@example.jp", "")])
def test_rows_that_name_nobody_add_nobody_when_they_come_again(emails: tuple[str, str]) -> None:
    file = f"氏名,メール,external_id:ec\n太郎,{emails[0]},\n花子,{emails[1]},\n"
    assert counts(bring(file)) == (2, 0, 0, 0)
    assert counts(bring(file)) == (0, 0, 2, 0)
    assert counts(bring("氏名,メール\n太郎,other@example.jp\n")) == (1, 0, 0, 0)
    assert rows(Member) == 3


def test_the_same_row_twice_in_a_file_is_a_mistake_even_if_it_names_nobody() -> None:
    report = bring("氏名,メール\n太郎,t@example.jp\n太郎,t@example.jp\n太郎,\n")
    assert counts(report) == (2, 0, 0, 1)
    assert [error.line for error in report.errors] == [3]


def test_a_member_is_known_by_external_id_then_by_number() -> None:
    bring(HEADERS + HANAKO + TARO)
    again = "会員番号,氏名,external_id:ec\nK9,花子,EC1\nK2,太郎,EC9\n"
    assert counts(bring(again)) == (0, 2, 0, 0)
    hanako, taro = queries.by_number("K9"), queries.by_number("K2")
    assert hanako
    assert taro
    assert (hanako.name, queries.external_ids(hanako.id)) == ("花子", {"ec": "EC1"})
    assert (taro.name, queries.external_ids(taro.id)) == ("太郎", {"ec": "EC9"})
    assert queries.by_number("K1") is None


def test_columns_that_are_not_there_stay_and_empty_cells_empty() -> None:
    bring(HEADERS + HANAKO)
    bring("会員番号,会員ランク\nK1,\n")
    card = queries.by_number("K1")
    assert card
    assert (card.tier, card.name, card.attributes) == (None, "山田 花子", {"size": "M"})
    bring("会員番号,サイズ,external_id:ec\nK1,,\n")
    card = queries.by_number("K1")
    assert card
    assert (card.attributes, queries.external_ids(card.id)) == ({}, {})


def test_who_has_no_number_gets_one() -> None:
    bring("氏名,external_id:pos\n花子,P1\n太郎,P2\n")
    bring("氏名,external_id:pos\n花子,P1\n太郎,P2\n")
    numbers = db.session.scalars(select(Member.number)).all()
    assert [len(number) for number in numbers] == [16, 16]
    assert len(set(numbers)) == 2


def test_headers_are_mapped_and_left_out() -> None:
    chosen = {"お客様": "name", "メモ": "-", "Size": "attribute:size"}
    assert counts(bring("お客様,メモ,size\n花子,x,M\n", chosen=chosen)) == (1, 0, 0, 0)
    assert db.session.execute(select(Member.name, Member.attributes)).one() == (
        "花子",
        {"size": "M"},
    )


@pytest.mark.parametrize(
    ("content", "chosen", "why"),
    [
        ("氏名,メモ\n花子,x\n", {}, "メモ"),
        ("氏名,名前\n花子,x\n", {}, "name"),
        ("氏名,x\n花子,x\n", {"x": "salary"}, "salary"),
        ("氏名,attribute:none\n花子,x\n", {}, "attribute:none"),
    ],
)
def test_headers_nobody_knows(content: str, chosen: dict[str, str], why: str) -> None:
    with pytest.raises(BadFile, match=why):
        bring(content, chosen=chosen)
    assert rows(Member) == 0


def test_json_comes_in_as_well() -> None:
    people = [
        {"name": "花子", "attributes": {"size": "M"}, "external_ids": {"ec": "EC1"}},
        {"name": "太郎", "birthday": None},
    ]
    assert counts(bring(json.dumps(people), format="json")) == (2, 0, 0, 0)
    assert queries.by_external_id("ec", "EC1")


# All or nothing


def test_one_wrong_row_and_nothing_comes_in() -> None:
    report = bring(HEADERS + HANAKO + "K3,,,2001-02-30,,XL,\r\n" + TARO + "K4,x\r\n")
    assert counts(report) == (2, 0, 0, 2)
    assert rows(Member) == 0
    told = {(error.line, problem.field) for error in report.errors for problem in error.problems}
    assert told == {(3, "birthday"), (3, "attribute:size"), (3, "name"), (5, "")}


def test_mistakes_are_told_in_the_order_of_their_lines() -> None:
    report = bring("会員番号,氏名\nK1,花子\nK1,花子\nK2,花子,x\n,\nK1,花子\nK3,\n")
    assert [error.line for error in report.errors] == [3, 4, 6, 7]


def test_all_wrong_rows_are_counted_and_so_many_told() -> None:
    many = files.ERRORS + 500
    report = bring("氏名\n" + "花子\n" + "太郎,x\n" * many)
    assert (report.added, report.wrong) == (1, many)
    assert [error.line for error in report.errors] == list(range(3, files.ERRORS + 3))


@pytest.mark.parametrize(
    "twice",
    [
        "K1,花子,EC1\nK1,花子,EC2\n",
        "K1,花子,EC1\nK2,花子,EC1\n",
        "K0,花子,EC0\nK9,花子,E9\nK0,花子,\n",
        "K7,花子,EC0\nK0,花子,\n",
    ],
)
def test_a_member_is_in_a_file_once(twice: str) -> None:
    headers = "会員番号,氏名,external_id:ec\n"
    bring(headers + "K0,元,EC0\n")
    report = bring(headers + twice)
    assert report.wrong == 1
    assert "2行目" in report.errors[0].problems[0].ja
    assert rows(Member) == 1


def test_a_row_must_not_name_two_members() -> None:
    bring(HEADERS + HANAKO + TARO)
    report = bring("会員番号,external_id:ec\nK1,EC2\n")
    assert [error.line for error in report.errors] == [2]


def test_a_new_member_needs_a_name() -> None:
    report = bring("会員番号\nK1\n")
    assert [problem.field for problem in report.errors[0].problems] == ["name"]


def test_a_dry_run_tells_and_changes_nothing() -> None:
    bring(HEADERS + HANAKO)
    changed = HANAKO.replace("gold", "silver")
    assert counts(bring(HEADERS + changed + TARO, dry_run=True)) == (1, 1, 0, 0)
    assert rows(Member) == 1
    assert queries.by_number("K2") is None


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens) -> None:
    """Let something happen between the reading of a file and its applying."""
    apply = staging.Staging.apply

    def later(self: staging.Staging) -> None:
        happens()
        apply(self)

    monkeypatch.setattr(staging.Staging, "apply", later)


@pytest.mark.parametrize("what", ["changed", "number", "external id"])
def test_who_was_changed_meanwhile_stops_the_whole_import(monkeypatch, what: str) -> None:
    bring(HEADERS + HANAKO)
    hanako = queries.by_number("K1")
    assert hanako
    happenings = {
        "changed": lambda: service.change(hanako.id, {"tier": "silver"}),
        "number": lambda: service.add({"name": "次郎", "number": "K2"}),
        "external id": lambda: service.add({"name": "次郎", "external_id:ec": "EC2"}),
    }
    meanwhile(monkeypatch, happenings[what])
    with pytest.raises(MembersChanged):
        bring(HEADERS + HANAKO.replace("山田", "田中") + TARO)
    db.session.expire_all()
    assert queries.member(hanako.id).name == "山田 花子"
    assert queries.by_number("K2") is None or what == "number"


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IMPORT_ROWS", 300)
    assert bring("氏名\n" + "".join(f"花子{n}\n" for n in range(300))).added == 300
    with pytest.raises(BadFile, match="300"):
        bring("氏名\n" + "太郎\n" * 301)
    assert rows(Member) == 300


def test_too_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BYTES", 100)
    with pytest.raises(BadFile, match="100"):
        bring("氏名\n" + "花子\n" * 30)


def test_a_table_of_many_staged_parts_comes_in_whole_and_in_order() -> None:
    people = [f"K{number},花子{number},EC{number}\n" for number in range(450)]
    assert bring("会員番号,氏名,external_id:ec\n" + "".join(people)).added == 450
    names = db.session.scalars(select(Member.name).order_by(Member.id)).all()
    assert list(names) == [f"花子{number}" for number in range(450)]
    assert rows(MemberExternalId) == 450


def test_what_a_killed_import_left_is_forgotten_after_a_day() -> None:
    with freeze_time(clock.now() - 2 * staging._ABANDONED), transaction():
        key = {"import_id": "x", "staged_at": clock.now(), "number": "K1"}
        db.session.add(MemberImportRow(**key, name="花子", attributes={}))
        db.session.add(MemberImportId(**key, system="ec", external_id="EC1"))
    assert staging.forget_abandoned() == 2


# Out and in again


def test_every_field_goes_in_by_its_own_name_and_by_ours() -> None:
    assert {*EVERYTHING} == {*FIELDS, "attribute:size", "external_id:ec"}
    bring(",".join(EVERYTHING) + "\n" + ",".join(EVERYTHING.values()) + "\n")
    ours = [LABELS.get(field, field) for field in EVERYTHING]
    report = bring(",".join(ours) + "\n" + ",".join(EVERYTHING.values()) + "\n")
    assert counts(report) == (0, 0, 1, 0)
    member = db.session.scalars(select(Member)).one()
    assert all(getattr(member, name) is not None for name in MemberFields.__annotations__)


def exported(format: importing.Format) -> bytes:
    out = io.BytesIO()
    export_members(out, format)
    return out.getvalue()


def test_a_spreadsheet_runs_nothing_of_ours() -> None:
    service.add({"name": "=HYPERLINK(1)", "street": "-1+1", "tier": "'@x", "phone": "+14155552671"})
    cells = list(csv.reader(io.StringIO(exported("csv").decode("utf-8-sig"))))[1]
    assert {"'=HYPERLINK(1)", "'-1+1", "''@x", "'+14155552671"} < set(cells)
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]


@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_goes_out_comes_in_as_it_was(format: importing.Format) -> None:
    bring(HEADERS + HANAKO + TARO)
    service.add({**EVERYTHING, "name": "'=1", "phone": "+14155552671"})
    everything = select(*(getattr(Member, name) for name in MemberFields.__annotations__))
    before, out = db.session.execute(everything).all(), exported(format)
    assert count() == 3
    assert counts(import_members(io.BytesIO(out), format)) == (0, 0, 3, 0)
    with transaction():
        for table in (MemberExternalId, Member):
            db.session.execute(table.__table__.delete())
    assert counts(import_members(io.BytesIO(out), format)) == (3, 0, 0, 0)
    assert db.session.execute(everything).all() == before
    assert exported(format) == out


@pytest.mark.parametrize("format", ["csv", "json"])
def test_nobody_goes_out_and_comes_in(format: importing.Format) -> None:
    assert counts(import_members(io.BytesIO(exported(format)), format)) == (0, 0, 0, 0)


def test_an_export_goes_over_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)
    bring("氏名\n" + "".join(f"花子{number}\n" for number in range(5)))
    names = [person["name"] for person in json.loads(exported("json"))]
    assert names == [f"花子{number}" for number in range(5)]
