"""`flask account`: official accounts."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.domain.accounts import queries, service
from app.domain.accounts.service import NewAccount
from app.domain.coupons import gifts
from app.domain.hooks import service as hooks
from app.domain.staff import service as staff
from app.line import sdk
from app.line.channel import Channel
from app.outbox import mail


@click.group("account", cls=CalmGroup)
def group() -> None:
    """Add and look after official accounts. Secrets are asked for, or read from a pipe."""


@group.command("add")
@click.argument("slug")
@click.option(
    "--provider", default="main", show_default=True, help="LINE's provider of the channel."
)
@click.option("--login-channel-id", help="Id of the LINE Login channel.")
@click.option("--liff-id", help="Id of the LIFF app.")
@click.option("--channel-secret", prompt=True, hide_input=True)
@click.option("--access-token", prompt=True, hide_input=True)
@with_appcontext
def add(
    slug: str,
    provider: str,
    login_channel_id: str | None,
    liff_id: str | None,
    channel_secret: str,
    access_token: str,
) -> None:
    """Add an account, whose webhook will be /webhook/SLUG; its name and id are asked from LINE."""
    base = current_app.config["LINE_API_BASE"]
    info = sdk.bot_info(Channel(0, base, access_token))
    service.add(
        NewAccount(
            slug, info.display_name, info.user_id, channel_secret, access_token, provider,
            login_channel_id=login_channel_id, liff_id=liff_id,
        )
    )  # fmt: skip
    click.echo(
        f"added {slug}: webhook {current_app.extensions['settings'].base_url}/webhook/{slug}"
    )


@group.command("list")
@with_appcontext
def show_all() -> None:
    """List the accounts, and why one is paused."""
    for account in queries.everyone():
        state = (
            f"paused ({account.paused}): {account.pause_reason}" if account.paused else "sending"
        )
        click.echo(f"{account.slug:20} {account.name:30} {state}")


@group.command("resume")
@click.argument("slug")
@with_appcontext
def resume(slug: str) -> None:
    """Send again for a paused account."""
    service.resume(slug)


@group.command("set-token")
@click.argument("slug")
@click.option("--access-token", prompt=True, hide_input=True)
@with_appcontext
def set_token(slug: str, access_token: str) -> None:
    """Replace the channel access token of SLUG."""
    service.change_token(slug, access_token)


@group.command("set-login")
@click.argument("slug")
@click.option("--login-channel-id", required=True, help="Id of the LINE Login channel.")
@click.option("--liff-id", help="Id of the LIFF app; without one the talk leads to a login.")
@click.option("--login-channel-secret", prompt=True, hide_input=True)
@with_appcontext
def set_login(
    slug: str, login_channel_id: str, liff_id: str | None, login_channel_secret: str
) -> None:
    """Say which LINE Login channel and LIFF app belong to SLUG (docs/liff.md)."""
    service.set_login(slug, login_channel_id, login_channel_secret, liff_id)


@group.command("stage-secret")
@click.argument("slug")
@click.option("--channel-secret", prompt=True, hide_input=True)
@with_appcontext
def stage_secret(slug: str, channel_secret: str) -> None:
    """Accept a new channel secret beside the present one, before it is changed at LINE."""
    service.stage_secret(slug, channel_secret)


@group.command("promote-secret")
@click.argument("slug")
@with_appcontext
def promote_secret(slug: str) -> None:
    """Accept only the staged secret, after it was changed at LINE."""
    service.promote_secret(slug)


@group.command("rotate-keys")
@with_appcontext
def rotate_keys() -> None:
    """Seal all secrets with the first of ENCRYPTION_KEYS; then the older keys can go."""
    click.echo(f"sealed the secrets of {service.reseal_secrets()} accounts anew")
    click.echo(f"and {mail.reseal()} e-mails that wait, {gifts.reseal()} gift codes")
    click.echo(f"and the second factors of {staff.reseal()} staff, {hooks.reseal()} endpoints")
