"""Linking and unlinking, as the page /liff/link asks for it."""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import Field

from app.domain.links import proofs, rules, service
from app.domain.links.asker import Asker
from app.liff.identity import access_token, as_live_person, as_person, front, login_channel
from app.line import identity as line
from app.line.errors import LineError
from app.line.identity import BadToken
from app.web.bodies import Body, read
from app.web.errors import BadBody

bp = Blueprint("liff_link", __name__, url_prefix="/liff/api")

Answer = tuple[dict[str, Any], int]
Session = Annotated[str, Field(min_length=1, max_length=100)]


class Who(Body):
    who: Annotated[str, Field(min_length=1, max_length=300)]


class Proof(Body):
    session: Session
    code: Annotated[str, Field(max_length=20)] | None = None
    password: Annotated[str, Field(max_length=300)] | None = None


class Chosen(Body):
    session: Session
    key: Annotated[str, Field(max_length=10)] | None = None


@bp.post("/link/start")
@as_person
def start(asker: Asker) -> Answer:
    """Begin to prove to be a member; the answer does not tell whether there is one."""
    token = proofs.start(asker, read(Who).who)
    return {"session": token, "expires_in": int(rules.LIFE.total_seconds())}, 202


@bp.post("/link/prove")
@as_live_person
def prove(asker: Asker) -> Answer:
    """Link by the code of the mail, or by the password of the member site."""
    proof = read(Proof)
    if proof.code is not None and proof.password is None:
        proofs.prove_by_code(asker, proof.session, proof.code)
    elif proof.password is not None and proof.code is None:
        proofs.prove_by_password(asker, proof.session, proof.password)
    else:
        raise BadBody(["code", "password"])
    return {"linked": True}, 201


@bp.post("/link/choose")
@as_live_person
def choose(asker: Asker) -> Answer:
    """Link to one of the members that were proved."""
    chosen = read(Chosen)
    proofs.finish(asker, chosen.session, chosen.key)
    return {"linked": True}, 201


@bp.post("/link/relink")
@as_live_person
def relink(asker: Asker) -> Answer:
    """Take over a member who was linked to another LINE user, who is told."""
    chosen = read(Chosen)
    proofs.finish(asker, chosen.session, chosen.key, move=True)
    return {"linked": True}, 201


@bp.post("/unlink")
@as_live_person
def unlink(asker: Asker) -> dict[str, Any]:
    """End the link, then tell LINE; `line_told` says whether LINE has taken it."""
    read(Body)
    service.unlink(asker.person_id)
    return {"linked": False, "line_told": _line_told()}


def _line_told() -> bool:
    try:
        line.deauthorize(login_channel(front()), access_token())
    except (LineError, BadToken):
        return False  # The link has ended all the same; the person can take it back in LINE itself.
    return True
