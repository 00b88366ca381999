"""Tap areas cover the whole menu, whatever the grid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.richmenu import grid
from app.richmenu.layout import WIDTH, Menu

TILE = {"label": "予約", "icon": "calendar", "action": "say:予約"}


def menu_of(*rows, tabs=0, size="large"):
    return Menu.model_validate(
        {
            "name": "Menu", "bar": "Menu", "size": size, "alias": "a0", "grid": rows,
            "tiles": {name: TILE for row in rows for name in row.split()},
            "tabs": [{"label": "Tab", "alias": f"a{number}"} for number in range(tabs)],
        }
    )  # fmt: skip


def overlap(one, other):
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(across, 0) * max(down, 0)


@given(
    st.integers(1, 6), st.integers(1, 4), st.integers(0, 4), st.sampled_from(["large", "compact"])
)
def test_every_pixel_belongs_to_one_area(columns, rows, tabs, size):
    names = [" ".join(f"{x}-{y}" for x in range(columns)) for y in range(rows)]
    menu = menu_of(*names, tabs=tabs, size=size)

    areas = [*grid.tab_areas(menu), *grid.tap_areas(menu).values()]

    assert sum(area.width * area.height for area in areas) == WIDTH * menu.height
    assert not any(overlap(a, b) for i, a in enumerate(areas) for b in areas[:i])
    assert all(grid.Rect(0, 0, WIDTH, menu.height).holds(area) for area in areas)


def test_a_tile_may_span_cells():
    areas = grid.tap_areas(menu_of("a a b", "a a c"))

    assert areas["a"] == grid.Rect(0, 0, 1667, 1686)
    assert areas["b"] == grid.Rect(1667, 0, 833, 843)
    assert areas["c"] == grid.Rect(1667, 843, 833, 843)


@pytest.mark.parametrize("tabs", [0, 3])
def test_what_is_drawn_lies_inside_what_can_be_tapped(tabs):
    menu = menu_of("a a b c d e", "a a f f f e", tabs=tabs)
    slack = grid.GAP  # Margins outside are wider than half a gap, which shifts boxes a little.

    drawn, tapped = grid.tile_boxes(menu), grid.tap_areas(menu)

    for name, box in drawn.items():
        area = tapped[name]
        wider = grid.Rect(
            area.x - slack, area.y - slack, area.width + 2 * slack, area.height + 2 * slack
        )
        assert wider.holds(box)
    assert not any(overlap(a, b) for a in drawn.values() for b in drawn.values() if a is not b)
