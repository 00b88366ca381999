"""Consents in files: a row more where a file says something new, and out again as it came in."""

import io
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from app.db import db
from app.domain.files.errors import BadFile
from app.domain.members import queries, service
from app.domain.members.errors import MembersChanged
from app.domain.members.models import MemberConsent, MemberImportConsent
from app.domain.members.transfer import staging
from app.domain.members.transfer.exporting import export_members
from app.domain.members.transfer.importing import Format, Report, import_members
from app.domain.shops import service as shops

HEADERS = "会員番号,氏名,consent:news,consent_version:news\n"


@pytest.fixture(autouse=True)
def shop(inside) -> Iterator[None]:
    shops.set_company("こもれび珈琲")
    yield
    assert rows(MemberImportConsent) == 0, "an import left rows behind"


def rows(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def bring(content: str, **options) -> Report:
    return import_members(io.BytesIO(content.encode()), **options)


def exported(format: Format = "csv") -> bytes:
    out = io.BytesIO()
    export_members(out, format)
    return out.getvalue()


def history(number: str = "K1") -> list[tuple[str, str, bool]]:
    card = queries.by_number(number)
    assert card
    return [(one.purpose, one.version, one.given) for one in queries.consent_history(card.id)]


def test_consents_come_in_with_new_and_known_members() -> None:
    service.add({"name": "花子", "number": "K1"})
    report = bring(HEADERS + "K1,花子,はい,2026-01\nK2,太郎,いいえ,\nK3,次郎,,\n")
    assert (report.added, report.changed, report.wrong) == (2, 1, 0)
    assert history("K1") == [("news", "2026-01", True)]
    assert history("K2") == [("news", "import", False)]
    assert history("K3") == []


@pytest.mark.parametrize(
    ("cells", "added"),
    [
        ("true,2026-01", []),
        ("true,", []),
        (",", []),
        (",2027-01", []),
        ("true,2027-01", [("news", "2027-01", True)]),
        ("false,2026-01", [("news", "2026-01", False)]),
        ("no,", [("news", "import", False)]),
    ],
)
def test_a_row_is_added_where_something_differs(cells: str, added: list[object]) -> None:
    bring(HEADERS + "K1,花子,true,2026-01\n")
    before = history()
    report = bring(HEADERS + f"K1,花子,{cells}\n")
    assert (report.changed, report.unchanged) == (len(added), 1 - len(added))
    assert history() == before + added


def test_the_newest_row_is_what_a_file_is_held_against() -> None:
    bring(HEADERS + "K1,花子,true,1\n")
    bring(HEADERS + "K1,花子,false,1\n")
    assert bring(HEADERS + "K1,花子,true,1\n").changed == 1
    assert [given for _purpose, _version, given in history()] == [True, False, True]


def test_json_has_consents_as_objects() -> None:
    person = {"number": "K1", "name": "花子", "consents": {"news": True, "phone": None}}
    bring(json.dumps([person | {"consent_versions": {"news": "2026-01"}}]), format="json")
    assert history() == [("news", "2026-01", True)]
    (out,) = json.loads(exported("json"))
    assert (out["consents"], out["consent_versions"]) == ({"news": True}, {"news": "2026-01"})


@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_goes_out_comes_in_as_it_was(format: Format) -> None:
    bring(HEADERS + "K1,花子,true,2026-01\nK2,太郎,false,\n")
    bring("会員番号,consent:phone\nK2,yes\n")
    out = exported(format)
    assert import_members(io.BytesIO(out), format).unchanged == 2
    assert rows(MemberConsent) == 3
    assert exported(format) == out


def test_without_consents_a_table_has_no_columns_of_them() -> None:
    service.add({"name": "花子"})
    assert "consent" not in exported().decode()


@pytest.mark.parametrize(
    ("header", "cell", "wrong"),
    [
        ("consent:news", "maybe", "consent:news"),
        ("consent_version:news", "x" * 41, "consent_version:news"),
    ],
)
def test_what_is_no_consent_is_told(header: str, cell: str, wrong: str) -> None:
    report = bring(f"氏名,{header}\n花子,{cell}\n")
    assert [problem.field for problem in report.errors[0].problems] == [wrong]


@pytest.mark.parametrize("header", ["consent:", "consent:News!", "consent:" + "x" * 41])
def test_what_is_no_purpose_is_no_header(header: str) -> None:
    with pytest.raises(BadFile):
        bring(f"氏名,{header}\n花子,true\n")


def test_what_a_member_says_meanwhile_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(HEADERS + "K1,花子,true,1\n")
    card = queries.by_number("K1")
    assert card
    apply = staging.Staging.apply

    def later(self: staging.Staging) -> None:
        service.consent(card.id, "news", "2", given=False)
        apply(self)

    monkeypatch.setattr(staging.Staging, "apply", later)
    with pytest.raises(MembersChanged):
        bring(HEADERS + "K1,花子,true,3\n")
    assert history()[-1] == ("news", "2", False)


def test_a_record_of_our_own_has_consents_too() -> None:
    member_id = service.add({"name": "花子", "number": "K1", "consent:news": "yes"})
    service.change(member_id, {"consent:news": "yes"})
    service.change(member_id, {"consent:news": "no", "consent_version:news": "2"})
    assert history() == [("news", "import", True), ("news", "2", False)]


# Headers of parts


def test_names_and_addresses_come_in_parts() -> None:
    bring(
        "会員番号,姓,名,セイ,メイ,住所,住所2\n"
        "K1,山田,花子,ヤマダ,ﾊﾅｺ,東京都武蔵野市吉祥寺本町1-2-3,コーポ101\n"
    )
    card = queries.by_number("K1")
    assert card
    assert (card.name, card.kana) == ("山田 花子", "ヤマダ ハナコ")
    assert (card.prefecture, card.city) == ("東京都", "武蔵野市")
    assert card.street == "吉祥寺本町1-2-3 コーポ101"


def test_a_part_can_be_chosen_and_not_beside_the_whole() -> None:
    assert bring("氏名,お住まい\n花子,東京都港区芝\n", chosen={"お住まい": "address"}).added == 1
    with pytest.raises(BadFile, match="name"):
        bring("氏名,姓,名\n山田 花子,山田,花子\n")
