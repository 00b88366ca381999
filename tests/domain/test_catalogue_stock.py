"""Whoever comes at once: no more is sold than there is, and nothing of an order in part."""

from collections import Counter
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.domain.catalogue import favourites, queries, stock
from app.domain.catalogue.errors import NoSuchProduct, SoldOut, TooManyFavourites
from app.domain.catalogue.favourites import Whose
from app.domain.catalogue.models import Favourite, StockChange
from tests.support.cast import add_account, add_store
from tests.support.catalogue import a_product, an_item
from tests.support.coupons import a_crowd, all_at_once, broken
from tests.support.members import a_shop, asker

BUYERS = 60
THERE = 50


@pytest.fixture
def ginza(inside: object) -> int:
    a_shop()
    return add_store("ginza")


def storm(app: Flask, store_id: int, cake: int, pie: int) -> Counter[str]:
    """Many orders of two cakes and a pie, in either order; of the cakes there are too few."""
    baskets = ({cake: 2, pie: 1}, {pie: 1, cake: 2})
    return all_at_once(
        app,
        [
            partial(stock.take_stock, store_id, baskets[n % 2], cause=f"order/{n}")
            for n in range(BUYERS)
        ],
    )


def left(store_id: int, *variants: int) -> list[int | None]:
    found = queries.offers(store_id, variants)
    return [found[each].left for each in variants]


def test_no_more_is_sold_than_there_is(app: Flask, ginza: int) -> None:
    cake, pie = a_product("CAKE"), a_product("PIE")
    an_item("ginza", "CAKE", stock=THERE)
    an_item("ginza", "PIE", stock=1000)

    assert storm(app, ginza, cake, pie) == {"done": THERE // 2, "sold_out": BUYERS - THERE // 2}
    assert left(ginza, cake, pie) == [0, 1000 - THERE // 2]
    taken = select(func.count()).where(StockChange.old > StockChange.new)
    assert db.session.scalar(taken) == 2 * (THERE // 2)
    with pytest.raises(SoldOut) as short:
        stock.take_stock(ginza, {cake: 1, pie: 2}, cause="late")
    assert short.value.extra == {"left": {"CAKE": 0}}
    assert broken() == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_without_the_condition_more_is_sold(app: Flask, ginza: int, monkeypatch) -> None:
    monkeypatch.setattr("app.faults._UNSAFE", "take_unchecked")
    cake, pie = a_product("CAKE"), a_product("PIE")
    an_item("ginza", "CAKE", stock=THERE)
    an_item("ginza", "PIE", stock=1000)

    # The database's own constraint is what is left: it breaks the order instead of refusing it.
    with pytest.raises(Exception, match="stock_not_negative"):
        storm(app, ginza, cake, pie)


def test_favourites_are_a_persons_or_a_members(ginza: int) -> None:
    a_product("CAKE")
    a_product("PIE")
    person_id = asker(add_account()).person_id
    member_id = a_crowd(1)[0]
    alone, linked = Whose(person_id), Whose(person_id, member_id)
    favourites.like("CAKE", alone)
    favourites.like("CAKE", linked)
    favourites.like("PIE", linked)
    favourites.like("PIE", linked)

    assert favourites.liked(alone) == ["CAKE"]
    assert favourites.liked(linked) == ["PIE", "CAKE"]
    assert favourites.liked(Whose(None, member_id)) == ["PIE"]
    assert favourites.liked(Whose(None)) == []
    favourites.unlike("CAKE", linked)
    assert favourites.liked(alone) == []
    with pytest.raises(NoSuchProduct):
        favourites.like("NONE", linked)
    assert db.session.scalar(select(func.count()).select_from(Favourite)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_likes_everything(ginza: int, monkeypatch) -> None:
    monkeypatch.setattr(favourites.limits, "FAVOURITES", 1)
    a_product("CAKE")
    a_product("PIE")
    member_id = a_crowd(1)[0]
    favourites.like("CAKE", Whose(None, member_id))
    with pytest.raises(TooManyFavourites):
        favourites.like("PIE", Whose(None, member_id))
