"""The dialog in which somebody reserves, joins a waitlist, or changes a reservation.

The steps are in the order in which they are asked; what needs no asking is passed over. Nothing is
held meanwhile: who confirms first has the time, and the other goes straight to the next free ones.
"""

import hashlib
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Final

from app.dialogs.steps import DONE, Answers, Choice, Dialog, Step, Talk, View, register
from app.domain.reservations import admission, free, limits, notices, queries, service, waitlist
from app.domain.reservations.errors import (
    BadReservation,
    Changed,
    KeyTaken,
    NoSuchReservation,
    NoSuchService,
    NotForYou,
    NotOpen,
    SlotTaken,
    TooFar,
    TooLate,
    TooManyNoShows,
    TooManyOpen,
    TooManyWaiting,
    TooSoon,
    WrongParty,
    WrongState,
)
from app.domain.shops import queries as shops
from app.errors import TsunaguError
from app.handlers import wish
from app.handlers.wish import NO_NOTE, SPANS, WAIT, Wish
from app.i18n import in_language
from app.outbox.put import Notice

_DAY = timedelta(days=1)
_WEEKEND = (5, 6)
_NOON, _EVENING = 12, 17


def _stores(talk: Talk, answers: Answers) -> View:
    found = wish.stores(talk, answers)
    known = answers.get("store") if "moving" in answers else None
    only = found[0][0].code if len(found) == 1 else None
    return View([_store(talk, *each) for each in found], given=known or only)


def _store(talk: Talk, store: shops.StoreCard, distance: float | None) -> Choice:
    if distance is None:
        return Choice(store.code, words=store.name)
    far = f"{distance:.1f}km" if distance < 100 else f"{distance:.0f}km"
    told = {"store": in_language(store.name, talk.language), "distance": far}
    also = tuple(store.name.values())
    return Choice(store.code, key="reservations.store_near", values=told, also=also)


def _services(talk: Talk, answers: Answers) -> View:
    at = Wish(talk, answers)
    found = queries.services(at.store_id)
    known = answers.get("service") if "moving" in answers else None
    only = found[0].code if len(found) == 1 else None
    shown = ("name", "text", "minutes", "price", "per_person")
    cards = [{name: getattr(each, name) for name in shown} for each in found]
    choices = [Choice(each.code, words=each.name) for each in found]
    return View(choices, given=known or only, data={"services": cards})


def _may_reserve(talk: Talk, answers: Answers) -> None:
    """Who may not is told so before they choose a time."""
    at = Wish(talk, answers)
    if at.moving is None:
        admission.may_reserve(at.customer, at.wanted)


def _days(talk: Talk, answers: Answers) -> View:
    at = Wish(talk, answers)
    first, last = at.today, at.last_day
    states = free.month(at.wanted, first, min(last, first + 7 * _DAY))
    near = [
        _day(day, first, state)
        for day, state in states.items()
        if state != "closed" and (day <= first + _DAY or day.weekday() in _WEEKEND)
    ]
    return View(near, first=first, last=last)


def _day(day: date, today: date, state: free.DayState) -> Choice:
    name = {today: "today", today + _DAY: "tomorrow"}.get(day, "date")
    weekday = ("土曜日", "saturday") if day.weekday() == _WEEKEND[0] else ("日曜日", "sunday")
    also = {"today": ("今日", "本日", "today"), "tomorrow": ("明日", "tomorrow")}.get(name, weekday)
    return Choice(
        day.isoformat(),
        key=f"reservations.day.{name}.{state}",
        values={"day": day.isoformat()},
        also=also,
    )


def _is_open(talk: Talk, answers: Answers) -> None:
    """Raises NotOpen for a day on which nothing can be reserved; one that is full is open."""
    at = Wish(talk, answers)
    if free.month(at.wanted, at.day, at.day)[at.day] == "closed" and not at.starts(at.day):
        raise NotOpen(at.answers["day"])


