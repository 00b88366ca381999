"""/api/v1/members: look members up, read them, add and change them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from app.api.bodies import Code, Line, Page, PageQuery, Shown, page
from app.api.resource import Call, Kept, Resource, etag_of
from app.domain.files.errors import Problem
from app.domain.members import agreed, queries, rules, upsert
from app.domain.members import service as members
from app.domain.members.errors import BadMember, BadValue
from app.domain.members.queries import MemberCard
from app.domain.members.transfer.matching import external_ids_of
from app.domain.shops import queries as shops
from app.errors import TsunaguError
from app.web.bodies import Body

resource = Resource("members", "The company's customers, whether they are on LINE or not.")

ONE = "/members/<int:member_id>"

Value = Line | Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)] | Annotated[
    float, Field(strict=True, allow_inf_nan=False)
] | Annotated[bool, Field(strict=True)] | None  # fmt: skip
Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
System = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,19}$")]


class MemberShown(Shown):
    id: int
    number: str
    name: str
    kana: str | None
    birthday: date | None
    gender: Literal["male", "female", "other"] | None
    phone: Annotated[str | None, Field(description="E.164")]
    email: str | None
    postal_code: Annotated[str | None, Field(description="seven digits")]
    prefecture: str | None
    city: str | None
    street: str | None
    store: Annotated[str | None, Field(description="code of the usual store")]
    tier: str | None
    attributes: dict[str, str | int | float | bool]
    external_ids: dict[str, str]
    consents: dict[str, bool]
    suspended_at: datetime | None


class MemberWritten(Body):
    """A record. A field that is not there stays as it is; null or an empty text empties it."""

    number: Line | None = None
    name: Line | None = None
    kana: Line | None = None
    birthday: Annotated[Line | None, Field(description="such as 2001-02-03")] = None
    gender: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    postal_code: Line | None = None
    prefecture: Line | None = None
    city: Line | None = None
    street: Line | None = None
    store: Annotated[Line | None, Field(description="code of the usual store")] = None
    tier: Line | None = None
    attributes: Annotated[dict[Code, Value], Field(default_factory=dict, max_length=50)]
    external_ids: Annotated[dict[System, Line | None], Field(default_factory=dict, max_length=20)]
    consents: Annotated[dict[Purpose, bool], Field(default_factory=dict, max_length=20)]
    consent_versions: Annotated[dict[Purpose, Line], Field(default_factory=dict, max_length=20)]

    def record(self) -> dict[str, Any]:
        """What was written, and nothing else."""
        return self.model_dump(exclude_unset=True)


class ExternalId(Body):
    system: System
    id: Annotated[Line, Field(min_length=1, max_length=100)]


class LookUp(Body):
    """Exactly one of these."""

    number: Line | None = None
    external_id: ExternalId | None = None
    email: Line | None = None
    phone: Line | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len([value for _, value in self if value is not None]) != 1:
            raise ValueError("exactly one of number, external_id, email and phone")
        return self


class Found(Shown):
    """Families share addresses, so there may be several."""

    items: list[MemberShown]


class Changed(TsunaguError):
    """If-Match names another state of the thing than the present one."""

    status = 412
    code = "changed_meanwhile"


@resource.read("/members", "members.read", Page[MemberShown], query=PageQuery)
def everybody(call: Call) -> Any:
    """All members, oldest first."""
    query: PageQuery = call.asked
    cards = queries.some(after=query.after() or 0, limit=query.limit + 1)
    return page(cards, query.limit, all_shown)


@resource.read("/members/look-ups", "members.read", Found, method="POST", takes=LookUp)
def look_up(call: Call) -> Any:
    """Members by number, external id, e-mail address or phone. A POST, because addresses of calls
    are kept in logs; it changes nothing and needs no Idempotency-Key."""
    asked: LookUp = call.asked
    return {"items": all_shown(_found(asked))}


@resource.read(ONE, "members.read", MemberShown, etag=True, refusals={404: "no_such_member"})
def one(call: Call, member_id: int) -> Any:
    """One member."""
    return shown(queries.member(member_id))


def _as_now(kept: dict[str, int]) -> dict[str, Any]:
    return shown(queries.member(kept["member"]))


@resource.write(
    "POST", "/members", "members.write", MemberShown, takes=MemberWritten, statuses=(200, 201),
    shows=_as_now, etag=True, refusals={409: "member_taken"},
)  # fmt: skip
def put(call: Call) -> Kept:
    """Add a member, or change the one whose external id or else number this is."""
    asked: MemberWritten = call.asked
    member_id, new = upsert.put(asked.record())
    return Kept({"member": member_id}, 201 if new else 200)


@resource.write(
    "PATCH", ONE, "members.write", MemberShown, takes=MemberWritten, shows=_as_now, etag=True,
    refusals={404: "no_such_member", 409: "member_taken", 412: "changed_meanwhile"},
)  # fmt: skip
def change(call: Call, member_id: int) -> Kept:
    """Change what is written. With If-Match only if the member is still as it was read."""
    asked: MemberWritten = call.asked
    members.lock([member_id])
    before = shown(queries.member(member_id))
    if call.if_match not in (None, "*", f'"{etag_of(MemberShown, before)}"'):
        raise Changed(f"member {member_id}")
    upsert.change(member_id, asked.record())
    return Kept({"member": member_id})


def shown(card: MemberCard) -> dict[str, Any]:
    """A member as MemberShown has it."""
    return all_shown([card])[0]


def all_shown(cards: Sequence[MemberCard]) -> list[dict[str, Any]]:
    """The same for several, with one read of each kind."""
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    numbers = [card.id for card in cards]
    ids, said = external_ids_of(numbers), agreed.newest(numbers)
    return [
        vars(card)
        | {
            "store": codes.get(card.store_id or 0),
            "external_ids": ids.get(card.id, {}),
            "consents": {purpose: last.given for purpose, last in said.get(card.id, {}).items()},
        }
        for card in cards
    ]


def _found(asked: LookUp) -> list[MemberCard]:
    try:
        if asked.number is not None:
            return _listed(queries.by_number(rules.number(asked.number)))
        if asked.external_id is not None:
            known = asked.external_id
            return _listed(queries.by_external_id(known.system, known.id))
        if asked.email is not None:
            return queries.by_email(rules.email(asked.email))
        return queries.by_phone(rules.phone(asked.phone or ""))
    except BadValue as error:
        field = next(name for name, value in asked if value is not None)
        raise BadMember([Problem(field, error.ja, error.en)]) from error


def _listed(card: MemberCard | None) -> list[MemberCard]:
    return [] if card is None else [card]
