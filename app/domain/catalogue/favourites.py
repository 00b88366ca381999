"""What people like: of a member, or of a person of LINE who is none (yet)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, false, func, or_, select

from app import clock
from app.db import changed, db, insert_once, transaction
from app.domain.catalogue import limits
from app.domain.catalogue.errors import NoSuchProduct, TooManyFavourites
from app.domain.catalogue.models import Favourite, Product


@dataclass(frozen=True)
class Whose:
    """A person, and the member they are linked with. New ones are kept with the member."""

    person_id: int | None
    member_id: int | None = None


def like(product: str, whose: Whose) -> None:
    """Note that they like a product (its code); twice is as good as once.

    Raises NoSuchProduct and TooManyFavourites.
    """
    with transaction():
        product_id = _id(product)
        if product_id in {row.product_id for row in _rows(whose)}:
            return
        count = select(func.count()).select_from(Favourite).where(_of(whose))
        if (db.session.scalar(count) or 0) >= limits.FAVOURITES:
            raise TooManyFavourites("so many are kept")
        person_id = None if whose.member_id else whose.person_id
        owner = {"person_id": person_id, "member_id": whose.member_id}
        insert_once(Favourite, product_id=product_id, at=clock.now(), **owner)


def unlike(product: str, whose: Whose) -> None:
    """They do not like it any more, as the person or as the member. Raises NoSuchProduct."""
    with transaction():
        this = delete(Favourite).where(Favourite.product_id == _id(product), _of(whose))
        changed(this.execution_options(synchronize_session=False))


def liked(whose: Whose) -> list[str]:
    """Codes of the products they like, as the person or as the member, the newest first."""
    wanted = select(Product.code, func.max(Favourite.id)).join(
        Favourite, Favourite.product_id == Product.id
    )
    grouped = wanted.where(_of(whose)).group_by(Product.code)
    return [row.code for row in db.session.execute(grouped.order_by(func.max(Favourite.id).desc()))]


def _rows(whose: Whose) -> Any:
    return db.session.execute(select(Favourite.product_id).where(_of(whose)))


def _of(whose: Whose) -> Any:
    """Their rows; nobody's for whoever is neither a person nor a member."""
    owners = (
        (Favourite.person_id, whose.person_id),
        (Favourite.member_id, whose.member_id),
    )
    return or_(*(column == owner for column, owner in owners if owner is not None), false())


def _id(code: str) -> int:
    found = db.session.scalar(select(Product.id).filter_by(code=code))
    if found is None:
        raise NoSuchProduct("no such product")
    return found
