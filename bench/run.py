"""`make bench`: all figures from one run, E and our server taking turns, medians of the rounds."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from shutil import rmtree

import click

from bench import figures, machine, pages, report
from bench.figures import Case, Rounds
from bench.report import ANSWERS, POSTGRES, SQLITE, STORES, Figure
from bench.servers import Place, echo, ours, seed, stand_in
from tests.support.databases import postgres_database, postgres_server, sqlite_url
from tests.support.services import empty_redis

_FOLDER = Path("build/bench")
_PAGE = Path("docs/benchmarks.md")
_BELOW = "<!-- Below: written by `python -m bench --write` -->\n"
_PARTS = ("full-speed", "idle", "start", "pages")

Databases = dict[str, str]  # name of the case -> address


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--requests", default=4000, show_default=True, help="Per server and round.")
@click.option("--part", "parts", multiple=True, type=click.Choice(_PARTS), default=_PARTS)
@click.option("--write", is_flag=True, help=f"Also put the figures into {_PAGE}.")
def main(rounds: int, requests: int, parts: Sequence[str], write: bool) -> None:
    """Measure, and print the figures with their aims and whether they are met."""
    rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir(parents=True)
    redis = empty_redis(0, 1)
    with ExitStack() as until_end:
        place = until_end.enter_context(stand_in(_FOLDER.resolve()))
        databases = _databases(place, until_end)
        postgres = databases.get(report.name(STORES, POSTGRES))
        told = machine.describe(postgres, redis, _FOLDER)
        found = list(_measure(place, databases, redis, rounds, requests, parts))
    text = report.markdown(told, found)
    click.echo(text)
    if write:
        _PAGE.write_text(_PAGE.read_text().split(_BELOW)[0] + _BELOW + "\n" + text)


def _databases(place: Place, until_end: ExitStack) -> Databases:
    """A fresh, seeded database for each case: what one leaves behind must not slow the next."""
    made: Databases = {}
    for what in (STORES, ANSWERS):
        made[report.name(what, SQLITE)] = sqlite_url(place.folder / f"{what}.sqlite")
        if postgres_server():
            fresh = postgres_database("bench", what, durable=True)
            made[report.name(what, POSTGRES)] = until_end.enter_context(fresh)
    for url in made.values():
        seed(place, url)
    return made


def _measure(
    place: Place,
    databases: Databases,
    redis: str | None,
    rounds: int,
    requests: int,
    parts: Sequence[str],
) -> Iterator[Figure]:
    if "full-speed" in parts:
        cases = [Case("E", partial(echo, place)), *_full_speed(place, databases)]
        loaded = figures.full_speed(place, cases, rounds, requests)
        yield from report.throughput(loaded)
        yield from report.memory(loaded)
    if "idle" in parts:
        quiet: dict[str, Rounds] = figures.idle(
            place, list(_idle(place, databases, redis)), rounds, requests // 20
        )
        yield from report.idle(quiet)
    if "start" in parts:
        database = databases[report.name(STORES, SQLITE)]
        yield from report.start(*figures.imports(place, database, max(rounds, 3)))
    if "pages" in parts:
        database = databases[report.name(STORES, SQLITE)]
        yield from pages.measured(place, database, rounds)


def _full_speed(place: Place, databases: Databases) -> Iterator[Case]:
    for name, url in databases.items():
        if STORES in name:
            yield Case(name, partial(ours, place, "web", url))
        else:
            yield Case(name, partial(ours, place, "serve", url), url)


def _idle(place: Place, databases: Databases, redis: str | None) -> Iterator[Case]:
    for name, url in databases.items():
        if ANSWERS in name:
            yield Case(name, partial(ours, place, "serve", url), url)
    shared = databases.get(report.name(ANSWERS, POSTGRES))
    if redis and shared:
        start = partial(ours, place, "serve", shared, ENGINE="celery", BROKER_URL=redis)
        yield Case(f"{POSTGRES}, Celery on Redis", start, shared)
