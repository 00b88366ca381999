"""Sessions of people who logged in with LINE in a browser outside of LINE."""

from sqlalchemy import update

from app import clock
from app.db import db, transaction
from app.domain.links import rules
from app.domain.links.asker import Asker
from app.domain.links.models import WebSession


def open_session(asker: Asker, access_token: str) -> str:
    """Let the person in for half an hour; answers the token for the cookie."""
    token = rules.new_token()
    with transaction():
        db.session.add(
            WebSession(
                token_hash=rules.fingerprint(token),
                person_id=asker.person_id,
                account_id=asker.account_id,
                access_token=access_token,
                email=asker.email,
                expires_at=clock.now() + rules.WEB_LIFE,
            )
        )
    return token


def end_session(session_id: int) -> None:
    """The person logs out."""
    with transaction():
        db.session.execute(update(WebSession).filter_by(id=session_id).values(ended_at=clock.now()))
