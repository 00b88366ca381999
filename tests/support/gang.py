"""Three people at two accounts of two providers, each with members, mail and tokens of their own.

Every call goes through the product's routes with tokens that LINE has really signed, and LINE is
asked over HTTP whether access tokens live. Only the rows are taken away between two sequences.
"""

import json
import re
from contextlib import suppress
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import delete, select
from werkzeug.security import generate_password_hash

from app.db import db, transaction
from app.domain.accounts import queries as accounts
from app.domain.cards.models import CardCode
from app.domain.links import passwords, proofs, web
from app.domain.links.asker import Asker
from app.domain.links.models import Link, LinkClaim, LinkTry, WebSession
from app.domain.members import service as members
from app.domain.people import queries as people
from app.domain.people import service as persons
from app.errors import TsunaguError
from app.facts.models import Fact
from app.liff.identity import COOKIE
from app.outbox.models import MailItem, OutboxItem
from sandbox.logins import LiffApp, LoginChannel
from sandbox.server import Handle
from sandbox.user_tokens import UserTokens
from sandbox.world import Account, Person
from tests.support.cast import add_account
from tests.support.members import a_shop

_API = "/liff/api/"
_OBJECT = re.compile("<[^>]+>")
ACCOUNTS = ("main", "osaka")
PEOPLE = ("hanako", "emma", "mallory")
SCOPES = ["openid", "profile"]
# Hanako's family shares an address, so that a proof of hers may wait for a choice.
OWNERS = {"hanako": ("A", "A2"), "emma": ("B",), "mallory": ("M",)}


