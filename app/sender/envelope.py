"""A mail as it is sent: plain text with headers that nothing in a value can break out of."""

from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from app.messages.mail import Words
from app.outbox.mail_work import Item

_LONGEST_NAME = 60  # Characters of a shop's name beside the address.


class BadEnvelope(ValueError):
    """The address or a header cannot be written; the text holds nothing personal."""


@dataclass(frozen=True)
class From:
    """Who writes: the address, and the name shown beside it, which may be empty."""

    address: str
    name: str


def envelope(item: Item, words: Words, to: str, sender: From) -> EmailMessage:
    """The mail, byte for byte the same at each try of a row; raises BadEnvelope."""
    mail = EmailMessage(policy.SMTP)
    try:
        name = sender.name[:_LONGEST_NAME]
        mail["From"] = Address(name, addr_spec=sender.address)
        mail["To"] = Address(addr_spec=to)
        mail["Subject"] = words.subject
    except (ValueError, MessageError, IndexError, AttributeError) as wrong:
        raise BadEnvelope(f"a header cannot be written: {type(wrong).__name__}") from None
    if not to.isascii() or mail["To"].defects:
        raise BadEnvelope("the address is none")
    mail["Date"] = format_datetime(item.created_at)
    # RFC 5322 3.6.4: one id for one mail, so a try that is repeated brings no second one.
    mail["Message-ID"] = f"<{item.mark}@{sender.address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: nobody's machine answers it.
    mail.set_content(words.text)
    mail["Content-Language"] = item.language
    return mail
