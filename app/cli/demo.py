"""`make demo`: the demo shop こもれび珈琲 with a LINE Platform of its own, on this machine alone.

Keys are made at the first start and kept in instance/demo.json, so a second start keeps its data.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import yaml
from cryptography.fernet import Fernet

from app.cli.family import Family
from app.config import INSTANCE, environment

_KEYS = INSTANCE / "demo.json"
_STARTUP = 20.0  # Seconds the sandbox may take to listen.

_WORLD = Path("sandbox/worlds/komorebi.yaml")
_OWN_WORLD = INSTANCE / "demo-world.yaml"
_SHOP = "http://127.0.0.1:8000/"  # Where that world looks for the shop's server.


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port of the shop's server.")
@click.option("--sandbox-port", default=8100, show_default=True, help="Port of the sandbox.")
def demo(port: int, sandbox_port: int) -> None:
    """Start sandbox, web server and worker; Ctrl-C stops them all."""
    for busy in (port, sandbox_port):
        _refuse_if_taken(busy)
    account = _account(port)
    env = environment(**_settings(account, port, sandbox_port))
    family = Family(env)
    try:
        family.add(_sandbox(sandbox_port))
        _wait_for(sandbox_port)
        flask = ("-m", "flask", "--app", "wsgi")
        if subprocess.run(_python(*flask, "seed"), env=env, check=False).returncode:
            raise click.ClickException("the demo shop could not be set up")
        family.add(_python(*flask, "serve", "--port", port, "--with-parent", os.getpid()))
        _wait_for(port)
        _welcome(port, sandbox_port)
        status = family.live()
    finally:
        family.stop()
    sys.exit(status)


def _account(port: int) -> dict[str, str]:
    """The demo world's account; the world is told of our port."""
    INSTANCE.mkdir(exist_ok=True)
    words = _WORLD.read_text().replace(_SHOP, f"http://127.0.0.1:{port}/")
    _OWN_WORLD.write_text(words)
    account: dict[str, str] = yaml.safe_load(words)["accounts"][0]
    return account


def _settings(account: dict[str, str], port: int, sandbox_port: int) -> dict[str, str]:
    return _keys() | {
        "DATABASE_URL": f"sqlite:///{(INSTANCE / 'demo.sqlite').absolute()}",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "LINE_API_BASE": f"http://127.0.0.1:{sandbox_port}",
        "LINE_CHANNEL_SECRET": account["channel_secret"],
        "LINE_CHANNEL_ACCESS_TOKEN": account["access_token"],
        "LOG_LEVEL": "WARNING",
    }


def _keys() -> dict[str, str]:
    if not _KEYS.exists():
        keys = {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        }
        _KEYS.touch(mode=0o600)
        _KEYS.write_text(json.dumps(keys))
    keys = json.loads(_KEYS.read_text())
    return {name: keys[name] for name in ("SECRET_KEY", "ENCRYPTION_KEYS")}


def _sandbox(port: int) -> list[str]:
    run = _python("-m", "sandbox", "--port", port, "--with-parent", os.getpid())
    return [*run, "--world", str(_OWN_WORLD), "--data", str(INSTANCE / "sandbox.sqlite")]


def _python(*arguments: str | int | Path) -> list[str]:
    return [sys.executable, *map(str, arguments)]


def _refuse_if_taken(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise click.ClickException(
                f"ポート {port} は使用中です / port {port} is in use; stop what uses it, or choose"
                " others: .venv/bin/python -m app.cli.demo --port 8001 --sandbox-port 8101"
            )


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _STARTUP
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise click.ClickException(f"nothing listens on port {port} after {_STARTUP:.0f} s")


def _welcome(port: int, sandbox_port: int) -> None:
    click.echo(
        f"\n  こもれび珈琲 is open / 開店しました\n\n"
        f"  Phone / 電話     http://127.0.0.1:{sandbox_port}/phone/\n"
        f"  Server / サーバー http://127.0.0.1:{port}/readyz\n\n"
        f"  Stop / 終了      Ctrl-C\n"
    )


if __name__ == "__main__":
    demo()