def _times(talk: Talk, answers: Answers) -> View:
    at = Wish(talk, answers)
    values = {"day": answers["day"]}
    if starts := at.starts(at.day):
        return View([_time(start) for start in starts], values=values)
    noon = datetime.combine(at.day, datetime.min.time().replace(hour=_NOON))
    nearest = free.nearest(at.wanted, noon.replace(tzinfo=at.offered.calendar.zone))
    others = [_other_time(start) for start in nearest]
    waits = () if "moving" in answers else (Choice(WAIT, key="reservations.wait"),)
    return View([*waits, *others], ask="reservations.ask_full", values=values)


def _time(start: datetime) -> Choice:
    shown = f"{start:%H:%M}"
    also = [f"{start.hour}:{start:%M}", f"{start.hour}時{start:%M}分", f"{start:%H%M}"]
    if start.minute == 0:
        also += [f"{start.hour}時", str(start.hour)]
    if start.minute == 30:
        also.append(f"{start.hour}時半")
    part = "morning" if start.hour < _NOON else "afternoon"
    part = "evening" if start.hour >= _EVENING else part
    words, group = {"ja": shown, "en": shown}, f"reservations.part.{part}"
    return Choice(start.isoformat(), words=words, also=also, group=group)


def _other_time(start: datetime) -> Choice:
    at = {"at": start.isoformat()}
    day = {"day": start.date().isoformat()}
    return Choice(start.isoformat(), key="reservations.start", values=at, sets=day)


def _spans(talk: Talk, answers: Answers) -> View:
    if not Wish(talk, answers).waits:
        return View(given="all")
    return View([Choice(span, key=f"reservations.span.{span}") for span in SPANS])


def _parties(talk: Talk, answers: Answers) -> View:
    of = Wish(talk, answers).service
    if of.party_min == of.party_max:
        return View(given=str(of.party_min))
    return View([_party(number) for number in range(of.party_min, of.party_max + 1)])


def _party(number: int) -> Choice:
    key = "reservations.person" if number == 1 else "reservations.people"
    also = (str(number), f"{number}名", f"{number}人")
    return Choice(str(number), key=key, values={"n": number}, also=also)


def _still_free(talk: Talk, answers: Answers) -> None:
    """Raises SlotTaken where so many people, or so long a service, have no room at the time."""
    at = Wish(talk, answers)
    if not at.waits and at.start not in at.starts(at.start.date()) and not _is_past_midnight(at):
        raise SlotTaken


def _is_past_midnight(at: Wish) -> bool:
    """A start after midnight may belong to the day before."""
    return at.start in at.starts(at.start.date() - _DAY)


def _options(talk: Talk, answers: Answers) -> View:
    at = Wish(talk, answers)
    of = at.service
    if not of.options:
        return View(given="")
    chosen = set(at.options)
    offered = [_option(talk, each, each.code in chosen) for each in of.options]
    done = "reservations.options.done" if chosen else "reservations.options.none"
    cards = {"options": [asdict(each) for each in of.options]}
    return View([*offered, Choice(DONE, key=done)], data=cards)


def _option(talk: Talk, option: queries.Option, chosen: bool) -> Choice:
    if not chosen:
        return Choice(option.code, words=option.name)
    told = {"option": in_language(option.name, talk.language)}
    also = tuple(option.name.values())
    return Choice(option.code, key="reservations.chosen", values=told, also=also)


def _notes(talk: Talk, answers: Answers) -> View:
    if Wish(talk, answers).waits:
        return View(given=NO_NOTE)
    return View([Choice(NO_NOTE, key="reservations.note.none")])


def _last_look(talk: Talk, answers: Answers) -> View:
    at = Wish(talk, answers)
    what = "wait" if at.waits else "move" if at.moving else "new"
    if at.changes_nothing:
        return View(data=_look(at, "unchanged"))
    # A button under an older card must not confirm what it does not show.
    told = sorted((step, value) for step, value in answers.items() if step != "confirm")
    seen = hashlib.sha256(repr(told).encode()).hexdigest()[:12]
    return View([Choice(f"yes-{seen}", key=_YES[what])], data=_look(at, what))


