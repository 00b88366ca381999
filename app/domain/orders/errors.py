"""Why an order is not placed, not found or not moved."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.files.errors import Problem
from app.errors import ComeAgain, NotFound, TsunaguError


class BadOrder(TsunaguError):
    """What was written makes no sense; `problems` names the fields, in Japanese and English."""

    status = 422
    code = "bad_order"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
        self.extra = {"problems": [vars(problem) for problem in problems]}


class NoSuchOrder(NotFound):
    """No order of the asker's has this id or number."""

    code = "no_such_order"


class NotOnSale(TsunaguError):
    """Something cannot be had there and then; `why` maps codes of variants to the reason."""

    status = 409
    code = "not_on_sale"

    def __init__(self, why: Mapping[str, str]) -> None:
        super().__init__(f"{len(why)} variants")
        self.extra = {"why": dict(why)}


class PriceChanged(TsunaguError):
    """The total is not what was shown; `total` in the answer is what it is now, in yen."""

    status = 409
    code = "price_changed"

    def __init__(self, total: int) -> None:
        super().__init__(f"now {total}")
        self.extra = {"total": total}


class SlotClosed(TsunaguError):
    """No order can be had at that moment: closed, too soon, too far ahead, or not on the grid."""

    status = 409
    code = "slot_closed"


class SlotFull(TsunaguError):
    """All places of that moment are taken; `nearest` in the answer are up to six others."""

    status = 409
    code = "slot_full"

    def __init__(self, nearest: Sequence[datetime]) -> None:
        super().__init__("full")
        self.extra = {"nearest": [moment.isoformat() for moment in nearest]}


class NotDelivered(TsunaguError):
    """The store does not deliver to that postcode."""

    status = 409
    code = "not_delivered"


class BelowMinimum(TsunaguError):
    """Too little for a delivery there; `minimum` in the answer is in yen."""

    status = 409
    code = "below_minimum"

    def __init__(self, minimum: int) -> None:
        super().__init__(f"minimum {minimum}")
        self.extra = {"minimum": minimum}


class TooManyOpen(ComeAgain):
    """The person has as many orders as one may have that are not done."""

    code = "too_many_orders"


class WrongState(TsunaguError):
    """The order cannot go there from where it is; `state` in the answer says where that is."""

    status = 409
    code = "wrong_state"

    def __init__(self, state: str) -> None:
        super().__init__(f"is {state}")
        self.extra = {"state": state}


class NotPaid(TsunaguError):
    """The order is to be paid online, and has not been yet."""

    status = 409
    code = "not_paid"


class OrderKeyReused(TsunaguError):
    """The key stands for another order already."""

    status = 422
    code = "order_key_reused"
