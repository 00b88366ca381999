"""What the figures were measured on."""

import os
import platform
import re
import sqlite3
import statistics
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import psutil
import psycopg
from redis import Redis

_SYNCS = 200


def describe(postgres: str | None, redis: str | None, folder: Path) -> Sequence[tuple[str, str]]:
    """Name and value of what matters; `folder` is where the SQLite files lie."""
    cores, memory = psutil.cpu_count(), psutil.virtual_memory().total / 2**30
    packages = ("gunicorn", "flask", "sqlalchemy", "psycopg", "line-bot-sdk", "urllib3", "orjson")
    return [
        ("Processor", f"{_processor()}, {cores} cores, {memory:.0f} GiB"),
        ("Load before the run", f"{os.getloadavg()[0]:.1f} processes"),
        ("Disk", f"one write of 4 KiB with fdatasync: {_sync_us(folder):.0f} us (median)"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("SQLite", f"{sqlite3.sqlite_version}, WAL, synchronous=FULL"),
        ("PostgreSQL", _postgres(postgres) if postgres else "none found"),
        ("Redis", _redis(redis) if redis else "none found"),
        ("Packages", ", ".join(f"{name} {version(name)}" for name in packages)),
    ]


def _processor() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def _sync_us(folder: Path) -> float:
    """The floor under every commit that is on disk before it is answered."""
    took = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for number in range(_SYNCS):
            begin = perf_counter()
            os.pwrite(file.fileno(), bytes(4096), number * 4096)
            os.fdatasync(file.fileno())
            took.append((perf_counter() - begin) * 1e6)
    return statistics.median(took)


def _postgres(url: str) -> str:
    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1)) as connection:
        names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        values = [connection.execute(f"SHOW {name}").fetchone() for name in names]
    told = [str(value[0]) if value else "?" for value in values]
    return told[0] + "".join(f", {n}={v}" for n, v in zip(names[1:], told[1:], strict=True))


def _redis(url: str) -> str:
    with Redis.from_url(url) as redis:
        return str(redis.info("server")["redis_version"])
