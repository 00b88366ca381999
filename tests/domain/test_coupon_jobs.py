"""Coupons for birthdays: each once a year, told in the talk, a week late at most."""

from datetime import timedelta

from flask import Flask
from freezegun import freeze_time
from sqlalchemy import select

from app.db import db
from app.domain.coupons import queries
from app.jobs import coupons as jobs
from app.outbox.models import OutboxItem
from tests.support.cards import a_holder
from tests.support.coupons import a_coupon
from tests.support.members import a_member, a_shop

NOON = "2026-11-22T03:00:00Z"


def notices() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxItem.notice).order_by(OutboxItem.id)))


def test_a_birthday_brings_its_coupon_once_a_year(app: Flask, account: int) -> None:
    with freeze_time(NOON) as time:
        a_shop()
        a_coupon("TANJOBI", on_birthday=True, per_member=100, days=30)
        a_coupon("HARU2026")
        hanako = a_holder(account, birthday="1990-11-20")
        a_member("other@example.jp", birthday="1990-11-14")  # Longer ago than a week.

        assert [jobs.congratulate(), jobs.congratulate()] == [1, 0]
        (card,) = queries.wallet(hanako.member_id).usable
        assert card.code == "TANJOBI"
        assert notices().count("coupons.granted") == 1

        time.tick(timedelta(days=364))
        assert [jobs.congratulate(), jobs.congratulate()] == [1, 0]
        assert notices().count("coupons.granted") == 2


def test_a_coupon_that_is_gone_is_no_matter(app: Flask, account: int) -> None:
    with freeze_time(NOON):
        a_shop()
        a_coupon("TANJOBI", on_birthday=True, stock=0)
        a_holder(account, birthday="1990-11-22")
        assert jobs.congratulate() == 0
        assert "coupons.granted" not in notices()