def _look(at: Wish, what: str) -> dict[str, object]:
    minutes = queries.rules(at.store_id).cancel_minutes
    booking = at.waiting() if at.waits else at.shown()
    return {"what": what, "booking": booking, "cancel_minutes": minutes}


_YES: Final = {
    "new": "reservations.confirm.yes",
    "move": "reservations.confirm.yes_move",
    "wait": "reservations.confirm.yes_wait",
}


def _finish(talk: Talk, answers: Answers) -> list[Notice]:
    at = Wish(talk, answers)
    if at.waits:
        return _wait(at)
    return _book(at) if at.moving is None else _move(at)


def _book(at: Wish) -> list[Notice]:
    made = service.book(
        at.customer,
        at.wanted,
        at.start,
        cause=at.talk.cause,
        origin="talk",
        note=at.note,
        tell=False,
    )
    return [Notice("reservations.made", notices.shown(made))]


def _move(at: Wish) -> list[Notice]:
    before = at.moving
    assert before is not None
    moved = service.move(
        at.customer,
        before.code,
        at.start,
        version=at.version,
        cause=at.talk.cause,
        party=at.party,
        options=at.options,
        note=at.note,
        tell=False,
    )
    told = notices.shown(moved) | {"before": before.starts_at.isoformat()}
    return [Notice("reservations.moved", told)]


def _wait(at: Wish) -> list[Notice]:
    place = waitlist.join(at.customer, at.wanted, at.day, *at.span, cause=at.talk.cause)
    return [Notice("reservations.waiting", waits(place))]


def waits(place: waitlist.Entry) -> dict[str, object]:
    """A place in a waitlist as messages show it."""
    return {
        "entry": place.code,
        "store": dict(shops.store_names()[place.store_id]),
        "service": dict(place.service),
        "day": place.day.isoformat(),
        "from_time": place.from_time,
        "to_time": place.to_time,
        "party": place.party,
        "offered": place.state == "offered",
    }


def _refuse(talk: Talk, answers: Answers, error: TsunaguError) -> list[Notice]:
    """Say why it is not done, and whom to call."""
    phone = Wish(talk, answers).store.phone
    return [Notice("reservations.refused", {"why": error.code, "phone": phone})]


RESERVE = register(
    Dialog(
        "reservations",
        Step("store", ask="reservations.ask_store", view=_stores, place="near",
             label="reservations.change.store"),
        Step("service", ask="reservations.ask_service", view=_services, check=_may_reserve,
             card="reservations.services", label="reservations.change.service"),
        Step("day", ask="reservations.ask_day", view=_days, takes="day", check=_is_open,
             label="reservations.change.day"),
        Step("time", ask="reservations.ask_time", view=_times, card="reservations.times",
             label="reservations.change.time"),
        Step("span", ask="reservations.ask_span", view=_spans, label="reservations.change.span"),
        Step("party", ask="reservations.ask_party", view=_parties, check=_still_free,
             label="reservations.change.party"),
        Step("options", ask="reservations.ask_options", view=_options, takes="many",
             check=_still_free, card="reservations.options", label="reservations.change.options"),
        Step("note", ask="reservations.ask_note", view=_notes, takes="text", longest=limits.NOTE,
             label="reservations.change.note"),
        Step("confirm", ask="reservations.ask_confirm", view=_last_look, changes=True,
             card="reservations.confirm"),
        finish=_finish,
        back_on={
            SlotTaken: "time",
            NotOpen: "day",
            TooSoon: "day",
            TooFar: "day",
            WrongParty: "party",
            NotForYou: "service",
            NoSuchService: "service",
            BadReservation: "options",
        },
        ends_on=(
            *(TooManyOpen, TooManyNoShows, TooManyWaiting, TooLate),
            *(WrongState, Changed, NoSuchReservation, KeyTaken),
        ),
        refused=_refuse,
        keeps=True,
    )
)  # fmt: skip
