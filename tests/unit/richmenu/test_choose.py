"""Which menu is for whom."""

from datetime import UTC, datetime

import pytest

from app.richmenu import read
from app.richmenu.choose import Onlooker, applies, choose
from app.richmenu.layout import Layout, When
from tests.unit.richmenu.menus import PLAIN

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
STRANGER = Onlooker("main", linked=False)
MEMBER = Onlooker("main", linked=True, tier="gold", store="ginza", tags=frozenset({"vip", "tea"}))


@pytest.mark.parametrize(
    ("when", "stranger", "member"),
    [
        ({}, True, True),
        ({"person": "unlinked"}, True, False),
        ({"person": "linked"}, False, True),
        ({"tier": ["silver", "gold"]}, False, True),
        ({"tier": ["silver"]}, False, False),
        ({"store": ["ginza"]}, False, True),
        ({"tag": ["tea", "coffee"]}, False, True),
        ({"tag": ["coffee"]}, False, False),
        ({"account": ["main"]}, True, True),
        ({"account": ["north"]}, False, False),
        ({"person": "linked", "tag": ["coffee"]}, False, False),
        ({"from": NOON}, True, True),
        ({"until": NOON}, False, False),
        ({"from": "2026-12-01T20:59+09:00", "until": "2026-12-01T21:01+09:00"}, True, True),
        ({"from": "2026-12-01T21:01+09:00"}, False, False),
    ],
)
def test_a_menu_is_for_those_for_whom_every_condition_holds(when, stranger, member):
    read_when = When.model_validate(when)

    assert applies(read_when, STRANGER, NOON) is stranger
    assert applies(read_when, MEMBER, NOON) is member


def layouts(folder, **whens):
    for slug, when in whens.items():
        (folder / f"{slug}.yaml").write_text(f"{PLAIN}{when}")
    return read.read_folder(folder)


def slug(chosen: Layout | None):
    return chosen and chosen.slug


def test_of_several_the_highest_priority_wins(tmp_path):
    menus = layouts(tmp_path, a="when: {person: linked, tier: [gold]}", b="priority: 1", c="")

    assert slug(choose(menus, MEMBER, NOON)) == "b"


def test_then_that_with_more_conditions_then_the_name(tmp_path):
    menus = layouts(
        tmp_path,
        a="",
        b="when: {person: everyone}",
        c="when: {tier: [gold]}",
        d="when: {tag: [vip]}",
    )

    assert slug(choose(menus, MEMBER, NOON)) == "c"
    assert slug(choose(menus, STRANGER, NOON)) == "a"


def test_there_may_be_none(tmp_path):
    assert choose(layouts(tmp_path, a="when: {person: linked}"), STRANGER, NOON) is None


def test_the_demo_has_a_menu_for_everybody():
    demo = read.read_folder()

    assert slug(choose(demo, STRANGER, NOON)) == "welcome"
    assert slug(choose(demo, MEMBER, NOON)) == "member"
