"""Verbs about when stores are open."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import delete

from app.db import db, insertion, transaction
from app.domain.hours import limits, queries, rules
from app.domain.hours.errors import BadHours
from app.domain.hours.models import StoreDay, StoreWeek
from app.domain.hours.rules import Opens, Week


def put_week(store_id: int, week: Week) -> None:
    """Save a store's usual week in place of the one before. Raises BadHours."""
    rules.check_week(week.weekly)
    if week.holidays not in ("as_usual", "closed", "as_sunday"):
        raise BadHours("holidays are as_usual, closed or as_sunday")
    if not 0 <= week.last_order_minutes <= limits.LAST_ORDER:
        raise BadHours(f"the last order is 0 to {limits.LAST_ORDER} minutes before the end")
    _check_zone(week.zone)
    with transaction():
        row = db.session.get(StoreWeek, store_id) or StoreWeek(store_id=store_id)
        row.weekly = {day: [list(pair) for pair in opens] for day, opens in week.weekly.items()}
        row.zone, row.holidays = week.zone, week.holidays
        row.last_order_minutes = week.last_order_minutes
        db.session.add(row)
    queries.week.forget(store_id)


def set_day(
    store_id: int, day: date, opens: Opens, reason: Mapping[str, str] | None = None
) -> None:
    """Let one day be otherwise than its week; no `opens`: closed. Raises BadHours.

    Reservations of that day stay as they are; `reservations.closing.close_day` cancels them.
    """
    rules.check(opens)
    if reason is not None and ("ja" not in reason or any(map(_unfit, reason.values()))):
        raise BadHours(f"a reason has Japanese words, up to {limits.REASON} characters")
    new = {"opens": [list(pair) for pair in opens], "reason": dict(reason) if reason else None}
    with transaction():
        adding = insertion(StoreDay).values(store_id=store_id, day=day, **new)
        db.session.execute(
            adding.on_conflict_do_update(index_elements=["store_id", "day"], set_=new)
        )


def clear_day(store_id: int, day: date) -> None:
    """Let a day be like its week again."""
    with transaction():
        ours = delete(StoreDay).where(StoreDay.store_id == store_id, StoreDay.day == day)
        db.session.execute(ours)


def _unfit(words: str) -> bool:
    return not words.strip() or len(words) > limits.REASON


def _check_zone(name: str | None) -> None:
    if name is None:
        return
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones.
        raise BadHours("there is no such time zone") from None
