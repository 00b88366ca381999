"""How long it takes to draw the QR code of a member card: `python -m bench.card`."""

import statistics
from collections.abc import Callable
from time import perf_counter

import click
from qrcode.main import QRCode

from app.domain.cards import rules
from app.web import qr


def main(count: int = 500) -> None:
    """Print the median and the 95th percentile of our drawing, and the library's own for scale."""
    ours = _timed(qr.drawing, count)
    click.echo(f"QR of the card as SVG path: {_told(ours)} (aim: <= 1 ms)")
    click.echo(
        f"the library's matrix alone, all masks tried: {_told(_timed(_library, count // 10))}"
    )


def _library(code: str) -> None:
    made: QRCode = QRCode()
    made.add_data(code)
    made.make()


def _timed(draw: Callable[[str], object], count: int) -> list[float]:
    draw(rules.new_code())  # The library computes its tables once.
    times = []
    for code in [rules.new_code() for _ in range(count)]:
        begun = perf_counter()
        draw(code)
        times.append((perf_counter() - begun) * 1000)
    return times


def _told(times: list[float]) -> str:
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"p50 {statistics.median(times):.2f} ms, p95 {p95:.2f} ms"


if __name__ == "__main__":
    main()
