"""Gift codes: what a file brings, that each member gets their own, and what linking gives."""

import io
import logging
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.db import db, transaction
from app.domain.coupons import gift_files, gifts, queries
from app.domain.coupons.errors import BadGiftFile, NoSuchGift, NoSuchPool, OutOfStock
from app.domain.links import service as links
from app.domain.links.asker import Asker
from app.domain.staff import service as staff
from app.facts.models import Fact
from app.outbox.models import OutboxItem
from tests.support.coupons import a_coupon, a_crowd, a_pool, all_at_once, broken
from tests.support.members import a_member, a_shop, asker, letters

TAKERS = 200
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
TARO = "U" + "2" * 32


@pytest.fixture(autouse=True)
def shop(account: int) -> None:
    a_shop()


def pool() -> queries.Pool:
    db.session.rollback()
    return queries.pools()[0]


def facts(kind: str) -> list[dict[str, int]]:
    return list(db.session.scalars(select(Fact.data).filter_by(kind=kind).order_by(Fact.id)))


def notices() -> list[str]:
    rows = db.session.scalars(select(OutboxItem.notices).order_by(OutboxItem.id))
    return [notice["notice"] for row in rows for notice in row]


def lines_of(content: bytes, column: str | None = None) -> list[int]:
    """The lines that are wrong in a file."""
    with pytest.raises(BadGiftFile) as refused:
        gift_files.codes(io.BytesIO(content), column)
    assert "SECRET" not in str(refused.value)
    return [line for line, _, _ in refused.value.problems]


@SQLITE
def test_a_file_is_read_by_line_or_by_column():
    plain = "\ufeffAAA-1\r\n\r\n  BBB-2  \n".encode()
    assert gift_files.codes(io.BytesIO(plain)) == [(1, "AAA-1"), (3, "BBB-2")]
    table = b'no,code\n1,"A,1"\n2,B2\n'
    assert gift_files.codes(io.BytesIO(table), "code") == [(2, "A,1"), (3, "B2")]
    assert lines_of(b"SECRET1\nSECRET2,x\n") == [2]
    assert lines_of(b"no,code\n1,SECRET1\n2\n3,\n", "code") == [3, 4]
    assert lines_of(b"no,code\n", "コード") == [1]
    assert lines_of("SECRET1\nコード".encode("cp932")) == [2]
    assert lines_of(b"SECRET\n" * 50_001) == [50_002]
    assert lines_of(b"S" * (5 * 1024 * 1024 + 1)) == [1]


def test_a_file_is_taken_whole_or_not_at_all_and_doubles_are_named_by_line():
    a_pool(codes=2)
    for codes, wrong in (
        ([(1, "NEW-1"), (2, "NEW-2"), (5, "NEW-1")], [5]),
        ([(1, "NEW-1"), (2, "GIFTEE-0001"), (3, "GIFTEE-0002")], [2, 3]),
    ):
        with pytest.raises(BadGiftFile) as refused:
            gifts.load("GIFTEE", codes)
        assert [line for line, _, _ in refused.value.problems] == wrong
    assert pool().free == 2
    with pytest.raises(NoSuchPool):
        gifts.load("OTHER", [])
    assert broken() == []


def test_codes_are_sealed_and_only_their_owner_reads_them(app: Flask, account: int):
    a_pool(codes=1)
    gift_id = gifts.take(pool().id, member_id := a_member())
    kept = db.session.execute(text("SELECT code, code_hash FROM gift_code")).one()
    assert "GIFTEE-0001" not in "".join(kept)

    assert queries.gift_code(gift_id, member_id) == "GIFTEE-0001"
    with pytest.raises(NoSuchGift):
        queries.gift_code(gift_id, a_member("x@example.jp"))
    assert gifts.reseal() == 1
    again = db.session.execute(text("SELECT code, code_hash FROM gift_code")).one()
    assert (again.code != kept.code, again.code_hash) == (True, kept.code_hash)
    assert queries.gift_code(gift_id, member_id) == "GIFTEE-0001"


def test_a_member_gets_one_code_for_ever():
    a_pool(codes=3)
    member_id = a_member()
    assert gifts.take(pool().id, member_id) is not None
    assert gifts.take(pool().id, member_id) is None
    assert pool().free == 2


