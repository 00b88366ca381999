"""What can be ordered where and when, as the page /liff/order asks for it (docs/orders.md)."""

import mimetypes
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, request, send_file, url_for
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app import access
from app.domain.catalogue import favourites, tax
from app.domain.catalogue import limits as catalogue_limits
from app.domain.catalogue import queries as catalogue
from app.domain.catalogue.allergens import ALLERGENS
from app.domain.catalogue.definition import OptionGroup
from app.domain.catalogue.queries import Item, Offer
from app.domain.links.asker import Asker
from app.domain.orders import baskets, limits, openings, pricing, rules, slots
from app.domain.orders.definition import NewLine
from app.domain.orders.definition import read as defined
from app.domain.orders.errors import NotDelivered
from app.domain.shops import queries as shops
from app.domain.shops.errors import NoSuchStore
from app.liff.identity import as_person
from app.liff.orders import Line, Moment, Text, quote_of, whose
from app.web.bodies import Body, read
from app.web.errors import BadBody

bp = Blueprint("liff_order_menu", __name__, url_prefix="/liff")

Json = dict[str, Any]
_Code = Annotated[Text, Field(min_length=1, max_length=catalogue_limits.CODE)]
_Lines = Annotated[list[Line], Field(max_length=limits.LINES)]
_Way = Literal["pickup", "delivery"]


class Picked(Body):
    """A basket; none of them clears it."""

    store: _Code
    lines: _Lines


class Asked(Picked):
    """What would be ordered for when; `postal_code` of where it goes."""

    way: _Way
    slot_at: Moment
    postal_code: Annotated[str, Field(max_length=20)] = ""


class Liked(Body):
    product: _Code
    liked: bool


class _Where(BaseModel):
    model_config = ConfigDict(extra="ignore")

    store: _Code
    way: _Way = "pickup"
    postal_code: Annotated[str, Field(max_length=20)] = ""


@bp.get("/api/order/menu")
@as_person
def menu(asker: Asker) -> Json:
    """A store's menu now, and what of it the person likes."""
    found = catalogue.menu(_store_id(_where().store))
    return {
        "categories": [{"code": each.code, "name": each.name} for each in found.categories],
        "items": [_item(each) for each in found.items],
        "liked": favourites.liked(whose(asker)),
    }


@bp.get("/api/order/search")
@as_person
def search(_asker: Asker) -> Json:
    """Which products of a store's menu have these words; codes."""
    found = catalogue.search(
        _store_id(_where().store), request.args.get("words", "").replace("\x00", "")
    )
    return {"found": [each.code for each in found]}


@bp.post("/api/order/like")
@as_person
def like(asker: Asker) -> Json:
    """Note that the person likes a product, or does not any more."""
    wanted = read(Liked)
    change = favourites.like if wanted.liked else favourites.unlike
    change(wanted.product, whose(asker))
    return {"liked": favourites.liked(whose(asker))}


@bp.put("/api/order/basket")
@as_person
def keep(asker: Asker) -> Json:
    """Keep what the person has picked, until they come again."""
    wanted = read(Picked)
    baskets.keep(asker.person_id, wanted.store, [line.model_dump() for line in wanted.lines])
    return {}


@bp.get("/api/order/slots")
@as_person
def moments(_asker: Asker) -> Json:
    """The moments that can be ordered for, with what is left of each."""
    wanted = _where()
    found = openings.left(_store_id(wanted.store), wanted.way)
    return {"slots": [{"at": moment.isoformat(), "left": left} for moment, left in found]}


@bp.get("/api/order/area")
@as_person
def area(_asker: Asker) -> Json:
    """Minimum and fee of a delivery to a postcode."""
    wanted = _where()
    found = rules.area_of(slots.areas(_store_id(wanted.store)), _digits(wanted.postal_code))
    if found is None:
        raise NotDelivered("not there")
    return {"minimum": found.minimum, "fee": found.fee}


@bp.post("/api/order/quote")
@as_person
def quote(_asker: Asker) -> Json:
    """What it would cost; nothing is placed or held."""
    wanted = read(Asked)
    lines = [defined(NewLine, line.model_dump()) for line in wanted.lines]
    place = (wanted.store, wanted.way, wanted.slot_at)
    return quote_of(pricing.quote(*place, lines, _digits(wanted.postal_code)))


@bp.get("/products/<path:name>")
@access.anyone
def picture(name: str) -> Response:
    """A picture that a product names; no other file can be had."""
    file = catalogue.picture_file(name)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    answer = send_file(file, mimetype=kind, max_age=3600)
    # A drawing opened by itself is a page, which must not do anything.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _item(item: Item) -> Json:
    """A product on a menu in both languages; prices have their tax."""
    of = item.sizes[0]
    known = None if item.allergens is None else [_allergen(code) for code in item.allergens]
    return {
        **{name: getattr(item, name) for name in ("code", "name", "text", "category")},
        "picture": _picture(item.picture),
        "allergens": known,
        "options": [_group(group, of) for group in item.options],
        "sizes": [_size(offer) for offer in item.sizes],
    }


def _digits(postal_code: str) -> str:
    """A postcode as people write it, without what is no digit."""
    return "".join(str(int(sign)) for sign in postal_code if sign.isdecimal())


def _size(offer: Offer) -> Json:
    return {
        "code": offer.code,
        "name": offer.name,
        "price": offer.shown,
        "state": offer.state,
        "left": offer.left,
        "next_at": offer.next_at.isoformat() if offer.next_at else None,
    }


def _group(group: OptionGroup, of: Offer) -> Json:
    choices = [
        {
            "code": choice.code,
            "name": choice.name,
            "price": tax.with_tax(choice.price, of.tax, of.tax_included),
        }
        for choice in group.choices
    ]
    plain = ("code", "name", "min", "max")
    return {**{name: getattr(group, name) for name in plain}, "choices": choices}


def _allergen(code: str) -> Json:
    ja, en = ALLERGENS[code]
    return {"ja": ja, "en": en}


def _picture(named: str | None) -> str | None:
    if named is None or named.startswith("https://"):
        return named
    return url_for("liff_order_menu.picture", name=named)


def _where() -> _Where:
    try:
        return _Where.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise BadBody([str(problem["loc"][0]) for problem in error.errors()]) from None


def _store_id(code: str) -> int:
    found = shops.store_ids().get(code)
    if found is None:
        raise NoSuchStore("no such store")
    return found
