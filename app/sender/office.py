"""Where our e-mails are handed in, as the settings say."""

from dataclasses import dataclass

from app.config import Settings
from app.sender.envelope import From
from app.sender.smtp import Server


@dataclass(frozen=True)
class Office:
    """The mail server, and who writes; where that has no name, the shop's is shown."""

    server: Server
    sender: From


def office(settings: Settings) -> Office | None:
    """The office of these settings; None where no e-mail can be sent."""
    sender = settings.sender
    if settings.smtp_host is None or sender is None:
        return None
    password = settings.smtp_password
    server = Server(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        password.get_secret_value() if password else None,
    )
    return Office(server, From(sender.addr_spec, sender.display_name))
