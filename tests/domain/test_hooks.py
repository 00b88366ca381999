"""Facts are told to the shop's own systems: signed, each until it is taken, and nowhere else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import exists, select, text

from app.cli.invariants import check
from app.config import Settings
from app.db import db, transaction
from app.domain.hooks import housekeeping, queries, rules, service
from app.domain.hooks.errors import NoSuchDelivery
from app.domain.hooks.models import HookEndpoint
from app.domain.hooks.service import NewEndpoint
from app.facts import feed
from app.facts.feed import Settled
from app.facts.record import record
from tests.domain.conftest import Opens
from tests.support.cast import add_account
from tests.support.members import a_shop
from tests.support.receiver import Receiver, receiver
from tests.support.systems import System, a_system
from tests.support.waiting import wait_for

postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time("2026-11-28T03:00:00Z", ignore=["http", "socketserver"]) as time:
        yield time


@pytest.fixture
def till() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def app(settings: Settings, open_app: Opens, time: object) -> Iterator[Flask]:
    app = open_app(settings.model_copy(update={"webhooks_local": True}))
    with app.app_context():
        a_shop()
        yield app
        app.extensions["lanes"]["hooks"].close()


def endpoint(till: Receiver, *kinds: str, account_id: int | None = None) -> int:
    return service.add(NewEndpoint(f"{till.url}/hook", kinds or ("*",), account_id, local=True))


def happens(kind: str = "points.earn", cause: str = "test", **changes: int) -> None:
    record(kind, cause=cause, **changes)


def send(app: Flask) -> None:
    """Send all there is; what others do in the same cluster may keep facts unsettled a while."""

    def caught_up() -> bool:
        app.extensions["lanes"]["hooks"].drain()
        db.session.rollback()
        return not db.session.scalar(
            select(
                exists().where(HookEndpoint.cursor < feed.newest(), HookEndpoint.off_at.is_(None))
            )
        )

    wait_for(caught_up, timeout=20)


def states() -> dict[str, int]:
    db.session.rollback()
    return queries.counts()


def test_a_fact_comes_signed_and_once(app: Flask, till: Receiver) -> None:
    happens(cause="before")  # Nobody was told of it then, so nobody is.
    end = endpoint(till, "points.*")
    happens(points=12)
    happens("visit.made")
    for _ in range(2):
        send(app)

    (call,) = till.calls
    assert call.signed_with(queries.secret(end))
    assert call.headers["webhook-timestamp"] == "1795834800"
    assert call.headers["content-type"] == "application/json"
    assert call.json == {
        "type": "points.earn",
        "timestamp": "2026-11-28T03:00:00+00:00",
        "id": call.json["id"],
        "account": None,
        "person": None,
        "data": {"points": 12},
    }
    assert (states(), check()) == ({"done": 1}, [])


def test_what_is_not_taken_is_told_again_and_known_by_its_id(
    app: Flask, till: Receiver, time: FrozenDateTimeFactory
) -> None:
    endpoint(till)
    till.fails(500, 302, location="http://127.0.0.1:1/")
    happens()
    send(app)
    assert (states(), len(till.calls)) == ({"pending": 1}, 1)
    for wait in (10, 400):
        time.tick(timedelta(seconds=wait))
        send(app)
    assert (states(), len(till.calls), len(set(till.ids()))) == ({"done": 1}, 3, 1)
    assert queries.endpoints()[0].failures == 0


def test_after_three_days_it_is_dead_and_can_be_told_once_more(
    app: Flask, till: Receiver, time: FrozenDateTimeFactory
) -> None:
    end = endpoint(till)
    till.fails(*[404] * 10)
    happens()
    for wait in (*rules.WAITS, timedelta()):
        send(app)
        time.tick(wait * 1.2)
    (dead,) = queries.deliveries(end, limit=9)
    assert (dead.state, dead.attempts, dead.outcome) == ("dead", 10, "HTTP 404")
    assert (len(till.calls), check()) == (10, [])

    assert service.replay_dead(end) == 1
    send(app)
    assert (states(), len(till.calls), len(set(till.ids()))) == ({"done": 1}, 11, 1)
    time.tick(timedelta(days=31))
    assert housekeeping.forget_old() == 1


def test_who_is_gone_hears_nothing_and_what_waits_is_not_lost(app: Flask, till: Receiver) -> None:
    end = endpoint(till)
    till.fails(410)
    happens()
    send(app)
    happens(cause="later")
    send(app)
    assert (states(), len(till.calls)) == ({"dead": 1}, 1)
    assert queries.endpoint(end).off_reason == "answered 410"

    service.change(end, active=True)
    send(app)
    assert (states(), check()) == ({"dead": 1, "done": 1}, [])


def test_an_endpoint_in_trouble_rests_and_keeps_nobody_waiting(
    app: Flask, till: Receiver, time: FrozenDateTimeFactory
) -> None:
    with receiver() as broken:
        endpoint(till)
        endpoint(broken)
        broken.fails(*[503] * 40)
        for number in range(40):
            happens(cause=f"test/{number}")
        send(app)
        tried = len(broken.calls)
        assert (len(till.calls), 0 < tried <= 16) == (40, True)
        resting = queries.endpoints()[1]
        assert (resting.failures, states()["done"]) == (1, 40)
        time.tick(timedelta(minutes=1))
        send(app)
        assert len(broken.calls) > tried


def test_each_account_hears_its_own_and_the_companys(app: Flask, till: Receiver) -> None:
    main, osaka = add_account("main"), add_account("osaka", bot_user_id="U" + "c" * 32)
    endpoint(till, account_id=main)
    record("member.linked", cause="1", account_id=main)
    record("member.linked", cause="2", account_id=osaka)
    record("points.earn", cause="3")
    send(app)
    assert {call.json["account"] for call in till.calls} == {"main", None}
    assert len(till.calls) == 2


def test_systems_manage_their_endpoints_over_the_api(app: Flask, till: Receiver) -> None:
    main, osaka = add_account("main"), add_account("osaka", bot_user_id="U" + "c" * 32)
    system = a_system(app, "webhooks", account_id=main)
    asked = {"url": f"{till.url}/x", "kinds": ["points.*"]}
    made, again = (system.post("/webhooks/endpoints", "k", **asked) for _ in range(2))
    assert (made.status, made.json["account"], again.json) == (201, "main", made.json)
    assert made.json["secret"].startswith("whsec_")
    one = f"/webhooks/endpoints/{made.json['id']}"
    assert "secret" not in system.get(one).json

    happens()
    send(app)
    listed = system.get(f"{one}/deliveries?state=done").json["items"]
    assert [each["kind"] for each in listed] == ["points.earn"]
    assert system.post(f"/webhooks/deliveries/{listed[0]['id']}/replays").status == 202
    send(app)
    assert till.ids() == [f"msg_{listed[0]['id']}"] * 2

    other = a_system(app, "webhooks", account_id=osaka)
    assert other.get("/webhooks/endpoints").json == {"items": []}
    assert other.get(one).code == "no_such_endpoint"
    assert system.ask("PATCH", one, {"active": False}).json["off_reason"] == "switched off"
    assert system.ask("DELETE", one).status == 204
    with pytest.raises(NoSuchDelivery):
        service.replay(listed[0]["id"])
    assert (system.get(one).status, check()) == (404, [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("url", "kinds", "code"),
    [
        ("http://pos.example/", ["*"], "bad_webhook_url"),
        ("https://10.0.0.1/", ["*"], "bad_webhook_url"),
        ("https://u:p@pos.example/", ["*"], "bad_webhook_url"),
        ("https://pos.example/", ["points."], "bad_fact_kinds"),
        ("ftp://pos.example/", ["*"], "bad_body"),
        ("https://pos.example/", [], "bad_body"),
    ],
)
def test_what_cannot_be_told_is_refused(app: Flask, url: str, kinds: list[str], code: str) -> None:
    system: System = a_system(app)
    told = system.post("/webhooks/endpoints", url=url, kinds=kinds)
    assert (told.status, told.code) == (422, code)
    assert queries.endpoints() == []


@postgres
def test_a_fact_that_is_committed_late_is_not_passed_over(app: Flask, till: Receiver) -> None:
    """Its id is lower than one that was seen before it."""
    endpoint(till)
    with db.engine.connect() as slow, slow.begin() as late:
        slow.execute(
            text(
                "INSERT INTO fact (kind, at, cause, slot, data)"
                " VALUES ('points.earn', now(), 'late', '', '{}')"
            )
        )
        happens(cause="early")
        for _ in range(3):
            app.extensions["lanes"]["hooks"].drain()
        assert till.calls == []
        late.commit()
    send(app)
    assert len({call.json["id"] for call in till.calls}) == len(till.calls) == 2


@postgres
def test_others_who_write_without_end_hold_nothing_up(app: Flask) -> None:
    settled = Settled()
    with db.engine.connect() as other, other.begin():
        other.execute(text("SELECT pg_current_xact_id()"))
        happens(cause="first")
        assert settled.look() == 0
    with db.engine.connect() as other, other.begin():
        other.execute(text("SELECT pg_current_xact_id()"))
        with transaction():
            happens(cause="second")
        wait_for(lambda: settled.look() > 0)
