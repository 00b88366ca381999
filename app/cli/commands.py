"""The commands of `flask --app wsgi`, each imported when it is called for."""

from importlib import import_module

from click import Command, Context
from flask import Flask
from flask.cli import AppGroup

_PLACES = {
    "account": ("accounts", "group"),
    "audit": ("audit", "group"),
    "catalogue": ("catalogue", "group"),
    "coupon": ("coupons", "group"),
    "doctor": ("invariants", "doctor"),
    "hooks": ("hooks", "group"),
    "inbox": ("inbox", "group"),
    "keys": ("keys", "group"),
    "mail": ("mail", "group"),
    "members": ("members", "group"),
    "migrate": ("migrate", "group"),
    "orders": ("orders", "group"),
    "outbox": ("outbox", "group"),
    "points": ("points", "group"),
    "reservations": ("reservations", "group"),
    "richmenu": ("richmenu", "group"),
    "seed": ("seed", "seed"),
    "serve": ("serve", "serve"),
    "staff": ("staff", "group"),
    "web": ("serve", "web"),
    "worker": ("serve", "worker"),
}


class _Commands(AppGroup):
    """Our commands by name; the web server, which needs none, does not pay for their imports."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Called for `--help`."""
        return sorted(_PLACES)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Called for each command that is run or listed."""
        if cmd_name not in _PLACES:
            return None
        module, name = _PLACES[cmd_name]
        command: Command = getattr(import_module(f"app.cli.{module}"), name)
        return command


def install(app: Flask) -> None:
    """Add our commands to the app."""
    app.cli = _Commands("app")
