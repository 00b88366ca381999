"""Why something is not reserved, not changed, or not defined."""

from collections.abc import Sequence
from datetime import datetime

from app.errors import ComeAgain, NotFound, TsunaguError


class BadReservation(TsunaguError):
    """A definition, wish or file that makes no sense; the text names the fields."""

    status = 422
    code = "bad_reservation"


class NoSuchService(NotFound):
    """There is no such service, or not at this store."""

    code = "no_such_service"


class NoSuchResource(NotFound):
    """There is no such resource, or it does not serve for this."""

    code = "no_such_resource"


class NoSuchReservation(NotFound):
    """There is no such reservation, or it is not the asker's."""

    code = "no_such_reservation"


class NoSuchEntry(NotFound):
    """There is no such place in a waitlist, or it is not the asker's."""

    code = "no_such_waitlist_entry"


class NoSuchFeed(NotFound):
    """No calendar has this address, or not any more."""

    code = "no_such_feed"


class SlotTaken(TsunaguError):
    """The time is not free any more; `nearest` are free times around it, in order (aware)."""

    status = 409
    code = "slot_taken"

    def __init__(self, nearest: Sequence[datetime] = ()) -> None:
        super().__init__("taken")
        self.nearest = tuple(nearest)
        self.extra = {"nearest": [start.isoformat() for start in self.nearest]}


class NotOpen(TsunaguError):
    """The store, or the resource that was wished for, is closed then; or no service starts then."""

    status = 409
    code = "not_open"


class TooSoon(TsunaguError):
    """It starts too soon, or has started; `minutes` must lie between."""

    status = 409
    code = "too_soon"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"less than {minutes} minutes ahead")
        self.extra = {"minutes": minutes}


class TooFar(TsunaguError):
    """It starts too far ahead; `days` is how far ahead one can reserve."""

    status = 409
    code = "too_far"

    def __init__(self, days: int) -> None:
        super().__init__(f"more than {days} days ahead")
        self.extra = {"days": days}


class NotForYou(TsunaguError):
    """The service is for linked members, or for members of a tier; `audience` says which."""

    status = 403
    code = "not_for_you"

    def __init__(self, audience: str) -> None:
        super().__init__(f"for {audience}")
        self.extra = {"audience": audience}


class WrongParty(TsunaguError):
    """Too few or too many people; `least` and `most` may come."""

    status = 422
    code = "wrong_party"

    def __init__(self, least: int, most: int) -> None:
        super().__init__(f"{least} to {most} people")
        self.extra = {"least": least, "most": most}


class TooManyOpen(ComeAgain):
    """The person has as many open reservations as the store allows one."""

    code = "too_many_holds"


class TooManyNoShows(TsunaguError):
    """The person did not come too often; they can reserve by telephone only."""

    status = 403
    code = "too_many_no_shows"


class TooManyWaiting(TsunaguError):
    """The person waits in as many lists as one can."""

    status = 429
    code = "too_many_waiting"


class WrongState(TsunaguError):
    """This cannot be done to a reservation or offer that stands so; `state` says how."""

    status = 409
    code = "wrong_state"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.extra = {"state": state}


class HoldExpired(TsunaguError):
    """The hold or the offer has ended, and the time was given back."""

    status = 410
    code = "hold_expired"


class Changed(TsunaguError):
    """Somebody changed the reservation meanwhile; `version` is what it has now."""

    status = 409
    code = "reservation_changed"

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version}")
        self.extra = {"version": version}


class TooLate(TsunaguError):
    """Customers can change or cancel it no more; `minutes` before the start were needed."""

    status = 409
    code = "too_late"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"less than {minutes} minutes ahead")
        self.extra = {"minutes": minutes}


class KeyTaken(TsunaguError):
    """The cause has reserved something else."""

    status = 422
    code = "reservation_key_taken"
