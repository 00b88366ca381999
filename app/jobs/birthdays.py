"""Whose birthday it is, or was within the week in which the server may have stood still."""

from datetime import date, timedelta

from app import clock
from app.domain.members import queries as members
from app.domain.points.rules import birthday_in

_LATE_DAYS = 7


def recent() -> list[tuple[int, date]]:
    """(member id, the day of their birthday this time), in the shop's time."""
    today = clock.now().astimezone(clock.zone()).date()
    days = {today - timedelta(days=late) for late in range(_LATE_DAYS)}
    # Who was born on a leap day has their birthday on another one in most years.
    asked = {(day.month, day.day) for day in days} | {(2, 29)}
    born = members.born_on(sorted(asked))
    years = sorted({day.year for day in days})
    found = [
        (member_id, birthday_in(birthday, year)) for member_id, birthday in born for year in years
    ]
    return [(member_id, day) for member_id, day in found if day in days]
