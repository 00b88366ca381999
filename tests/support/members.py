"""A shop whose members link their LINE, at the level of verbs; and mail that can be read."""

import re
from typing import Any

import orjson
from sqlalchemy import select

from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.links.asker import Asker
from app.domain.members import service as members
from app.domain.people import service as people
from app.domain.shops import service as shops
from app.outbox.models import MailItem

EMAIL = "yamada@example.jp"  # Nobody of the demo shop has it.


def a_shop() -> None:
    """The company, without which there are no members."""
    shops.set_company("こもれび珈琲")


def a_member(email: str = EMAIL, **changes: str) -> int:
    """A member; answers the id."""
    return members.add({"name": "山田 花子", "email": email, **changes})


def asker(account_id: int, user_id: str = "U" + "1" * 32, **changes: Any) -> Asker:
    """A person at an account, whom LINE has named."""
    provider_id = accounts.provider_of(account_id)
    person_id = people.meet(provider_id, user_id, name="花子", picture_url=None)
    return Asker(person_id, user_id, account_id, provider_id, **changes)


def letters(name: str | None = None) -> list[MailItem]:
    """The mails that wait, oldest first."""
    wanted = select(MailItem).order_by(MailItem.id)
    return list(db.session.scalars(wanted.filter_by(letter=name) if name else wanted))


def code(letter: str = "mail.link_code") -> str:
    """The code of the newest mail."""
    data = orjson.loads(letters(letter)[-1].data or b"{}")
    assert re.fullmatch("[0-9]{6}", data["code"])
    return str(data["code"])
