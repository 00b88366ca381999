"""What the commands share: calm refusals, in one line without a traceback, and bounds."""

from typing import Any

import click

from app.errors import TsunaguError
from app.line.errors import LineError

ROW_ID = click.IntRange(1, 2**63 - 1)
LIMIT = click.IntRange(1, 10_000)


class CalmCommand(click.Command):
    """A command whose refusals are told in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TsunaguError as error:
            raise click.ClickException(f"{error.code}: {error}") from error
        except LineError as error:
            raise click.ClickException(f"LINE refused: {error}") from error


class CalmGroup(click.Group):
    """A group of such commands."""

    command_class = CalmCommand