def test_the_owner_is_told_once_that_codes_run_low_and_once_that_none_is_left(account: int, caplog):
    staff.create_owner("owner@komorebi.example", "店主", "correct horse")
    a_pool(codes=3, low_at=2, on_link=True)
    for n in range(5):
        who = asker(account, f"U{n:032d}")
        links.link(who, a_member(f"m{n}@example.jp"), proof="joined")
    assert [fact["left"] for fact in facts("gifts.low")] == [2]
    assert [fact["left"] for fact in facts("gifts.empty")] == [0]
    alarms = [record.action for record in caplog.records if record.levelno == logging.ERROR]
    assert alarms == ["gifts.low", "gifts.empty"]
    assert [mail.address for mail in letters("mail.gifts_low")] == ["owner@komorebi.example"]
    assert len(letters("mail.gifts_empty")) == 1
    assert notices().count("gifts.granted") == 3
    assert notices().count("gifts.none") == 2

    gifts.load("GIFTEE", [(1, "MORE-1")])
    gifts.take(pool().id, a_member("x@example.jp"))
    assert [fact["left"] for fact in facts("gifts.low")] == [2, 0]
    assert broken() == []


def crowd_takes(app: Flask, codes: int) -> tuple[dict[str, int], int]:
    """How it ends when 200 members take codes of which there are fewer; and how many differ."""
    a_pool(codes=codes)
    taken: list[int | None] = []
    acts = [partial(_take, taken, pool().id, member_id) for member_id in a_crowd(TAKERS)]
    return dict(all_at_once(app, acts)), len(set(taken))


def _take(taken: list[int | None], pool_id: int, member_id: int) -> None:
    taken.append(gifts.take(pool_id, member_id))


def test_two_hundred_at_once_take_distinct_codes_until_none_is_left(app: Flask):
    assert crowd_takes(app, codes=60) == ({"done": 60, "out_of_stock": 140}, 60)
    assert pool().free == 0
    assert broken() == []


# SQLite has one writer, so that there nothing happens at the same moment.
@POSTGRES
def test_by_checking_first_some_would_share_a_code(app: Flask, monkeypatch):
    monkeypatch.setattr("app.faults._UNSAFE", "check_then_insert")
    ended, different = crowd_takes(app, codes=60)
    assert (ended, different) != ({"done": 60, "out_of_stock": 140}, 60)


def test_two_hundred_tries_of_one_member_bring_one_code(app: Flask):
    a_pool(codes=60)
    member_id, taken = a_member(), []
    all_at_once(app, [partial(_take, taken, pool().id, member_id) for _ in range(TAKERS)])
    assert len([gift for gift in taken if gift]) == 1
    assert pool().free == 59
    assert broken() == []


def test_linking_gives_its_coupon_and_code_once_for_ever(account: int):
    a_coupon("WELCOME", on_link=True, days=30)
    a_coupon("STOPPED", on_link=True, active=False)
    a_coupon("OTHER")
    a_pool(codes=5, on_link=True)
    member_id, hanako, taro = a_member(), asker(account), asker(account, TARO)

    links.link(hanako, member_id, proof="joined")
    assert [card.code for card in queries.wallet(member_id).usable] == ["WELCOME"]
    assert len(queries.wallet(member_id).gifts) == 1
    assert notices() == ["links.linked", "coupons.granted", "gifts.granted"]

    links.unlink(hanako.person_id)
    links.link(hanako, member_id, proof="code")
    links.link(taro, member_id, proof="code", move=True)
    wallet = queries.wallet(member_id)
    assert (len(wallet.usable), len(wallet.gifts), pool().free) == (1, 1, 4)
    assert notices().count("coupons.granted") == notices().count("gifts.granted") == 1


def test_linking_goes_on_where_the_coupon_is_gone(account: int):
    a_coupon("WELCOME", on_link=True, stock=0)
    links.link(asker(account), a_member(), proof="joined")
    assert notices() == ["links.linked"]


def test_coupons_that_linking_gives_are_in_the_same_transaction(account: int):
    a_coupon("WELCOME", on_link=True)
    member_id = a_member()
    with pytest.raises(OutOfStock):
        _link_and_fail(asker(account), member_id)
    assert queries.wallet(member_id).usable == []


def _link_and_fail(who: Asker, member_id: int) -> None:
    with transaction():
        links.link(who, member_id, proof="joined")
        raise OutOfStock("something else goes wrong")
