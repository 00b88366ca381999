"""The member card, as the page /liff/card asks for it: who it is, and the code to be scanned."""

from typing import Any

from flask import Blueprint, request

from app import clock
from app.domain.cards import limits
from app.domain.cards import queries as uses
from app.domain.links import cards, queries
from app.domain.links.asker import Asker
from app.domain.links.errors import NotLinked
from app.domain.members import queries as members
from app.domain.points import queries as points
from app.domain.points.rules import Tier
from app.domain.shops import queries as shops
from app.i18n import Language, in_language, language_of
from app.liff.identity import as_person
from app.web import bars, qr
from app.web.bodies import Body, read
from app.web.errors import BadBody

bp = Blueprint("liff_card", __name__, url_prefix="/liff/api/card")

Json = dict[str, Any]

_LATEST_MS = 4_102_444_800_000  # The year 2100.


@bp.get("")
@as_person
def card(asker: Asker) -> Json:
    """What is written on the card."""
    member = members.member(_member(asker))
    return {
        "member": {
            "name": member.name,
            "number": member.number,
            "tier": member.tier,
            "suspended": member.suspended_at is not None,
        },
        "bars": _bars(member.number),
        "standing": _standing(member.id, language_of(asker.language)),
    }


@bp.post("/code")
@as_person
def code(asker: Asker) -> tuple[Json, int]:
    """A new code: its drawing, for how many seconds to show it, and when to ask for the next."""
    read(Body)
    minted = cards.mint(asker)
    drawn = qr.drawing(minted.code)
    return {
        "code": minted.code,
        "qr": {"size": drawn.size, "path": drawn.path},
        "shown_for": limits.LIFE_SECONDS,
        "renew_in": limits.RENEW_SECONDS,
        "since": clock.to_ms(minted.issued_at),
    }, 201


@bp.get("/used")
@as_person
def used(asker: Asker) -> Json:
    """The first use of the person's codes after `since`, the moment of the first code shown."""
    found = uses.used(asker.person_id, clock.from_ms(_since()))
    if not found:
        return {"used": None}
    name = shops.store_names().get(found[0].store_id, {"ja": ""})
    store = in_language(name, language_of(asker.language))
    return {"used": {"at": found[0].at.isoformat(), "store": store}}


def _bars(number: str) -> Json | None:
    """The number as a bar code for tills that read nothing else; None where the shop has none."""
    if not shops.shows_bars():
        return None
    drawn = bars.drawing(number)
    return {"width": drawn.width, "height": bars.HEIGHT, "path": drawn.path}


def _standing(member_id: int, language: Language) -> Json | None:
    """Points and the way to the next tier; None where the shop keeps no points."""
    if not points.kept():
        return None
    stands = points.standing(member_id)
    return {
        "balance": stands.balance,
        "tier": _named(stands.tier, language),
        "next_tier": _named(stands.next_tier, language),
        "to_next": stands.to_next,
        "keeping": stands.keeping,
        "basis": stands.basis,
        "progress": stands.progress,
        "expiring": [
            {"date": one.day.isoformat(), "points": one.points} for one in stands.expiring
        ],
    }


def _named(tier: Tier | None, language: Language) -> str | None:
    return in_language(tier.name, language) if tier else None


def _member(asker: Asker) -> int:
    member_id = queries.member_of(asker.person_id)
    if member_id is None:
        raise NotLinked(f"person {asker.person_id}")
    return member_id


def _since() -> int:
    given = request.args.get("since", "")
    if not (given.isascii() and given.isdigit() and int(given) <= _LATEST_MS):
        raise BadBody(["since"])
    return int(given)
