"""A browser where somebody of the staff is logged in, for the pages that are forms."""

import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient

from app.db import transaction
from app.domain.staff import sessions
from app.domain.staff.actor import Actor
from app.staff.identity import COOKIE
from tests.support.staff import BROWSER

HTML = {"Accept": "text/html", "Accept-Language": "ja"}
SECRETS = re.compile(r'name="(csrf|key)" value="([^"]+)"')

Answer = tuple[int, str]


@dataclass
class Desk:
    """A browser where somebody of the staff is logged in."""

    client: FlaskClient
    actor: Actor

    def open(self, path: str) -> str:
        """The text of a page."""
        answer = self.client.get(path, headers=HTML)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the first form of a page."""
        return dict(reversed(SECRETS.findall(self.open(path))))

    def send(self, to: str, hidden: dict[str, str], **form: str) -> Answer:
        """Send a form; answers the status, and where it leads or else what it says."""
        answer = self.client.post(to, data={**hidden, **form}, headers=HTML)
        return answer.status_code, answer.location or answer.text

    def do(self, act: str, member_id: int, **form: str) -> Answer:
        """Open a member and send one of the forms there."""
        return self.act(f"/staff/members/{member_id}", act, **form)

    def act(self, page: str, act: str, **form: str) -> Answer:
        """Open a page and send the form for an act there."""
        return self.send(f"{page}/{act}", self.hidden(page), **form)


def desk(app: Flask, actor: Actor) -> Desk:
    """The browser of somebody of the staff."""
    client = app.test_client()
    with transaction():
        token = sessions.open_session(sessions.locked(actor.staff_id), BROWSER, proved=True).token
    client.set_cookie(COOKIE, token, secure=True)
    client.environ_base |= {"wsgi.url_scheme": "https", "SERVER_PORT": "443"}
    return Desk(client, actor)
