"""A member's coupons and gift codes, as the page /liff/coupons asks for them."""

import mimetypes
from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, Response, send_file, url_for
from pydantic import Field

from app import access, clock
from app.domain.cards import limits as cards
from app.domain.coupons import queries, rules, typed
from app.domain.coupons.queries import CouponCard, GiftCard
from app.domain.links import coupons as showing
from app.domain.links import queries as links
from app.domain.links.asker import Asker
from app.domain.links.errors import NotLinked
from app.domain.shops import queries as shops
from app.liff.identity import as_live_person, as_person
from app.web import qr
from app.web.bodies import Body, read

bp = Blueprint("liff_coupons", __name__, url_prefix="/liff")

Json = dict[str, Any]


class Typed(Body):
    """`key` is the page's own for this press of its button: repeated, it brings no second one."""

    code: Annotated[str, Field(min_length=1, max_length=100)]
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,40}$")]


@bp.get("/api/coupons")
@as_person
def wallet(asker: Asker) -> Json:
    """All coupons of the person's member, and which gift codes they have."""
    found = queries.wallet(_member(asker))
    names = _store_names()
    kinds = ("usable", "soon", "used", "expired")
    shown = {kind: [_coupon(card, names) for card in getattr(found, kind)] for kind in kinds}
    return {**shown, "gifts": [_gift(gift) for gift in found.gifts]}


@bp.get("/api/coupons/<int(max=9223372036854775807):grant_id>")
@as_person
def one(asker: Asker, grant_id: int) -> Json:
    """One of the person's coupons; the page looks whether it was used."""
    return _coupon(queries.card(grant_id, _member(asker)), _store_names())


@bp.post("/api/coupons/<int(max=9223372036854775807):grant_id>/code")
@as_person
def code(asker: Asker, grant_id: int) -> tuple[Json, int]:
    """A new code to be scanned: its drawing, how long to show it, when to ask for the next."""
    read(Body)
    minted = showing.mint(asker, grant_id)
    drawn = qr.drawing(minted.code)
    return {
        "code": minted.code,
        "qr": {"size": drawn.size, "path": drawn.path},
        "shown_for": cards.LIFE_SECONDS,
        "renew_in": cards.RENEW_SECONDS,
    }, 201


@bp.post("/api/coupons/typed")
@as_person
def type_in(asker: Asker) -> tuple[Json, int]:
    """Give the person the coupon whose code they typed."""
    member_id, wanted = _member(asker), read(Typed)
    cause = f"liff/{asker.person_id}/{wanted.key}"
    grant_id = typed.redeem(asker.person_id, member_id, wanted.code, cause=cause)
    return _coupon(queries.card(grant_id, member_id), _store_names()), 201


@bp.post("/api/gifts/<int(max=9223372036854775807):gift_id>")
@as_live_person
def gift_code(asker: Asker, gift_id: int) -> Json:
    """A gift code itself: worth money to whoever reads it, so LINE is asked who that is."""
    read(Body)
    return {"code": queries.gift_code(gift_id, _member(asker))}


@bp.get("/pictures/<path:name>")
@access.anyone
def picture(name: str) -> Response:
    """A picture that a coupon names; no other file can be had."""
    file = queries.picture_file(name)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    answer = send_file(file, mimetype=kind, max_age=3600)
    # A drawing opened by itself is a page, which must not do anything.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _coupon(card: CouponCard, names: dict[str, Json]) -> Json:
    """Texts in both languages; days are the shop's, `until` being the last good one."""
    until = rules.last_day(card.until, clock.zone()) if card.until else None
    return {
        **{name: getattr(card, name) for name in ("id", "title", "text", "combinable", "state")},
        "picture": _picture(card.picture),
        "stores": [names[code] for code in card.stores if code in names],
        "from": _day(card.starts_at),
        "until": until.isoformat() if until else None,
        "used": _day(card.used_at),
    }


def _gift(gift: GiftCard) -> Json:
    return {"id": gift.id, "title": gift.title, "text": gift.text, "at": _day(gift.taken_at)}


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.zone()).date().isoformat() if moment else None


def _picture(named: str | None) -> str | None:
    if named is None or named.startswith("https://"):
        return named
    return url_for("liff_coupons.picture", name=named)


def _store_names() -> dict[str, Json]:
    return {store.code: dict(store.name) for store in shops.stores()}


def _member(asker: Asker) -> int:
    member_id = links.member_of(asker.person_id)
    if member_id is None:
        raise NotLinked(f"person {asker.person_id}")
    return member_id
