"""What the clock does about points: each is told once, whoever runs the job however often."""

from datetime import timedelta

from flask import Flask
from freezegun import freeze_time
from sqlalchemy import select

from app.db import db
from app.domain.links import service as links
from app.domain.points import queries, service
from app.jobs import points as jobs
from app.outbox.models import OutboxItem
from tests.support.cast import add_account
from tests.support.members import a_member, asker
from tests.support.points import a_key, a_shop_with_points, problems


def notices() -> list[str]:
    """The names of what was queued, oldest first."""
    return list(db.session.scalars(select(OutboxItem.notice).order_by(OutboxItem.id)))


def test_each_ending_is_told_once_30_and_7_days_before(app: Flask) -> None:
    with app.app_context(), freeze_time("2026-11-22 03:00:00") as now:
        a_shop_with_points()
        member_id, nobody = a_member(), a_member()
        links.link(asker(add_account()), member_id, proof="code")
        for each in (member_id, nobody):
            service.earn(each, paid=1000, store_id=None, key=a_key())
        told = []
        for days in (300, 35, 1, 22, 1, 5):  # Until 330, 335, 336, 358, 359 and 364 days.
            now.tick(timedelta(days=days))
            told.append((jobs.warn(), jobs.warn()))
        assert told == [(0, 0), (1, 0), (0, 0), (1, 0), (0, 0), (0, 0)]
        assert notices() == ["links.linked", "points.expiring", "points.expiring"]
        data = db.session.scalars(select(OutboxItem).order_by(OutboxItem.id.desc())).first()
        assert data is not None
        assert data.notices[0]["data"]["days"] == 7


def test_birthdays_are_kept_once_a_year_and_a_week_late(app: Flask) -> None:
    with app.app_context(), freeze_time("2026-11-22 03:00:00") as now:
        a_shop_with_points(birthday_points=30)
        today, late = a_member(birthday="1990-11-22"), a_member(birthday="1990-11-16")
        gone, leap = a_member(birthday="1990-11-15"), a_member(birthday="2000-02-29")
        assert [jobs.congratulate(), jobs.congratulate()] == [2, 0]
        now.move_to("2027-02-28 03:00:00")
        assert [jobs.congratulate(), jobs.congratulate()] == [1, 0]
        now.move_to("2027-11-22 03:00:00")
        assert jobs.congratulate() == 2
        balances = [queries.balance(each) for each in (today, late, gone, leap)]
        assert (balances, problems()) == ([60, 60, 0, 30], [])
