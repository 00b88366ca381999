"""How long a row waits after its n-th failed try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.claims import MAX_TRIES, backoff
from app.inbox.run import after_failure


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (100, 60)],
)
def test_waits_double_up_to_the_longest(attempts: int, seconds: float) -> None:
    assert backoff(attempts, longest=60).total_seconds() == seconds


@given(st.integers(-5, 10_000), st.integers(1, 100_000))
def test_no_number_of_tries_breaks_the_rule(attempts: int, longest: int) -> None:
    assert 0 < backoff(attempts, longest=longest).total_seconds() <= longest


@pytest.mark.parametrize("attempts", range(1, MAX_TRIES))
def test_an_event_is_tried_again_until_its_last_try(attempts: int) -> None:
    after = after_failure(attempts, "ValueError")
    assert (after["state"], after["outcome"]) == ("pending", "ValueError")
    assert "finished_at" not in after


@pytest.mark.parametrize("attempts", [MAX_TRIES, MAX_TRIES + 1])
def test_after_its_last_try_an_event_is_dead_with_its_reason(attempts: int) -> None:
    after = after_failure(attempts, "ValueError")
    assert (after["state"], after["outcome"]) == ("dead", "ValueError")
    assert after["finished_at"]
