"""Turns raw values into the table of figures and their aims."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.figures import Rounds

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
STORES, ANSWERS = "stores", "answers"


@dataclass(frozen=True)
class Figure:
    """One line of the table; `met` is None where there is no aim."""

    name: str
    measured: str
    aim: str = ""
    met: bool | None = None


def name(what: str, database: str) -> str:
    """The name of a case."""
    return f"{database}, {what}"


def throughput(found: Mapping[str, Rounds]) -> Iterator[Figure]:
    """Figures 1 and 3: acknowledgements beside E's, and the pipeline beside E."""
    e = found["E"]
    yield Figure("E: echo, rate", _spread(e.rate, "{:.0f}/s"))
    times = f"{_mid(e.p50):.1f}, {_mid(e.p99):.1f}, {max(e.worst):.0f} ms"
    yield Figure("E: p50, p99, worst", times)
    for case, rounds in found.items():
        if case != "E":
            yield from _acknowledged(case, rounds, e)
            yield from _whole(case, rounds, e)


def _acknowledged(case: str, ours: Rounds, e: Rounds) -> Iterator[Figure]:
    # Where the same processes also answer, the aim is the whole pipeline's, not the acks'.
    aimed = not ours.drained
    faster = _mid(ours.rate) / _mid(e.rate)
    yield Figure(f"{case}: durable acks", _spread(ours.rate, "{:.0f}/s"))
    yield _ratio(f"{case}: acks / E", faster, ">= 1.5", faster >= 1.5, aimed)
    slower = _mid(ours.p99) / _mid(e.p99)
    yield _ratio(f"{case}: ack p99 / E's", slower, "<= 0.75", slower <= 0.75, aimed)
    worst = max(ours.worst)
    told = f"{worst:.0f} ms (p50 {_mid(ours.p50):.1f}, p99 {_mid(ours.p99):.1f})"
    yield Figure(f"{case}: slowest ack", told, *((("<= 100 ms"), worst <= 100) if aimed else ()))


def _whole(case: str, ours: Rounds, e: Rounds) -> Iterator[Figure]:
    if ours.drained:
        share = _mid(ours.drained) / _mid(e.rate)
        yield Figure(f"{case}: whole pipeline, drained", _spread(ours.drained, "{:.0f}/s"))
        yield _ratio(f"{case}: whole pipeline / E", share, ">= 0.8", share >= 0.8)


def idle(found: Mapping[str, Rounds]) -> Iterator[Figure]:
    """Figure 2: from the webhook's arrival to the reply call."""
    for case, rounds in found.items():
        celery = "Celery" in case
        p50, p99 = _mid(rounds.p50), _mid(rounds.p99)
        most = 15 if celery else 5
        yield Figure(f"{case}: idle, p50", f"{p50:.1f} ms", f"<= {most} ms", p50 <= most)
        if celery:
            yield Figure(f"{case}: idle, p99", f"{p99:.1f} ms")
        else:
            yield Figure(f"{case}: idle, p99", f"{p99:.1f} ms", "<= 20 ms", p99 <= 20)


def start(seconds: Sequence[float], models: bool) -> Iterator[Figure]:
    """Figure 4, first half: importing the web process."""
    took = _mid(seconds)
    yield Figure("Web process: import", _spread(seconds, "{:.2f} s"), "<= 0.6 s", took <= 0.6)
    told = "yes" if models else "no"
    yield Figure("Web process: imports linebot.v3.messaging", told, "no", not models)


def memory(found: Mapping[str, Rounds]) -> Iterator[Figure]:
    """Figure 4, second half: what the processes hold after the load."""
    for case, rounds in found.items():
        pss = max(rounds.web_pss)
        aimed = ("<= 60 MiB", pss <= 60) if case != "E" else ()
        yield Figure(f"{case}: PSS of the largest web worker", f"{pss:.0f} MiB", *aimed)
        if rounds.bulk_pss:
            bulk = max(rounds.bulk_pss)
            told = f"{bulk:.0f} MiB"
            yield Figure(f"{case}: PSS of the bulk worker", told, "<= 130 MiB", bulk <= 130)


def markdown(machine: Sequence[tuple[str, str]], figures: Sequence[Figure]) -> str:
    """The report, as it is printed and kept in docs/benchmarks.md."""
    lines = ["| Machine | |", "|---|---|", *(f"| {what} | {value} |" for what, value in machine)]
    lines += ["", "| Figure | Measured | Aim | Met |", "|---|---|---|---|"]
    words = {True: "yes", False: "**no**", None: ""}
    lines += [f"| {f.name} | {f.measured} | {f.aim} | {words[f.met]} |" for f in figures]
    return "\n".join(lines) + "\n"


def _mid(values: Sequence[float]) -> float:
    return statistics.median(values)


def _spread(values: Sequence[float], form: str) -> str:
    low, high = form.format(min(values)), form.format(max(values))
    return f"{form.format(_mid(values))} ({low} to {high})"


def _ratio(name: str, value: float, aim: str, met: bool, aimed: bool = True) -> Figure:
    return Figure(name, f"{value:.2f}", *((aim, met) if aimed else ()))
