"""Verbs about categories and products. What a store makes of them is in store_items and stock.

Whoever changes a product holds its row, so that prices change one after another and the history of
prices is whole.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain.catalogue import limits, queries, rules
from app.domain.catalogue.definition import NewCategory, NewProduct, read
from app.domain.catalogue.errors import (
    BadCatalogue,
    CatalogueChanged,
    CategoryInUse,
    NoSuchCategory,
    NoSuchProduct,
)
from app.domain.catalogue.models import Category, PriceChange, Product, Variant
from app.domain.files.errors import Problem

_PART = 500  # Products that are read and written at once.


@dataclass(frozen=True)
class Saved:
    """What an upsert did, in products or store items."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Saved") -> "Saved":
        return Saved(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )


def put_category(written: Mapping[str, Any]) -> int:
    """Save a category under its code (see NewCategory); answers its id. Raises BadCatalogue."""
    new = read(NewCategory, written)
    with transaction():
        row = db.session.scalar(select(Category).filter_by(code=new.code).with_for_update())
        row = row or Category(code=new.code)
        row.name, row.position = dict(new.name.items()), new.position
        db.session.add(row)
        db.session.flush()  # A new category has its id only now.
        return row.id


def delete_category(code: str) -> None:
    """Take a category away; raises NoSuchCategory, and CategoryInUse while products are in it."""
    with transaction():
        row = db.session.scalar(select(Category).filter_by(code=code).with_for_update())
        if row is None:
            raise NoSuchCategory("no such category")
        if db.session.scalar(select(Product.id).filter_by(category_id=row.id).limit(1)):
            raise CategoryInUse("products are in it")
        db.session.execute(delete(Category).where(Category.id == row.id))


def put_product(written: Mapping[str, Any], *, cause: str) -> Saved:
    """Save one whole product under its code (see NewProduct). Raises as put_products does.

    `cause` (120 characters) names what brings it about, for the history of prices.
    """
    return put_products([read(NewProduct, written)], cause=cause)


def change_product(code: str, written: Mapping[str, Any], *, cause: str) -> Saved:
    """Change only the fields that are written; `variants`, if written, is the whole list.

    Raises NoSuchProduct, and as put_products does.
    """
    with transaction():
        if db.session.scalar(select(Product.id).filter_by(code=code).with_for_update()) is None:
            raise NoSuchProduct("no such product")
        known = queries.defined([code])[code].model_dump()
        return put_product({**known, **written, "code": code}, cause=cause)


def put_products(
    products: Sequence[NewProduct], *, cause: str, seen: Mapping[str, datetime] | None = None
) -> Saved:
    """Save products under their codes, all of them or none, in one transaction.

    Variants that a product does not list any more are retired: they stay for orders, and come back
    when they are listed again. Raises BadCatalogue for a code that is there twice, a category that
    is not there, or another product's variant; its problems' fields are `0.category`, counted from
    the first product. Raises CatalogueChanged where the same was added at the same moment, or where
    a product was changed since it was `seen` (code -> its `updated_at` then).
    """
    check_cause(cause)
    if problems := doubles(products):
        raise BadCatalogue(problems)
    saved = Saved()
    try:
        with transaction():
            for first in range(0, len(products), _PART):
                saved += _Part(products[first : first + _PART], first).put(cause, seen or {})
    except IntegrityError as error:
        raise CatalogueChanged("added at the same moment") from error
    return saved


def doubles(products: Sequence[NewProduct]) -> list[Problem]:
    """Products and variants that are there twice; fields are `0.code`, `0.variants`."""
    problems: list[Problem] = []
    seen: set[str] = set()
    variants: set[str] = set()
    for number, new in enumerate(products):
        if new.code in seen:
            problems.append(Problem(f"{number}.code", "前にもあります", "is there twice"))
        codes = {variant.code for variant in new.variants}
        if codes & variants:
            problems.append(Problem(f"{number}.variants", "前にもあります", "are there twice"))
        seen.add(new.code)
        variants |= codes
    return problems


def strangers(
    products: Sequence[NewProduct], categories: Container[str], owners: Mapping[str, str]
) -> list[Problem]:
    """Categories that are not there, and variants whose owner (code -> product's code) is another.

    Fields are `0.category`, `0.variants`.
    """
    problems = []
    for number, new in enumerate(products):
        if new.category is not None and new.category not in categories:
            words = ("そのカテゴリーはありません", "is no category")
            problems.append(Problem(f"{number}.category", *words))
        if any(owners.get(each.code, new.code) != new.code for each in new.variants):
            words = ("別の商品のものです", "are another product's")
            problems.append(Problem(f"{number}.variants", *words))
    return problems


