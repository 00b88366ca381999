"""Members: one record each, typed fields of the shop's own, consents that are only added to."""

from datetime import UTC, date, datetime

import pytest
from freezegun import freeze_time

from app.db import db
from app.domain.members import limits, queries, rules, service
from app.domain.members.errors import BadAttribute, BadMember, MemberTaken, NoSuchMember
from app.domain.shops import service as shops
from tests.support.cast import add_store

HANAKO = {
    "name": "山田 花子",
    "kana": "やまだ はなこ",
    "birthday": "1990/1/2",
    "gender": "女性",
    "phone": "090-1234-5678",
    "email": "hanako@Example.com",
    "postal_code": "180-0004",
    "prefecture": "東京",
    "city": "武蔵野市",
    "street": "吉祥寺本町1-2-3",
    "store": "kichijoji",
    "tier": "gold",
    "attribute:size": "m",
    "external_id:ec": "EC1",
}
SIZE = {"key": "size", "type": "choice", "label": {"ja": "サイズ"}, "choices": ["S", "M"]}


@pytest.fixture(autouse=True)
def shop(inside) -> None:
    shops.set_company("こもれび珈琲")
    add_store("kichijoji")
    service.define(SIZE)


def test_a_member_is_kept_in_one_form() -> None:
    member_id = service.add(HANAKO)
    card = queries.member(member_id)
    assert rules.number(card.number) == card.number
    assert (card.kana, card.birthday, card.gender) == ("ヤマダ ハナコ", date(1990, 1, 2), "female")
    assert (card.phone, card.email) == ("+819012345678", "hanako@example.com")
    assert (card.postal_code, card.prefecture) == ("1800004", "東京都")
    assert (card.tier, card.attributes) == ("gold", {"size": "M"})
    assert card.store_id


def test_a_member_is_found_by_whatever_names_them() -> None:
    member_id = service.add({**HANAKO, "number": "k-1"})
    twin = service.add({"name": "太郎", "email": "hanako@example.com"})
    found = queries.by_number("K-1")
    assert found == queries.by_external_id("ec", "EC1") == queries.member(member_id)
    assert [card.id for card in queries.by_email("hanako@example.com")] == [member_id, twin]
    assert queries.by_number("K-2") is None
    assert queries.by_external_id("pos", "EC1") is None


def test_what_is_written_changes_and_the_rest_stays() -> None:
    member_id = service.add(HANAKO)
    before = queries.member(member_id)
    service.change(member_id, {"tier": "", "phone": "03-1234-5678", "attribute:size": ""})
    after = queries.member(member_id)
    assert (after.tier, after.phone, after.attributes) == (None, "+81312345678", {})
    assert (after.number, after.name, after.email) == (before.number, before.name, before.email)
    service.change(member_id, {"external_id:ec": "", "external_id:pos": "P1"})
    assert queries.external_ids(member_id) == {"pos": "P1"}


def test_every_mistake_is_named_at_once() -> None:
    wrong = {"phone": "1", "store": "nowhere", "attribute:size": "L", "external_id:": "x", "x": ""}
    with pytest.raises(BadMember) as refused:
        service.add(wrong)
    assert {problem.field for problem in refused.value.problems} == {*wrong, "name"}
    assert all(problem.ja and problem.en for problem in refused.value.problems)


def test_numbers_and_external_ids_belong_to_one_member() -> None:
    service.add({**HANAKO, "number": "K1"})
    other = service.add({"name": "太郎"})
    for taken in ({"number": "K1"}, {"external_id:ec": "EC1"}):
        with pytest.raises(MemberTaken):
            service.add({"name": "次郎", **taken})
        with pytest.raises(MemberTaken):
            service.change(other, taken)
    db.session.expire_all()
    assert queries.member(other).number != "K1"
    service.change(other, {"external_id:pos": "EC1"})  # Another system counts by itself.


def test_nobody_is_there() -> None:
    with pytest.raises(NoSuchMember):
        queries.member(1)
    with pytest.raises(NoSuchMember):
        service.change(1, {"tier": "gold"})
    with pytest.raises(NoSuchMember):
        service.consent(1, "mail", "1", given=True)


# Consents


def test_consents_are_only_added_to_and_the_last_counts() -> None:
    member_id = service.add(HANAKO)
    service.consent(member_id, "mail", "2026-04", given=True)
    service.consent(member_id, "profile", "2026-04", given=True)
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    with freeze_time(moment):
        service.consent(member_id, "mail", "2026-04", given=False)
    found = queries.consents(member_id)
    assert (found["mail"].given, found["mail"].at) == (False, moment)
    assert found["profile"].given
    assert len(queries.consent_history(member_id)) == 3


# The shop's own fields


def test_a_definition_is_changed_but_for_its_type() -> None:
    service.define({**SIZE, "label": {"ja": "服", "en": "Clothes"}, "choices": ["L"]})
    assert queries.attributes()["size"].choices == ("L",)
    with pytest.raises(BadAttribute):
        service.define({"key": "size", "type": "text", "label": {"ja": "服"}})


@pytest.mark.parametrize(
    "change",
    [
        *({"key": "Size"}, {"key": ""}, {"type": "list"}, {"label": {"en": "x"}}, {"more": 1}),
        *({"choices": []}, {"choices": ["S", "S"]}, {"type": "text"}, {"label": {"ja": "x" * 61}}),
    ],
)
def test_a_definition_must_make_sense(change) -> None:
    with pytest.raises(BadAttribute):
        service.define({**SIZE, **change})


def test_there_are_only_so_many_attributes() -> None:
    for number in range(limits.ATTRIBUTES - 1):
        service.define({"key": f"a{number}", "type": "flag", "label": {"ja": "x"}})
    with pytest.raises(BadAttribute):
        service.define({"key": "one_more", "type": "flag", "label": {"ja": "x"}})
    service.define(SIZE)
