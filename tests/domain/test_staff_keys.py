"""/staff/keys: an owner makes a key, sees it once, and ends it."""

import re

import pytest
from flask import Flask

from app.domain.keys import service
from app.domain.shops import queries as shops
from tests.support.cast import add_store
from tests.support.pages import desk
from tests.support.staff import an_owner, hired

PAGE = "/staff/keys"

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("inside"),
]


def test_a_key_is_shown_once_and_ended(app: Flask, account: int) -> None:
    owner = an_owner()
    add_store("ginza")
    at = desk(app, owner)
    hidden = at.hidden(PAGE)
    form = {"name": "POS 銀座", "scope": "orders.read", "store": "ginza"}
    status, made = at.send(PAGE, hidden, **form)
    secret = re.search(r"tsk_[\w-]+", made.partition('id="secret"')[2])
    assert (status, bool(secret)) == (200, True)
    caller = service.enter(secret[0]) if secret else None
    assert caller
    assert (caller.scopes, caller.store_id) == ({"orders.read"}, shops.store_ids()["ginza"])
    assert at.send(PAGE, hidden, **form) == (303, f"{PAGE}?done=made_before")
    assert secret
    assert secret[0] not in at.open(PAGE)
    assert at.send(PAGE, at.hidden(PAGE), name="x")[0] == 422
    assert at.send(f"{PAGE}/{caller.key_id}/revoke", at.hidden(PAGE))[0] == 303
    assert service.enter(secret[0]) is None
    assert desk(app, hired(owner, "manager")).client.get(PAGE).status_code == 403
