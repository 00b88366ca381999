"""Joining, and a member's own data, as the pages /liff/link and /liff/profile ask for them."""

from typing import Annotated, Any

from flask import Blueprint, request
from pydantic import Field

from app.db import transaction
from app.domain.files.errors import Problem
from app.domain.links import emails, queries, rules, service
from app.domain.links.asker import Asker
from app.domain.links.errors import NotLinked, TooManyTries
from app.domain.members import postcode, purposes
from app.domain.members import queries as members
from app.domain.members import rules as fields
from app.domain.members import service as writing
from app.domain.members.errors import BadMember, BadValue
from app.errors import NotFound
from app.liff.identity import as_live_person, as_person
from app.liff.me import shown
from app.web.bodies import Body, read
from app.web.errors import BadBody

bp = Blueprint("liff_members", __name__, url_prefix="/liff/api")

Json = dict[str, Any]


class Details(Body):
    """What a member may say about themselves; a field that is left out stays as it is."""

    name: str | None = None
    kana: str | None = None
    email: str | None = None
    phone: str | None = None
    birthday: str | None = None
    gender: str | None = None
    postal_code: str | None = None
    prefecture: str | None = None
    city: str | None = None
    street: str | None = None
    store: str | None = None

    def written(self) -> dict[str, str]:
        """The fields that were sent, without the address of e-mail."""
        sent = self.model_dump(exclude={"email", "consents"}, exclude_unset=True)
        return {name: words or "" for name, words in sent.items()}


class Joining(Details):
    name: str
    consents: dict[str, bool] = Field(default_factory=dict, max_length=20)


class EmailProof(Body):
    session: Annotated[str, Field(min_length=1, max_length=100)]
    code: Annotated[str, Field(max_length=20)]


@bp.post("/join")
@as_live_person
def join(asker: Asker) -> tuple[Json, int]:
    """Become a member. An address that LINE has not verified is saved once its code was typed."""
    wanted = read(Joining)
    address = _address(wanted)
    verified = address is not None and address == _verified(asker)
    written = wanted.written() | ({"email": address or ""} if verified else {})
    if wrong := [*writing.problems(written), *purposes.missing(wanted.consents)]:
        raise BadMember(wrong)
    member_id = service.join(asker, written, purposes.said(wanted.consents))
    number = members.member(member_id).number
    try:
        to_confirm = None if verified else _confirm(asker, address)
    except TooManyTries:  # Who had too many codes is a member all the same.
        to_confirm = None
    unsaved = address is not None and not verified and to_confirm is None
    told = {"confirm_email": to_confirm, "email_unsaved": unsaved}
    return {"linked": True, "number": number, **told}, 201


@bp.put("/profile")
@as_live_person
def change(asker: Asker) -> Json:
    """Change one's own data; a new address of e-mail counts once its code was typed."""
    wanted = read(Details)
    member_id = _member(asker)
    address = _address(wanted)
    present = members.member(member_id).email
    written = wanted.written()
    if wanted.email == "":
        written["email"] = ""
    with transaction():  # All of it, or nothing where no code can be sent.
        to_confirm = _confirm(asker, address) if address != present else None
        writing.change(member_id, written)
    return {**shown(asker), "confirm_email": to_confirm}


@bp.post("/email/prove")
@as_person
def prove_email(asker: Asker) -> Json:
    """Save the new address whose code this is."""
    proof = read(EmailProof)
    return {"email": emails.prove(asker, proof.session, proof.code)}


@bp.put("/consents")
@as_person
def consent(asker: Asker) -> Json:
    """Give or withdraw consents; what is required ends with the membership, not here."""
    member_id = _member(asker)
    given = {name: value for name, value in _flags().items() if not _is_required(name)}
    with transaction():
        for purpose, version, agreed in purposes.said(given):
            writing.consent(member_id, purpose, version, given=agreed)
    return shown(asker)


@bp.get("/address")
@as_person
def address(_asker: Asker) -> Json:
    """The place of a postcode, as far as that is certain."""
    found = postcode.address_of(request.args.get("postal_code", "")[:20])
    if found is None:
        raise NotFound("no such postcode")
    return {"prefecture": found.prefecture, "city": found.city, "street": found.street}


def _flags() -> dict[str, bool]:
    """What was said to purposes that we ask for; raises BadBody, which names the others."""
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise BadBody(["body"])
    asked = {known.purpose for known in purposes.purposes()}
    wrong = [name for name, one in said.items() if name not in asked or not isinstance(one, bool)]
    if wrong:
        raise BadBody(sorted(wrong))
    return said


def _is_required(name: str) -> bool:
    return any(known.required for known in purposes.purposes() if known.purpose == name)


def _member(asker: Asker) -> int:
    member_id = queries.member_of(asker.person_id)
    if member_id is None:
        raise NotLinked(f"person {asker.person_id}")
    return member_id


def _address(wanted: Details) -> str | None:
    if not wanted.email:
        return None
    try:
        return fields.email(wanted.email)
    except BadValue as error:
        raise BadMember([Problem("email", error.ja, error.en)]) from error


def _verified(asker: Asker) -> str | None:
    try:
        return fields.email(asker.email) if asker.email else None
    except BadValue:
        return None  # LINE may know an address of a form that we do not keep.


def _confirm(asker: Asker, address: str | None) -> Json | None:
    if address is None:
        return None
    life = int(rules.LIFE.total_seconds())
    return {"session": emails.start(asker, address), "expires_in": life}
