"""How many order events a second the API takes, each exactly once, while the shop is running.

    python -m bench.orders [--database sqlite|postgres] [--orders 4000] [--batch 1]

The web shop tells of orders of members, a quarter of them linked: placed, paid, shipped, done, each
event for itself, or so many of them in one request (`--batch`). One request in twenty is sent twice
under its key, half of these while the first is still at work. `flask serve` runs beside the
stand-in for LINE, which hears of each parcel.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from sqlalchemy import Select, func, select

from app.cli import invariants
from app.db import db, transaction
from app.domain.accounts import queries as accounts
from app.domain.catalogue import queries as catalogue
from app.domain.keys import limits
from app.domain.keys import service as api_keys
from app.domain.keys.service import NewKey
from app.domain.links.models import Link
from app.domain.members import service as members
from app.domain.orders.models import Order
from app.domain.people import service as people
from app.domain.points.models import PointTransfer
from app.facts.models import Fact
from app.outbox.models import OutboxItem
from bench.load import Post, flood, percentile
from bench.servers import app_of, durable, ours, seed, stand_in

_STATES = ("placed", "paid", "shipped", "done")
_MEMBERS, _LINKED_OF = 1000, 4
_APART = 200  # Orders between two events of one, so that none overtakes another of its own order.
_LATER = 50  # Requests after which a repeat comes that does not come at once.
_WARM = _MEMBERS  # Orders before the clock starts: then everybody has a tier, as in a running shop.
_LINES = 4  # Connections over which batches come; sixteen where each event comes for itself.


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--orders", default=4000, show_default=True)
@click.option("--batch", default=1, show_default=True, help="Events of one request.")
def main(database: str, orders: int, batch: int) -> None:
    """Measure, judge that each event counted once, and print events a second."""
    with (
        TemporaryDirectory() as folder,
        stand_in(Path(folder)) as place,
        durable(database, Path(folder), "orders") as url,
    ):
        seed(place, url)
        app = app_of(place, url)
        with app.app_context():
            told = _Told(batch)
            db.session.remove()
            with ours(place, "serve", url) as server:
                clients = 16 if batch == 1 else _LINES
                flood(server.target, told.posts(-_WARM, 0), clients)
                posts = told.posts(0, orders)
                result = flood(server.target, posts, clients)
            _judge(orders + _WARM)
            db.session.remove()
            db.engine.dispose()
    times = [each * 1000 for each in result.latencies]
    click.echo(
        f"{len(times) * batch:,} events, {batch} in a request: {result.rate * batch:.0f}/s;"
        f" a request: p50 {percentile(times, 0.5):.1f} ms, p95 {percentile(times, 0.95):.1f} ms,"
        f" most {max(times):.0f} ms"
    )


class _Told:
    """What the web shop tells, as it goes over the wire."""

    def __init__(self, batch: int) -> None:
        self._batch = batch
        self._member_ids, self._secret = _members(), _key()
        self._codes = sorted(catalogue.variant_owners())[:20]
        self._dice = random.Random(1)

    def posts(self, first: int, end: int) -> list[Post]:
        """All events of these orders, so many in each request, and every twentieth request again
        under its key."""
        events = [
            self._written(number - place * _APART, state)
            for number in range(first, end + (len(_STATES) - 1) * _APART)
            for place, state in enumerate(_STATES)
            if first <= number - place * _APART < end
        ]
        posts = [
            self._post(events[at : at + self._batch]) for at in range(0, len(events), self._batch)
        ]
        for place in sorted(self._dice.sample(range(len(posts)), len(posts) // 20), reverse=True):
            posts.insert(place + self._dice.choice((1, _LATER)), posts[place])
        return posts

    def _post(self, events: Sequence[dict[str, object]]) -> Post:
        one = self._batch == 1
        body = json.dumps(events[0] if one else {"orders": events}, ensure_ascii=False).encode()
        key = f"{events[0]['id']}/{events[0]['state']}"
        head = (
            f"POST /api/v1/orders{'' if one else '/batch'} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self._secret}\r\nIdempotency-Key: {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return Post(head.encode() + body, key)

    def _written(self, number: int, state: str) -> dict[str, object]:
        lines = [
            {"code": code, "name": {"ja": "お品"}, "pieces": pieces, "price": 400, "tax": tax}
            for pieces, tax, code in zip((1, 3), (8, 10), self._two(number), strict=True)
        ]
        parcel = {"carrier": "ヤマト運輸", "tracking": f"4000-{number:08d}"}
        return {
            "origin": "ec",
            "id": f"EC-{number}",
            "state": state,
            "total": 1600,
            "placed_at": "2026-11-28T12:00:00+09:00",
            "member_id": self._member_ids[number % len(self._member_ids)],
            "lines": lines,
            **(parcel if state == "shipped" else {}),
        }

    def _two(self, number: int) -> tuple[str, str]:
        first = number % len(self._codes)
        return self._codes[first], self._codes[first - 1]


def _judge(orders: int) -> None:
    """Each order is there once and done, earned once, and its parcel was told once if it could."""
    db.session.rollback()
    counts = {
        "orders": _count(select(Order.id).filter_by(state="done")),
        "earned": _count(select(PointTransfer.id).filter_by(kind="earn", paid=1600)),
        "steps": _count(select(Fact.id).where(Fact.kind.like("order.%"))) // len(_STATES),
        "told": _count(select(OutboxItem.id).filter_by(notice="orders.shipped")) * _LINKED_OF,
    }
    found = invariants.check()
    if found or set(counts.values()) != {orders}:
        raise click.ClickException(f"of {orders} orders: {counts}; broken: {found}")


def _count(wanted: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def _key() -> str:
    wanted = NewKey("ec", ("orders.write",), per_minute=limits.MOST_PER_MINUTE)
    return api_keys.create(wanted).secret


def _members() -> list[int]:
    """Members, of whom every fourth is linked."""
    ids = [members.add({"name": "山田 花子"}) for _ in range(_MEMBERS)]
    for number, member_id in enumerate(ids[::_LINKED_OF]):
        _link(number, member_id)
    return ids


def _link(number: int, member_id: int) -> None:
    account_id = accounts.find("main").id
    provider_id = accounts.provider_of(account_id)
    person_id = people.meet(provider_id, f"U{number:032x}", name="花子", picture_url=None)
    with transaction():
        db.session.add(
            Link(
                provider_id=provider_id,
                person_id=person_id,
                member_id=member_id,
                account_id=account_id,
                proof="code",
            )
        )


if __name__ == "__main__":
    main()
