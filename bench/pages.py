"""The members' pages at an idle server, and whether linking tells by its time who is a member."""

import gzip
import http.client
import os
import re
import secrets
import statistics
from collections.abc import Callable, Iterator
from time import perf_counter

from bench.report import Figure
from bench.servers import Place, keys, ours

PAGES = ("/liff/", "/liff/card", "/liff/link", "/liff/profile")
_ASSET = re.compile(r'(?:href|src)="(/liff/assets/[^"]+)"')


def measured(place: Place, database: str, rounds: int) -> Iterator[Figure]:
    """The 95th percentile of each page, its bytes with all it loads of ours, and the two starts."""
    with ours(place, "web", database) as server:
        for path in PAGES:
            times = [_timed(lambda: _get(server.target.port, path)) for _ in range(100 * rounds)]  # noqa: B023
            p95 = statistics.quantiles(times, n=20)[-1] * 1000
            yield Figure(f"{path}: p95, one client", f"{p95:.1f} ms", "<= 30 ms", p95 <= 30)
            size = _size(server.target.port, path) / 1024
            told = f"{size:.1f} KiB"
            yield Figure(f"{path}: bytes before the SDK", told, "<= 60 KiB", size <= 60)
    yield from _starts(place, database, rounds)


def _starts(place: Place, database: str, rounds: int) -> Iterator[Figure]:
    """Median time to begin a link for a member and for nobody, in one process, taking turns."""
    os.environ.update({**keys(place), **place.env(DATABASE_URL=database)})
    from app.domain.accounts import queries as accounts
    from app.domain.links import proofs
    from app.domain.links.asker import Asker
    from app.domain.members import service as members
    from app.domain.people import service as people
    from app.factory import create_app

    with create_app().app_context():
        account = accounts.find("main")
        known = [f"{secrets.token_hex(8)}@example.jp" for _ in range(50 * rounds)]
        for address in known:
            members.add({"name": "x", "email": address})
        taken: dict[bool, list[float]] = {True: [], False: []}
        for address in known:
            for member in (True, False):
                user_id = f"U{secrets.token_hex(16)}"
                person = people.meet(account.provider_id, user_id, name=None, picture_url=None)
                asker = Asker(person, user_id, account.id, account.provider_id)
                who = address if member else f"no-{address}"
                taken[member].append(_timed(lambda: proofs.start(asker, who)))  # noqa: B023
    one, other = (statistics.median(taken[member]) * 1000 for member in (True, False))
    told = f"{one:.2f} and {other:.2f} ms"
    yield Figure("begin a link: for a member and for nobody, p50", told)


def _timed(do: Callable[[], object]) -> float:
    begun = perf_counter()
    do()
    return perf_counter() - begun


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Accept-Language": "ja", "Accept-Encoding": "gzip"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise ValueError(f"{path}: {answer.status}")
        return answer.read()
    finally:
        connection.close()


def _plain(content: bytes) -> bytes:
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def _size(port: int, path: str) -> int:
    page = _get(port, path)
    loaded = set(_ASSET.findall(_plain(page).decode()))
    return len(page) + sum(len(_get(port, address)) for address in loaded)
