"""P8 under `kill -9`: what a web shop tells of its orders counts once, however often told."""

import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import urllib3
from sqlalchemy import select

from app.cli import invariants
from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.orders.models import Order
from app.domain.points.models import PointTransfer
from app.facts.models import Fact
from app.outbox.models import OutboxItem
from tests.support import http
from tests.support.cards import a_holder
from tests.support.faults import START, Rig, seed
from tests.support.systems import a_system
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

KILLS, CLIENTS = 6, 4
STATES = {"placed": "placed", "paid": "accepted", "shipped": "out", "done": "done"}
"""What the web shop calls a state -> what we call it."""
ORDER = {"origin": "ec", "total": 2000, "placed_at": "2026-11-28T12:00:00+09:00"}
ORDER |= {"lines": [{"code": "X", "name": {"ja": "箱"}, "pieces": 1, "price": 2000, "tax": 10}]}


class WebShop:
    """Clients in threads that tell of orders of one linked member, event by event, until the end of
    the block; what was not answered is told again under its key, and one in ten that was."""

    def __init__(self, rig: Rig) -> None:
        self._url = f"http://127.0.0.1:{rig.port}/api/v1/orders"
        self._secret = a_system(rig.app, "orders.write").secret
        self._member_id = a_holder(accounts.find("main").id).member_id
        self.orders: list[str] = []
        self.answered, self.lost, self.wrong = 0, 0, 0
        self._ending = threading.Event()

    def __enter__(self) -> "WebShop":
        self._threads = [
            threading.Thread(target=self._sell, args=(number,)) for number in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _sell(self, client: int) -> None:
        dice = random.Random(client)
        while not self._ending.is_set():
            number = f"EC-{client}-{len(self.orders)}"
            self.orders.append(number)
            for state in STATES:
                for _ in range(1 + (dice.random() < 0.1)):
                    self._tell(number, state)

    def _tell(self, number: str, state: str) -> None:
        """Tell it until it is answered; a 5xx but for 503 is wrong, and the end of it."""
        deadline = time.monotonic() + START
        while (status := self._asked(number, state)) != 200:
            if status not in (None, 409, 503):
                self.wrong += 1
                return
            self.lost += 1
            if time.monotonic() > deadline:
                raise AssertionError("an order was refused for a minute")
            time.sleep(0.05)
        self.answered += 1

    def _asked(self, number: str, state: str) -> int | None:
        body = ORDER | {"id": number, "state": state, "member_id": self._member_id}
        headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = f"{number}/{state}"
        try:
            answer = http.request(
                "POST", self._url, body=json.dumps(body), headers=headers, retries=False
            )
        except urllib3.exceptions.HTTPError:
            return None
        return answer.status


def effects() -> Iterator[tuple[str, str]]:
    """What our side made of all that was told: (effect, the web shop's number), row by row."""
    db.session.rollback()
    orders = db.session.execute(select(Order.id, Order.external_id, Order.state)).all()
    numbers = {f"order/{order_id}": number or "" for order_id, number, _ in orders}
    yield from ((f"is {state}", number or "") for _, number, state in orders)
    for kind, cause in db.session.execute(select(Fact.kind, Fact.cause)):
        if kind.startswith("order."):
            yield kind, numbers[cause]
    earned = select(PointTransfer.idem_key).filter_by(kind="earn", idem_scope="order.earn")
    yield from (("earned", numbers[f"order/{key}"]) for key in db.session.scalars(earned))
    told = select(OutboxItem.cause).filter_by(notice="orders.shipped")
    yield from (("told", numbers[cause or ""]) for cause in db.session.scalars(told))


def problems(shop: WebShop) -> list[str]:
    """Where our side differs from each order done, earned and told once."""
    kinds = ["is done", "earned", "told", *(f"order.{state}" for state in STATES.values())]
    wanted = Counter((kind, number) for kind in kinds for number in shop.orders)
    found = Counter(effects())
    differing = (found - wanted) + (wanted - found)
    return [f"{kind}: {number}" for kind, number in differing] + invariants.check()


def web(rig: Rig, **switches: str) -> None:
    """The web server alone, so that what is to be said stays in the outbox."""
    rig.start("web", "--port", str(rig.port), "--web-workers", "2", **switches)
    rig.wait_until_ready()


def test_each_event_of_an_order_counts_once_while_web_processes_are_killed(rig: Rig) -> None:
    number = seed()
    rng = random.Random(number)
    web(rig)
    with rig.app.app_context():
        with WebShop(rig) as shop:
            for _ in range(KILLS):
                enough = shop.answered + CLIENTS
                wait_for(lambda: shop.answered > enough, timeout=START)  # noqa: B023
                time.sleep(rng.uniform(0, 0.05))  # When it strikes is the very thing to vary.
                wait_for(lambda: rig.members().get("web"), timeout=START)
                rig.kill("web", rng)
        sys.stderr.write(f"{len(shop.orders)} orders, {shop.lost} lost, FAULT_SEED={number}\n")
        assert (problems(shop), shop.wrong) == ([], 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_order_that_moves_in_steps_is_found(rig: Rig) -> None:
    web(rig, UNSAFE="order_in_steps", CRASH_AT="order.noted:6")
    with rig.app.app_context():
        with WebShop(rig) as shop:
            wait_for(lambda: shop.lost, timeout=START)
        assert problems(shop)
