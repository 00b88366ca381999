"""How long a large file of members takes to come in and go out, and how much memory.

    python -m bench.members [--rows 100000] [--database postgresql://...] [--format csv|json]

`flask members` is run as a shop runs it, a process for each command: import of new members, the
same file again, import of a change of each member, export. The database must be empty.
"""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cryptography.fernet import Fernet

from app.domain.members.rules import check_digit

_SECONDS, _MIB = 60, 300  # The aims, for 100,000 rows.
_COMPANY = """
from app.domain.shops import service
from app.factory import create_app

with create_app().app_context():
    service.set_company("Bench")
"""
_HEADERS = (
    *("会員番号", "氏名", "フリガナ", "生年月日", "性別", "電話番号", "メールアドレス"),
    *("郵便番号", "都道府県", "市区町村", "番地・建物", "会員ランク"),
    *("external_id:ec", "consent:news"),
)
_FIELDS = (
    *("number", "name", "kana", "birthday", "gender", "phone", "email", "postal_code"),
    *("prefecture", "city", "street", "tier", "external_id:ec", "consent:news"),
)


@click.command()
@click.option("--rows", default=100_000, show_default=True)
@click.option("--database", help="Address of an empty database; SQLite in a folder by default.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
def main(rows: int, database: str | None, form: str) -> None:
    """Measure, and print seconds and memory."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        env = os.environ | {
            "DATABASE_URL": database or f"sqlite:///{folder / 'shop.sqlite'}",
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "SECRET_KEY": "x" * 32,
            "LOG_LEVEL": "WARNING",
        }
        _flask(env, "migrate", "up")
        subprocess.run([sys.executable, "-c", _COMPANY], env=env, check=True)
        new, later = folder / f"new.{form}", folder / f"later.{form}"
        _write(new, rows, "レギュラー", form)
        _write(later, rows, "ゴールド", form)
        for told, file in (("new", new), ("the same again", new), ("each changed", later)):
            _report(f"import, {told}", *_flask(env, "members", "import", file, "--format", form))
        out = folder / f"out.{form}"
        _report("export", *_flask(env, "members", "export", out, "--format", form))


def _report(told: str, seconds: float, cpu: float, mib: float, last: str) -> None:
    met = "yes" if seconds <= _SECONDS and mib <= _MIB else "no"
    aim = f"aim {_SECONDS} s, {_MIB} MiB: {met}"
    click.echo(f"{told}: {seconds:.1f} s ({cpu:.1f} s of CPU), {mib:.0f} MiB ({aim}) {last}")


def _flask(env: dict[str, str], *arguments: object) -> tuple[float, float, float, str]:
    """Run a command; answers its seconds, those of CPU, its most MiB, and its last line."""
    began = time.monotonic()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *map(str, arguments)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    said = process.stdout.read().splitlines()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"{arguments} failed")
    cpu = used.ru_utime + used.ru_stime
    return time.monotonic() - began, cpu, used.ru_maxrss / 1024, said[-1] if said else ""


def _write(file: Path, rows: int, tier: str, form: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        if form == "csv":
            writer = csv.writer(out)
            writer.writerow(_HEADERS)
            writer.writerows(_rows(rows, tier))
        else:
            for row in _rows(rows, tier):
                out.write(
                    json.dumps(dict(zip(_FIELDS, row, strict=True)), ensure_ascii=False) + "\n"
                )


def _rows(number: int, tier: str) -> Iterator[list[str]]:
    for one in range(number):
        digits = f"9{one:014d}"
        yield [
            digits + check_digit(digits),
            f"山田 花子{one}",
            "ヤマダ ハナコ",
            f"{1950 + one % 60}/{one % 12 + 1}/{one % 28 + 1}",
            ("男性", "女性", "")[one % 3],
            f"090-{one // 10_000:04d}-{one % 10_000:04d}",
            f"member{one}@example.jp",
            "150-0001",
            "東京都",
            "渋谷区",
            f"神宮前{one % 9 + 1}-2-3 コーポ木漏れ日{one % 500}号",
            tier,
            f"EC{one:08d}",
            ("はい", "いいえ")[one % 2],
        ]


if __name__ == "__main__":
    main()
