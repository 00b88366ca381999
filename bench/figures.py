"""What is measured: each function runs one kind of load and answers its raw values."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from time import monotonic, sleep

import click
import sqlalchemy as sa

from bench.load import Result, Target, drip, flood, percentile
from bench.servers import Place, Server, ask, import_seconds, pss_mb

_WARM_UP = 500
_PATIENCE = 180.0
_UNFINISHED = "SELECT count(*) FROM {} WHERE state IN ('pending', 'running', 'sending')"


class Broken(Exception):
    """The server did not do what was measured, so there is no figure."""


@dataclass(frozen=True)
class Case:
    """A server to measure. With `database` it also answers events, and is timed until all are."""

    name: str
    start: Callable[[], AbstractContextManager[Server]]
    database: str | None = None


@dataclass
class Rounds:
    """What one server showed, a value a round: events per second, milliseconds, MiB."""

    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    drained: list[float] = field(default_factory=list)
    web_pss: list[float] = field(default_factory=list)
    bulk_pss: list[float] = field(default_factory=list)

    def add(self, rate: float, latencies: Sequence[float]) -> None:
        """Take in one round; latencies in seconds."""
        self.rate.append(rate)
        self.p50.append(percentile(latencies, 0.5) * 1000)
        self.p99.append(percentile(latencies, 0.99) * 1000)
        self.worst.append(max(latencies) * 1000)


def full_speed(place: Place, cases: Sequence[Case], rounds: int, count: int) -> dict[str, Rounds]:
    """16 clients at full speed: every case once in each round, so that all see the same machine."""
    found = {case.name: Rounds() for case in cases}
    for number in range(rounds):
        for case in cases:
            with case.start() as server:
                rate = _flooded(place, case, server, count, found[case.name])
            click.echo(f"  round {number + 1}: {case.name}: {rate:.0f}/s", err=True)
    return found


def _flooded(place: Place, case: Case, server: Server, count: int, into: Rounds) -> float:
    flood(server.target, server.target.posts(_WARM_UP))
    _drained(place, case, _WARM_UP)
    posts = server.target.posts(count)
    result = flood(server.target, posts)
    into.add(result.rate, result.latencies)
    if case.database:
        into.drained.append(count / (_drained(place, case, count) - min(result.sent.values())))
    into.web_pss.append(pss_mb(server.web_workers()))
    if bulk := server.bulk_workers():
        into.bulk_pss.append(pss_mb(bulk))
    return result.rate


def _drained(place: Place, case: Case, count: int) -> float:
    """The moment when all of `count` events were answered and marked; then the stand-in forgets."""
    deadline = monotonic() + _PATIENCE
    while case.database and ask(place.line, "/stats")["replies"] < count:
        _not_after(deadline, f"{case.name}: {ask(place.line, '/stats')} of {count} events")
    while case.database and _unfinished(case.database):
        _not_after(deadline, f"{case.name}: rows are left")
    now = monotonic()
    calls = ask(place.line, "/stats")["calls"].get("reply", 0)
    if case.database and calls != count:
        raise Broken(f"{case.name}: {calls} replies to {count} events")
    ask(place.line, "/reset", "POST")
    return now


def _not_after(deadline: float, what: str) -> None:
    if monotonic() > deadline:
        raise Broken(f"not drained after {_PATIENCE:.0f} s: {what}")
    sleep(0.02)


def _unfinished(database: str) -> int:
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    with engine.connect() as connection:
        tables = ("inbox", "outbox")
        counts = [connection.scalar(sa.text(_UNFINISHED.format(table))) for table in tables]
    return sum(count or 0 for count in counts)


def idle(place: Place, cases: Sequence[Case], rounds: int, count: int) -> dict[str, Rounds]:
    """One event each 30 ms: the time from posting it to its reply's arrival at LINE."""
    found = {case.name: Rounds() for case in cases}
    for number in range(rounds):
        for case in cases:
            with case.start() as server:
                took = _dripped(place, case, server.target, count)
            found[case.name].add(1 / 0.03, took)
            p50 = found[case.name].p50[-1]
            click.echo(f"  round {number + 1}: {case.name}: p50 {p50:.1f} ms", err=True)
    return found


def _dripped(place: Place, case: Case, target: Target, count: int) -> list[float]:
    flood(target, target.posts(_WARM_UP))
    _drained(place, case, _WARM_UP)
    result: Result = drip(target, target.posts(count))
    deadline = monotonic() + _PATIENCE
    while ask(place.line, "/stats")["replies"] < count:
        _not_after(deadline, case.name)
    arrived = ask(place.line, "/arrivals")
    _drained(place, case, count)
    return [arrived[token] - sent for token, sent in result.sent.items()]


def imports(place: Place, database: str, count: int) -> tuple[list[float], bool]:
    """Seconds of importing the web process, and whether the SDK's messaging models came along."""
    tries = [import_seconds(place, database) for _ in range(count)]
    return [seconds for seconds, _ in tries], any(models for _, models in tries)