class _Part:
    """Some hundred products that are saved at once, `first` the number of the first of them."""

    def __init__(self, products: Sequence[NewProduct], first: int) -> None:
        self._new, self._first = products, first
        codes = [new.code for new in products]
        # In the order of their ids, so that two calls do not wait for each other.
        locked = select(Product).where(Product.code.in_(codes)).order_by(Product.id)
        locked = locked.with_for_update().execution_options(populate_existing=True)
        self._rows = {row.code: row for row in db.session.scalars(locked)}
        self._known = queries.defined(codes)
        self._categories = queries.category_ids()
        self._variants = self._found_variants()

    def put(self, cause: str, seen: Mapping[str, datetime]) -> Saved:
        """Save them; answers what changed."""
        self._refuse(seen)
        added = [new for new in self._new if new.code not in self._rows]
        changed = [
            new for new in self._new if new.code in self._rows and new != self._known[new.code]
        ]
        for new in (*added, *changed):
            self._put_product(new)
        db.session.flush()  # New products have their ids only now.
        prices = [change for new in (*added, *changed) for change in self._put_variants(new)]
        db.session.flush()
        self._note(prices, cause)
        return Saved(len(added), len(changed), len(self._new) - len(added) - len(changed))

    def _found_variants(self) -> dict[str, Variant]:
        """All variants that these products have or name, whosoever they are, by code."""
        named = [variant.code for new in self._new for variant in new.variants]
        ids = [row.id for row in self._rows.values()]
        found = db.session.scalars(
            select(Variant)
            .where(Variant.code.in_(named) | Variant.product_id.in_(ids))
            .execution_options(populate_existing=True)
        )
        return {variant.code: variant for variant in found}

    def _refuse(self, seen: Mapping[str, datetime]) -> None:
        ours = {row.id: row.code for row in self._rows.values()}
        owners = {code: ours.get(each.product_id, "") for code, each in self._variants.items()}
        if problems := strangers(self._new, self._categories, owners):
            raise BadCatalogue([_counted(problem, self._first) for problem in problems])
        now = {code: row.updated_at for code, row in self._rows.items()}
        if any(now.get(new.code) != seen.get(new.code, now.get(new.code)) for new in self._new):
            raise CatalogueChanged("changed meanwhile")

    def _put_product(self, new: NewProduct) -> None:
        row = self._rows.setdefault(new.code, Product(code=new.code))
        for name in ("name", "text", "picture", "tax", "tax_included", "allergens", "times"):
            setattr(row, name, getattr(new, name))
        row.options = [group.model_dump() for group in new.options]
        row.category_id = self._categories[new.category] if new.category else None
        row.active, row.updated_at = new.active, clock.now()
        row.words = rules.search_words(" ".join((new.code, *new.name.values())))
        db.session.add(row)

    def _put_variants(self, new: NewProduct) -> list[tuple[Variant, int | None, int]]:
        """Save the variants of a product; answers which prices changed, from what to what."""
        row, changes = self._rows[new.code], []
        for position, wanted in enumerate(new.variants):
            variant = self._variants.get(wanted.code)
            old = variant.price if variant else None
            variant = variant or Variant(product_id=row.id, code=wanted.code)
            if old != wanted.price:
                changes.append((variant, old, wanted.price))
            variant.name = dict(wanted.name.items()) if wanted.name else None
            variant.price, variant.position, variant.active = wanted.price, position, True
            db.session.add(variant)
        listed = {wanted.code for wanted in new.variants}
        for variant in self._variants.values():
            if variant.product_id == row.id and variant.code not in listed:
                variant.active = False
        return changes

    def _note(self, prices: list[tuple[Variant, int | None, int]], cause: str) -> None:
        same = {"store_id": None, "at": clock.now(), "cause": cause}
        rows = [
            {"variant_id": variant.id, "old": old, "new": new, **same}
            for variant, old, new in prices
        ]
        if rows:
            db.session.execute(insert(cast(Table, PriceChange.__table__)), rows)


def _counted(problem: Problem, first: int) -> Problem:
    """A problem of a part of a list, counted from the list's begin."""
    number, _, field = problem.field.partition(".")
    return Problem(f"{int(number) + first}.{field}", problem.ja, problem.en)


def check_cause(cause: str) -> str:
    """A cause that can be kept; raises ValueError, for causes are our own words."""
    if not 0 < len(cause) <= limits.CAUSE:
        raise ValueError("a cause has 1 to 120 characters")
    return cause
