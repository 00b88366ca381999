"""The first official account comes from the settings, so that a fresh start needs no command."""

import click
from flask import current_app

from app.config import Settings
from app.domain.accounts import queries, service
from app.domain.accounts.service import NewAccount
from app.line import sdk
from app.line.channel import Channel

SLUG = "main"


def make() -> None:
    """Add the account of the LINE_* settings if there is none yet.

    One that was added without its LINE Login channel gets it once the settings name it.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.line_channel_secret is None or settings.line_channel_access_token is None:
        return
    present = queries.everyone()
    if not present:
        token = settings.line_channel_access_token.get_secret_value()
        service.add(_account(settings, token, *_bot(settings, token)))
    elif present[0].slug == SLUG and present[0].login_channel_id is None:
        _give_login(settings)


def _give_login(settings: Settings) -> None:
    if settings.line_login_channel_id is None:
        return
    secret = settings.line_login_channel_secret
    service.set_login(
        SLUG,
        settings.line_login_channel_id,
        secret.get_secret_value() if secret else None,
        settings.liff_id,
    )


def _account(settings: Settings, token: str, user_id: str, name: str) -> NewAccount:
    secret, login = settings.line_channel_secret, settings.line_login_channel_secret
    return NewAccount(
        slug=SLUG,
        name=name,
        bot_user_id=user_id,
        channel_secret=secret.get_secret_value() if secret else "",
        access_token=token,
        login_channel_id=settings.line_login_channel_id,
        login_channel_secret=login.get_secret_value() if login else None,
        liff_id=settings.liff_id,
    )


def _bot(settings: Settings, token: str) -> tuple[str, str]:
    """The account's user id and name, asked from LINE where the settings do not say."""
    if settings.line_bot_user_id:
        return settings.line_bot_user_id, SLUG
    info = sdk.bot_info(Channel(0, settings.line_api_base, token))
    click.echo(f"LINE calls this account {info.display_name} ({info.basic_id})")
    return info.user_id, info.display_name
