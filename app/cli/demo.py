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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import yaml
from cryptography.fernet import Fernet

from app.cli.family import Family
from app.config import INSTANCE, environment

_KEYS = INSTANCE / "demo.json"
_DRAWING = 5.0  # Seconds that the shop's opening waits for its menus.
_STARTUP = 20.0  # Seconds the sandbox may take to listen.

_MAIL = 25  # The sandbox's mail server has a port so much above its own.

_WORLD = Path("sandbox/worlds/komorebi.yaml")
_OWN_WORLD = INSTANCE / "demo-world.yaml"
_SHOP = "http://127.0.0.1:8000/"  # Where that world looks for the shop's server.


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port of the shop's server.")
@click.option("--sandbox-port", default=8100, show_default=True, help="Port of the sandbox.")
def demo(port: int, sandbox_port: int) -> None:
    """Start sandbox, web server and worker; Ctrl-C stops them all."""
    for busy in (port, sandbox_port, sandbox_port + _MAIL):
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
        with _menus(_python(*flask, "richmenu", "apply"), env):
            _wait_for(port)
            _welcome(port, sandbox_port)
            status = family.live()
    finally:
        family.stop()
    sys.exit(status)


@contextmanager
def _menus(command: list[str], env: dict[str, str]) -> Iterator[None]:
    """Put up the shop's rich menus; a second start finds them there. All else works without them.

    The shop opens without them if drawing takes long; they appear as soon as they are done.
    """
    putting_up = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        with suppress(subprocess.TimeoutExpired):
            putting_up.wait(_DRAWING)
        yield
    finally:
        putting_up.terminate()
        putting_up.wait()


def _account(port: int) -> dict[str, str]:
    """The demo world's account; the world is told of our port."""
    INSTANCE.mkdir(exist_ok=True)
    words = _WORLD.read_text().replace(_SHOP, f"http://127.0.0.1:{port}/")
    _OWN_WORLD.write_text(words)
    world = yaml.safe_load(words)
    login, liff = world["login_channels"][0], world["liff_apps"][0]
    account: dict[str, str] = world["accounts"][0] | {
        "login_channel_id": login["channel_id"],
        "login_channel_secret": login["channel_secret"],
        "liff_id": liff["liff_id"],
    }
    return account


def _settings(account: dict[str, str], port: int, sandbox_port: int) -> dict[str, str]:
    return _keys() | {
        "DATABASE_URL": f"sqlite:///{(INSTANCE / 'demo.sqlite').absolute()}",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "LINE_API_BASE": f"http://127.0.0.1:{sandbox_port}",
        "LINE_CHANNEL_SECRET": account["channel_secret"],
        "LINE_CHANNEL_ACCESS_TOKEN": account["access_token"],
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sandbox_port + _MAIL),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "shop@komorebi.example",
        "LINE_LOGIN_CHANNEL_ID": account["login_channel_id"],
        "LINE_LOGIN_CHANNEL_SECRET": account["login_channel_secret"],
        "LIFF_ID": account["liff_id"],
        "WEBHOOKS_LOCAL": "true",
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
    run = _python("-m", "sandbox", "--port", port, "--smtp-port", port + _MAIL)
    run += ["--with-parent", str(os.getpid())]
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
        f"  Phone / 電話     http://127.0.0.1:{sandbox_port}/phone/ (with its mailbox / メールも)\n"
        f"  Staff / スタッフ  http://127.0.0.1:{port}/staff/\n"
        f"                   owner@komorebi.example, clerk@komorebi.example: komorebi\n"
        f"  Server / サーバー http://127.0.0.1:{port}/readyz\n\n"
        f"  Stop / 終了      Ctrl-C\n"
    )


if __name__ == "__main__":
    demo()
