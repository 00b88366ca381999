"""The words of e-mails: letters by name, each a subject and a plain text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from app.messages.registry import TOKYO
from app.messages.translator import Translator
from app.messages.words import TextError

# Name -> the texts of its subject and of itself. Each is told `shop`, and `name` where it is known.
LETTERS: Final[Mapping[str, tuple[str, str]]] = {
    # Data: `code` (six digits), `minutes` (how long it is good for).
    "mail.link_code": ("mail.link_code.subject", "mail.link_code.text"),
    "mail.email_code": ("mail.email_code.subject", "mail.email_code.text"),
    # No data: somebody tried too often to link the membership.
    "mail.too_many_tries": ("mail.too_many_tries.subject", "mail.too_many_tries.text"),
    # No data: the membership is linked to another LINE account from now on.
    "mail.relinked": ("mail.relinked.subject", "mail.relinked.text"),
    # Data: `link`, which works once; `days` or `minutes`, how long it is good for.
    "mail.staff_invite": ("mail.staff_invite.subject", "mail.staff_invite.text"),
    "mail.staff_reset": ("mail.staff_reset.subject", "mail.staff_reset.text"),
    # To the owners. Data: `pool` of gift codes by its name, `left` of them, `shop`.
    "mail.gifts_low": ("mail.gifts_low.subject", "mail.gifts_low.text"),
    "mail.gifts_empty": ("mail.gifts_empty.subject", "mail.gifts_empty.text"),
}


class BadLetter(ValueError):
    """There is no such letter, or its data do not fit; the text names keys, nothing personal."""


@dataclass(frozen=True)
class Words:
    """A finished letter."""

    subject: str
    text: str


def write(
    name: str, data: Mapping[str, Any], *, language: str | None, zone: tzinfo = TOKYO
) -> Words:
    """The letter in a language, with its data in place; raises BadLetter."""
    if name not in LETTERS:
        raise BadLetter(f"there is no letter {name!r}")
    values = dict(data)
    person, shop = values.pop("name", None), str(values.pop("shop", ""))
    t = Translator(language, person_name=person, shop=shop, zone=zone)
    try:
        subject, text = (str(t(key, **values)) for key in LETTERS[name])
    except TextError as wrong:
        raise BadLetter(str(wrong)) from wrong
    return Words(subject, f"{text.rstrip()}\n")
