"""`flask reservations setup`: what a shop takes reservations for, all of a file or nothing."""

from pathlib import Path

import pytest
from flask import Flask

from app.domain.hours import queries as hours
from app.domain.reservations import queries
from app.domain.shops import queries as shops
from tests.support.cast import add_store

pytestmark = pytest.mark.usefixtures("inside")

SHOP = """
services:
  - {code: cut, name: {ja: カット}, minutes: 60, grid_minutes: 30, needs: [staff]}
stores:
  ueno:
    place: [35.7, 139.77]
    week: {weekly: {mon: [["10:00", "19:00"]]}, holidays: closed}
    rules: {open_limit: 2}
    resources:
      - {code: aoi, name: {ja: 葵}, kind: staff, services: [cut]}
"""


def set_up(app: Flask, folder: Path, written: str) -> tuple[int, str]:
    file = folder / "shop.yaml"
    file.write_text(written, encoding="utf-8")
    ran = app.test_cli_runner().invoke(args=["reservations", "setup", str(file)])
    return ran.exit_code, ran.output


def test_a_shop_takes_reservations_for_what_its_file_says(app: Flask, tmp_path: Path) -> None:
    store_id = add_store("ueno")
    for _ in range(2):
        assert set_up(app, tmp_path, SHOP) == (0, "設定しました / in place\n")
    assert queries.stores_that_take() == [store_id]
    assert queries.rules(store_id).open_limit == 2
    assert [each.name["ja"] for each in queries.resources(store_id)] == ["葵"]
    assert hours.week(store_id).weekly == {"mon": [["10:00", "19:00"]]}
    assert shops.store("ueno").latitude == 35.7


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ueno:", "uena:", "there is no uena"),
        ("kind: staff", "kind: chair", "kind"),
        ('"19:00"', '"9:00"', "week"),
        ("rules:", "rulez:", "stores.ueno.rulez"),
        ("services: [cut]", "services: [perm]", "there is no perm"),
        ("services:\n", "services: [\n", "no YAML"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_with_a_mistake_changes_nothing(
    app: Flask, tmp_path: Path, old: str, new: str, said: str
) -> None:
    store_id = add_store("ueno")
    status, told = set_up(app, tmp_path, SHOP.replace(old, new, 1))
    assert status != 0
    assert said in told
    assert "Traceback" not in told
    assert (queries.stores_that_take(), queries.services(store_id)) == ([], [])
