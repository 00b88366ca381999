"""What becomes of a call to LINE: the whole table, and what no history of tries may lead to."""

from dataclasses import replace
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outbox.work import Route
from app.sender.rules import RESEND_FOR, Happened, Next, Try, after

ROUTES = get_args(Route)
HAPPENED = get_args(Happened)
TRY = Try("push", unsure=False, attempts=1, age=0.0, may_push=False, happened="accepted")

# What happened -> (unsure before -> (state, unsure after)), the same for every route.
ENDS = {
    "accepted": {False: ("sent", False), True: ("sent", False)},
    "refused": {False: ("failed", False), True: ("unknown", True)},
    "rate": {False: ("pending", False), True: ("pending", True)},
    "monthly": {False: ("pending", False), True: ("pending", True)},
    "auth": {False: ("pending", False), True: ("pending", True)},
    "not_sent": {False: ("pending", False), True: ("pending", True)},
    "unknown": {False: ("pending", True), True: ("pending", True)},
}
PAUSES = {"monthly": "paid", "auth": "all"}
TRIES = st.builds(
    Try,
    route=st.sampled_from(ROUTES),
    unsure=st.booleans(),
    attempts=st.integers(1, 2000),
    age=st.floats(0, 2 * RESEND_FOR),
    may_push=st.booleans(),
    happened=st.sampled_from(HAPPENED),
    retry_after=st.none() | st.floats(0, 1e9),
).filter(lambda tried: tried.route == "reply" or tried.happened != "reply_token")


def test_the_table_below_is_the_whole_table() -> None:
    assert {*ENDS, "reply_token"} == set(HAPPENED)


@pytest.mark.parametrize(
    ("route", "unsure", "may_push", "happened"),
    list(product(ROUTES, (False, True), (False, True), ENDS)),
)
def test_what_is_next(route: Route, unsure: bool, may_push: bool, happened: Happened) -> None:
    tried = replace(TRY, route=route, unsure=unsure, may_push=may_push, happened=happened)

    following = after(tried)

    assert (following.state, following.unsure) == ENDS[happened][unsure]
    assert following.route == route
    assert following.pause == PAUSES.get(happened)


@pytest.mark.parametrize(
    ("unsure", "may_push", "following"),
    [
        (False, False, Next("failed", "reply", unsure=False)),
        (False, True, Next("pending", "push", unsure=False)),
        (True, False, Next("unknown", "reply", unsure=True)),
        (True, True, Next("unknown", "reply", unsure=True)),
    ],
)
def test_when_the_token_is_gone(unsure: bool, may_push: bool, following: Next) -> None:
    tried = replace(TRY, route="reply", unsure=unsure, may_push=may_push, happened="reply_token")
    assert after(tried) == following


@pytest.mark.parametrize(
    ("change", "wait"),
    [
        ({"happened": "rate"}, 1.0),
        ({"happened": "rate", "retry_after": 7.0}, 7.0),
        ({"happened": "not_sent", "attempts": 1}, 1.0),
        ({"happened": "unknown", "attempts": 4}, 8.0),
        ({"happened": "unknown", "attempts": 20}, 300.0),
        ({"happened": "unknown", "attempts": 20, "route": "reply"}, 8.0),
        ({"happened": "monthly"}, 1.0),
        ({"happened": "auth"}, 0.0),
    ],
)
def test_how_long_it_waits(change: dict[str, Any], wait: float) -> None:
    assert after(replace(TRY, **change)).wait == wait


@given(TRIES)
def test_nothing_is_sent_again_when_line_may_have_forgotten_it(tried: Try) -> None:
    following = after(tried)
    if following.state == "pending" and not following.pause and following.route == tried.route:
        assert tried.age + following.wait <= RESEND_FOR


@given(TRIES)
def test_failed_is_said_only_where_line_cannot_have_it(tried: Try) -> None:
    if after(tried).state == "failed":
        assert not tried.unsure
        assert tried.happened != "unknown"


@given(st.booleans(), st.lists(st.sampled_from(HAPPENED), max_size=12))
def test_no_history_pushes_what_a_reply_may_have_said(may_push: bool, history: list[str]) -> None:
    tried, maybe_said = replace(TRY, route="reply", may_push=may_push), False
    for number, happened in enumerate(history, start=1):
        following = after(replace(tried, happened=happened, attempts=number))
        maybe_said |= happened == "unknown"
        assert following.unsure == (maybe_said and following.state != "sent")
        assert not (maybe_said and following.route == "push")
        if following.state != "pending" or following.route == "push":
            return
        tried = replace(tried, route=following.route, unsure=following.unsure)


@given(TRIES)
def test_a_route_changes_only_from_reply_to_push(tried: Try) -> None:
    following = after(tried)
    if following.route != tried.route:
        assert (tried.route, following.route) == ("reply", "push")
        assert not tried.unsure
        assert tried.may_push
