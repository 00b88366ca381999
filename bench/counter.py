"""How long a clerk waits from a code to the member on the screen, while the shop sends to many.

    python -m bench.counter [--database sqlite|postgres] [--recipients 20000] [--scans 300]

`flask serve` runs beside the stand-in for LINE. So many pushes wait in the outbox; while they go
out, a clerk's page scans codes of linked members, one after another, as fast as it is answered.
"""

import http.client
import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import click
from sqlalchemy import insert

from app import clock
from app.db import db, transaction
from app.domain.accounts import queries as accounts
from app.domain.cards.models import CardCode
from app.domain.cards.rules import DEAD_AFTER, fingerprint, new_code
from app.domain.links.models import Link
from app.domain.members import service as members
from app.domain.people import service as people
from app.domain.staff import rules, sessions
from app.domain.staff.queries import by_email
from app.domain.staff.sessions import Browser
from app.outbox import look
from app.outbox.models import OutboxItem
from app.staff.identity import COOKIE, CSRF_HEADER
from bench.servers import app_of, durable, ours, seed, stand_in

_CLERK = "clerk@komorebi.example"
_AT_ONCE = 2000


@dataclass(frozen=True)
class Clerk:
    """A clerk at a browser."""

    port: int
    token: str

    def scan(self, code: str) -> float:
        """Scan a code; answers milliseconds until the member is there."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Cookie": f"{COOKIE}={self.token}",
            CSRF_HEADER: rules.csrf(self.token),
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        body = json.dumps({"code": code, "store": "kichijoji"})
        began = time.perf_counter()
        connection.request("POST", "/staff/api/counter/scans", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        took = (time.perf_counter() - began) * 1000
        connection.close()
        if answer.status != 201 or not told["member"]["name"]:
            raise SystemExit(f"the counter answered {answer.status}")
        return took


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--recipients", default=20_000, show_default=True)
@click.option("--scans", default=300, show_default=True)
def main(database: str, recipients: int, scans: int) -> None:
    """Measure, and print milliseconds while nothing is sent and while much is."""
    with (
        TemporaryDirectory() as folder,
        stand_in(Path(folder)) as place,
        durable(database, Path(folder), "counter") as url,
    ):
        seed(place, url)
        app = app_of(place, url)
        with app.app_context(), ours(place, "serve", url) as server:
            clerk = Clerk(server.target.port, _log_in())
            links = _linked(scans)
            _report("idle", [clerk.scan(code) for code in _codes(links[:50])])
            _queue(recipients)
            before = _sent()
            times = [clerk.scan(_codes([link])[0]) for link in links]
            _report(f"{_sent() - before} of {recipients} pushes going out meanwhile", times)
            db.session.remove()
            db.engine.dispose()


def _report(when: str, times: list[float]) -> None:
    cuts = quantiles(times, n=100)
    figures = f"p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, most {max(times):.1f} ms"
    click.echo(f"code to answer, {when}: {figures}")


def _sent() -> int:
    db.session.rollback()
    return look.counts().get("sent", 0)


def _log_in() -> str:
    clerk = by_email(_CLERK)
    if clerk is None:
        raise SystemExit("the demo has no clerk")
    with transaction():
        return sessions.open_session(clerk, Browser(), proved=True).token


def _linked(count: int) -> list[Link]:
    """So many people who are members."""
    account_id = accounts.find("main").id
    provider_id = accounts.provider_of(account_id)
    made = []
    for number in range(count):
        person_id = people.meet(provider_id, f"U{number:032x}", name="花子", picture_url=None)
        member_id = members.add({"name": "山田 花子", "birthday": "1990-04-01"})
        link = Link(
            provider_id=provider_id,
            person_id=person_id,
            member_id=member_id,
            account_id=account_id,
            proof="code",
        )
        with transaction():
            db.session.add(link)
        made.append(link)
    return made


def _codes(links: list[Link]) -> list[str]:
    """A code that each of them shows at this moment."""
    codes = [new_code() for _ in links]
    rows = [
        {
            "code_hash": fingerprint(code),
            "person_id": link.person_id,
            "link_id": link.id,
            "member_id": link.member_id,
            "account_id": link.account_id,
            "issued_at": clock.now(),
            "expires_at": clock.now() + DEAD_AFTER,
        }
        for code, link in zip(codes, links, strict=True)
    ]
    with transaction():
        db.session.execute(insert(CardCode), rows)
    return codes


def _queue(recipients: int) -> None:
    """Pushes to so many people who are not among the members."""
    account_id = accounts.find("main").id
    for begin in range(0, recipients, _AT_ONCE):
        rows = [_push(account_id, number) for number in range(begin, begin + _AT_ONCE)]
        with transaction():
            db.session.execute(insert(OutboxItem), rows[: recipients - begin])


def _push(account_id: int, number: int) -> dict[str, object]:
    now = clock.now()
    return {
        "account_id": account_id,
        "recipient": f"U{number + 2**64:032x}",
        "lane": "outbox",
        "route": "push",
        "dedupe": f"bench/{number}",
        "notice": "reservations.nothing",
        "notices": [{"notice": "reservations.nothing", "data": {}}],
        "state": "pending",
        "attempts": 0,
        "fence": 0,
        "due_at": now,
        "created_at": now,
        "unsure": False,
        "holds_back": True,
    }


if __name__ == "__main__":
    main()
