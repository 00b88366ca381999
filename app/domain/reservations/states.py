"""How reservations and places in a waitlist stand, and every way from one state to another."""

from typing import Final, Literal, get_args

from app.domain.reservations.errors import WrongState

State = Literal["held", "confirmed", "arrived", "done", "no_show", "cancelled", "expired"]
Step = Literal["confirm", "move", "cancel", "arrive", "undo_arrival", "finish", "no_show", "expire"]
Waiting = Literal["waiting", "offered", "accepted", "declined", "expired", "cancelled"]
WaitingStep = Literal["offer", "accept", "decline", "expire", "cancel"]

STATES: Final[tuple[State, ...]] = get_args(State)
STEPS: Final[tuple[Step, ...]] = get_args(Step)
LIVE: Final[frozenset[State]] = frozenset({"held", "confirmed", "arrived"})
"""In these the reservation takes its units; a moment later than `hold_until` a hold is none."""

TRANSITIONS: Final[dict[tuple[State, Step], State]] = {
    ("held", "confirm"): "confirmed",
    ("held", "cancel"): "cancelled",
    ("held", "expire"): "expired",
    ("confirmed", "move"): "confirmed",
    ("confirmed", "cancel"): "cancelled",
    ("confirmed", "arrive"): "arrived",
    ("confirmed", "no_show"): "no_show",
    ("arrived", "undo_arrival"): "confirmed",
    ("arrived", "finish"): "done",
}

REPEATED: Final[frozenset[tuple[State, Step]]] = frozenset(
    {
        ("confirmed", "confirm"),
        ("cancelled", "cancel"),
        ("arrived", "arrive"),
        ("confirmed", "undo_arrival"),
        ("done", "finish"),
        ("no_show", "no_show"),
        ("expired", "expire"),
    }
)
"""Steps that were taken already: asked again, they do nothing."""

WAITING: Final[dict[tuple[Waiting, WaitingStep], Waiting]] = {
    ("waiting", "offer"): "offered",
    ("waiting", "cancel"): "cancelled",
    ("waiting", "expire"): "expired",
    ("offered", "accept"): "accepted",
    ("offered", "decline"): "declined",
    ("offered", "expire"): "expired",
}


def after(state: State, step: Step) -> State:
    """The state that follows; raises WrongState where there is no such way."""
    if (state, step) not in TRANSITIONS:
        raise WrongState(state)
    return TRANSITIONS[state, step]


def waiting_after(state: Waiting, step: WaitingStep) -> Waiting:
    """The state of a place in a waitlist that follows; raises WrongState."""
    if (state, step) not in WAITING:
        raise WrongState(state)
    return WAITING[state, step]
