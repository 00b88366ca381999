"""E-mails about linking, queued in the transaction of what they are about."""

from app import clock
from app.domain.accounts import queries as accounts
from app.domain.links import rules
from app.domain.links.asker import Asker
from app.domain.members import queries as members
from app.outbox.mail import Letter, send_mail

_MINUTES = int(rules.LIFE.total_seconds() // 60)
_NOBODY = "nobody@invalid.example"


def send_code(asker: Asker, letter: str, to: str | None, code: str, claim_id: int) -> None:
    """Send the code of a claim, which is good for ten minutes.

    To nobody (None) nothing is sent, but the same rows are written in the same time.
    """
    shop = accounts.known_speaker(asker.account_id).name
    send_mail(
        Letter(letter, {"code": code, "minutes": _MINUTES, "shop": shop}),
        to or _NOBODY,
        language=asker.language,
        dedupe=f"claim/{claim_id}",
        until=clock.now() + rules.LIFE if to else clock.now(),
    )


def warn(member_id: int, letter: str, account_id: int, dedupe: str) -> bool:
    """Tell a member what happened to their membership; answers whether they have an address."""
    address = members.member(member_id).email
    if address:
        shop = accounts.known_speaker(account_id).name
        send_mail(Letter(letter, {"shop": shop}), address, language=None, dedupe=dedupe)
    return bool(address)