class Gang:
    """The cast, and how each of them calls the shop."""

    def __init__(self, app: Flask, line: Handle) -> None:
        a_shop()
        self._app = app
        self._client = app.test_client(use_cookies=False)
        self._world = line.world
        self._tokens: dict[tuple[str, str], tuple[str, str]] = {}
        for slug in ACCOUNTS:
            self._open(line, slug)
        self.members = {
            name: members.add({"name": name, "email": f"{owner}@example.jp"})
            for owner, names in OWNERS.items()
            for name in names
        }
        for owner, names in OWNERS.items():
            quick = generate_password_hash(password(owner), "scrypt:1024:8:1")
            passwords.keep(self.members[names[0]], quick)
        self.user_ids: dict[str, set[str]] = {person: set() for person in PEOPLE}
        for (person, slug), _ in self._tokens.items():
            account = line.world.accounts[slug]
            self.user_ids[person].add(line.world.user_id(account, line.world.person(person)))

    def call(
        self,
        person: str,
        account: str,
        method: str,
        path: str,
        *,
        outside: bool = False,
        **body: Any,
    ) -> Any:
        """One call of somebody's page, answered as (status, JSON).

        `outside`: from a browser outside of LINE, where they have logged in.
        """
        headers = self._outside(person, account) if outside else self._inside(person, account)
        url = f"/liff/api/{path}?account={account}"
        answer = self._client.open(url, method=method, json=body, headers=headers)
        db.session.remove()
        if path == "unlink" and answer.status_code == 200:
            self._log_in(person, account)  # LINE has ended her tokens with the link.
        return answer.status_code, json.loads(answer.data)

    def routes(self) -> list[tuple[str, str]]:
        """Every method and path below /liff/api, about the object that is there first."""
        found = []
        for rule in self._app.url_map.iter_rules():
            if rule.rule.startswith(_API):
                path = _OBJECT.sub("1", rule.rule.removeprefix(_API))
                found += [
                    (method, path)
                    for method in sorted({"GET", "POST", "PUT"} & (rule.methods or set()))
                ]
        return sorted(found)

    def begin_login(self, person: str, account: str) -> str:
        """Somebody writes 連携 in a talk that leads to the login of the member site."""
        token = proofs.begin_login(self._asker(person, account), "LINE's link token")
        db.session.remove()
        return token

    def log_in(self, session: str, written: str, password: str) -> str:
        """Somebody fills in that login; answers the nonce they are sent on with, if any."""
        try:
            return proofs.log_in(session, written, password)[1]
        except TsunaguError:
            return ""
        finally:
            db.session.remove()

    def sent_on(self, person: str, account: str, nonce: str) -> None:
        """LINE says that this very person opened the page with this nonce."""
        with suppress(TsunaguError):
            proofs.redeem(self._asker(person, account), nonce)
        db.session.remove()

    def codes(self, owner: str) -> list[str]:
        """The codes in somebody's mail, newest first."""
        rows = db.session.scalars(select(MailItem).order_by(MailItem.id.desc())).all()
        mails = [row for row in rows if row.address == f"{owner}@example.jp"]
        return [code for row in mails if (code := orjson.loads(row.data or b"{}").get("code"))]

    def owners(self) -> list[tuple[str, str]]:
        """Who is linked to which member: (person, name of the member)."""
        names = {member_id: name for name, member_id in self.members.items()}
        rows = db.session.execute(select(Link.person_id, Link.member_id).filter_by(ended_at=None))
        found = [(self._person(person_id), names.get(member, "new")) for person_id, member in rows]
        db.session.remove()
        return found

    def forget(self) -> None:
        """Take away what a sequence has left."""
        with transaction():
            told = (Fact, OutboxItem, MailItem)
            for table in (LinkClaim, LinkTry, CardCode, Link, WebSession, *told):
                db.session.execute(delete(table))

    def _inside(self, person: str, account: str) -> dict[str, str]:
        id_token, access_token = self._tokens[person, account]
        return {"Authorization": f"Bearer {id_token}", "X-LINE-Access-Token": access_token}

    def _outside(self, person: str, account: str) -> dict[str, str]:
        _, access_token = self._tokens[person, account]
        session = web.open_session(self._asker(person, account), access_token)
        db.session.remove()
        return {"Cookie": f"{COOKIE}={session}", "X-Requested-With": "tsunagu"}

    def _asker(self, person: str, slug: str) -> Asker:
        front = accounts.front(slug)
        user_id = self._world.user_id(self._world.accounts[slug], self._world.person(person))
        person_id = persons.meet(front.provider_id, user_id, name=person, picture_url=None)
        return Asker(person_id, user_id, front.account_id, front.provider_id)

    def _person(self, person_id: int) -> str:
        user_id = people.profile(person_id).user_id
        return next(person for person, ids in self.user_ids.items() if user_id in ids)

    def _open(self, line: Handle, slug: str) -> None:
        world, number = line.world, _channel_id(slug)
        if slug not in world.accounts:
            world.add_account(Account(slug, slug, "http://127.0.0.1:9/", provider=slug))
        channel = LoginChannel(slug, provider=world.accounts[slug].provider, channel_id=number)
        liff = LiffApp(number, "http://127.0.0.1:9/liff/", liff_id=f"{number}-x", scopes=SCOPES)
        world.logins.channels.put(channel)
        world.logins.apps.put(liff)
        bot = f"U{ACCOUNTS.index(slug):032d}"
        add_account(slug, provider=slug, bot_user_id=bot, login_channel_id=number, liff_id="x")
        for person in PEOPLE:
            if person not in world.people:
                world.add_person(Person(person, person))
            self._log_in(person, slug)

    def _log_in(self, person: str, slug: str) -> None:
        logins = self._world.logins
        channel = logins.channels[_channel_id(slug)]
        logins.grant(channel, person, SCOPES)
        liff = logins.apps[f"{channel.channel_id}-x"]
        token, id_token = UserTokens(self._world).open_liff(channel, liff, person, talk=None)
        assert id_token
        self._tokens[person, slug] = id_token, token.token


def password(owner: str) -> str:
    """What only this owner knows."""
    return f"{owner}'s password"


def _channel_id(slug: str) -> str:
    return str(2000000001 + ACCOUNTS.index(slug))
