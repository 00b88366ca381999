"""A member's points, as the page /liff/points asks for them."""

from typing import Annotated, Any, Literal

from flask import Blueprint, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app import clock
from app.domain.links import queries as links
from app.domain.links.asker import Asker
from app.domain.links.errors import NotLinked
from app.domain.points import queries
from app.domain.points.errors import BadPoints
from app.domain.points.queries import Happened, Standing
from app.domain.points.rules import Tier
from app.domain.shops import queries as shops
from app.i18n import Language, in_language
from app.liff.identity import as_person
from app.liff.pages import language

bp = Blueprint("liff_points", __name__, url_prefix="/liff/api/points")

Json = dict[str, Any]

_KINDS = {
    "all": (),
    "earned": ("earn", "incentive", "birthday"),
    "spent": ("redeem",),
    "ended": ("expire",),
    "corrected": ("adjust", "reverse", "void"),
}


class Wanted(BaseModel):
    """Which part of the history: its kind, and older than which row."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["all", "earned", "spent", "ended", "corrected"] = "all"
    older: Annotated[int, Field(ge=1, lt=2**53)] | None = None


@bp.get("")
@as_person
def points(asker: Asker) -> Json:
    """The balance, what ends when, and the tier; with the newest of the history."""
    member_id = _member(asker)
    return {**_standing(queries.standing(member_id), language()), **_history(member_id, Wanted())}


@bp.get("/history")
@as_person
def history(asker: Asker) -> Json:
    """A page of what happened, newest first."""
    try:
        wanted = Wanted.model_validate(request.args.to_dict())
    except ValidationError:
        raise BadPoints("no such part of the history") from None
    return _history(_member(asker), wanted)


def _member(asker: Asker) -> int:
    member_id = links.member_of(asker.person_id)
    if member_id is None:
        raise NotLinked(f"person {asker.person_id}")
    return member_id


def _standing(standing: Standing, spoken: Language) -> Json:
    return {
        "balance": standing.balance,
        "expiring": [
            {"day": each.day.isoformat(), "points": each.points} for each in standing.expiring
        ],
        "tier": _tier(standing.tier, spoken),
        "next_tier": _tier(standing.next_tier, spoken),
        "to_next": standing.to_next,
        "keeping": standing.keeping,
        "progress": standing.progress,
        "basis": standing.basis,
    }


def _tier(tier: Tier | None, spoken: Language) -> str | None:
    return in_language(tier.name, spoken) if tier else None


def _history(member_id: int, wanted: Wanted) -> Json:
    page = queries.history(member_id, _KINDS[wanted.kind], wanted.older)
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    return {"rows": [_row(row, codes) for row in page.rows], "older": page.older}


def _row(row: Happened, codes: dict[int, str]) -> Json:
    plain = ("id", "kind", "points", "balance", "paid", "undone")
    store = codes.get(row.store_id or 0)
    day = row.at.astimezone(clock.zone()).date().isoformat()
    return {**{name: getattr(row, name) for name in plain}, "day": day, "store": store}
