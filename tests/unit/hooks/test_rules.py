"""What becomes of a delivery, as a table; which facts are wanted; how a call is signed."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.hooks import limits, rules
from app.domain.hooks.errors import BadKinds
from app.domain.hooks.rules import WAITS, Verdict, judged

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("attempts", "status", "retry_after", "wanted"),
    [
        (1, 200, None, Verdict("done")),
        (9, 299, None, Verdict("done")),
        (1, 410, None, Verdict("dead", gone=True)),
        (1, 302, None, Verdict("pending", 5 * SECOND)),
        (1, 400, None, Verdict("pending", 5 * SECOND)),
        (2, 500, None, Verdict("pending", 300 * SECOND, rests=True)),
        (2, None, None, Verdict("pending", 300 * SECOND, rests=True)),
        (1, 429, "60", Verdict("pending", 60 * SECOND, rests=True)),
        (1, 503, "999999999", Verdict("pending", DAY, rests=True)),
        (1, 503, "Wed, 21 Oct 2026 07:28:00 GMT", Verdict("pending", 5 * SECOND, rests=True)),
        (1, 400, "60", Verdict("pending", 5 * SECOND)),
        (9, 404, None, Verdict("pending", DAY)),
        (10, 404, None, Verdict("dead")),
        (10, None, None, Verdict("dead", rests=True)),
    ],
)
def test_what_becomes_of_a_delivery(attempts, status, retry_after, wanted):
    assert judged(attempts, status, retry_after, 0.0) == wanted


def test_the_tries_are_spread_over_three_days():
    assert len(WAITS) == limits.TRIES - 1
    assert timedelta(days=3) <= sum(WAITS, timedelta()) <= timedelta(days=3, hours=4)
    assert judged(1, 500, None, 1.0).wait == 5.5 * SECOND


def test_an_endpoint_rests_longer_each_time_and_never_for_long():
    assert [rules.rest(n) / SECOND for n in (1, 2, 3, 8, 9, 10**6)] == [2, 4, 8, 256, 300, 300]


@pytest.mark.parametrize(
    ("kind", "among", "wanted"),
    [
        ("points.earn", ["points.earn"], True),
        ("points.earn", ["points.*"], True),
        ("points.earn", ["*"], True),
        ("points.earn", ["visit.made", "points.*"], True),
        ("points.earn", ["points.earned", "point.*", "earn.*"], False),
        ("pointsy.earn", ["points.*"], False),
    ],
)
def test_which_facts_are_wanted(kind, among, wanted):
    assert rules.wanted(kind, among) is wanted


@pytest.mark.parametrize("written", [[], [""], ["points."], ["*.earn"], ["Points"], ["a"] * 51])
def test_what_is_no_kind(written):
    with pytest.raises(BadKinds):
        rules.kinds(written)


def test_a_call_is_signed_as_in_the_specification():
    """The example of the reference libraries of Standard Webhooks."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)
    told = rules.headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert told["webhook-timestamp"] == "1614265330"
