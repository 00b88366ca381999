"""What stories about linking need: a member, their mail, and what became of them."""

import re

from app.domain.links import passwords, queries
from app.domain.members import queries as members
from app.passwords import hashed
from tests.support.members import EMAIL, a_member
from tests.support.phone import Phone
from tests.support.shop import Shop
from tests.support.visitor import Answer, InLine


def member(shop: Shop, password: str | None = None) -> int:
    """A member of the shop; answers the id."""
    with shop.app.app_context():
        member_id = a_member()
        if password:
            passwords.keep(member_id, hashed(password))
        return member_id


def mailed_code(shop: Shop) -> str:
    """The code of the next mail to the member."""
    found = re.search(r"\b[0-9]{6}\b", shop.mail_to(EMAIL))
    assert found
    return found[0]


def linked_members(shop: Shop) -> list[int]:
    """The members whose LINE is linked, by the number of their people."""
    with shop.app.app_context():
        return [len(queries.people_of(card.id)) for card in members.by_email(EMAIL)]


def said(phone: Phone, words: str) -> bool:
    """Whether the account has said this; what linking gives may be said after it."""
    return any(bubble.startswith(words) for bubble in phone.screen)


def prove(shop: Shop, who: InLine, written: str = EMAIL) -> Answer:
    """Link with the code of the mail."""
    session = who.post("link/start", who=written).json["session"]
    return who.post("link/prove", session=session, code=mailed_code(shop))
