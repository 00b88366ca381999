"""Files of the catalogue: all of one or nothing, nothing twice, every mistake with its line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cli.seed import seed
from app.db import db
from app.domain.catalogue import queries, service, stock
from app.domain.catalogue.definition import NewStoreItem, read
from app.domain.catalogue.errors import CatalogueChanged
from app.domain.catalogue.models import Product, StockChange, StoreItem, StoreItemRow
from app.domain.catalogue.transfer import importing
from app.domain.catalogue.transfer.exporting import export_catalogue
from app.domain.catalogue.transfer.importing import import_catalogue
from app.domain.catalogue.transfer.tables import Kind
from app.domain.files.errors import BadFile
from app.domain.files.report import Report
from app.domain.files.writing import Format
from tests.support.cast import add_store
from tests.support.catalogue import LATTE, a_product, an_item, cause
from tests.support.coupons import broken
from tests.support.members import a_shop

KINDS: tuple[Kind, ...] = ("categories", "products", "items")
PRODUCTS = """商品コード,商品名,税率,アレルゲン,販売時間,バリエーションコード,バリエーション名,価格
LATTE,カフェラテ,8%,乳、大豆,,LATTE-S,Sサイズ,¥480
LATTE,,,,,LATTE-L,Lサイズ,"1,580"
MUG,マグカップ,10,なし,月-金 9:00-17:00,,,1200
"""
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ginza(inside: object) -> int:
    a_shop()
    return add_store("ginza")


def bring(kind: Kind, content: str, **options: Any) -> Report:
    report = import_catalogue(kind, io.BytesIO(content.encode()), **options)
    assert db.session.scalar(select(StoreItemRow.id)) is None, "an import left rows behind"
    db.session.rollback()
    return report


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.wrong


def mistakes(report: Report) -> list[tuple[int, list[str]]]:
    return [(row.line, [problem.field for problem in row.problems]) for row in report.errors]


def out(kind: Kind, format: Format) -> bytes:
    file = io.BytesIO()
    export_catalogue(kind, file, format)
    return file.getvalue()


def test_a_table_brings_products_once_and_then_only_what_changes(ginza: int) -> None:
    assert counts(bring("products", PRODUCTS, dry_run=True)) == (2, 0, 0, 0)
    assert db.session.scalar(select(func.count()).select_from(Product)) == 0
    assert counts(bring("products", PRODUCTS)) == (2, 0, 0, 0)
    assert counts(bring("products", PRODUCTS)) == (0, 0, 2, 0)
    latte, mug = queries.product("LATTE"), queries.product("MUG")
    assert [(each.code, each.price) for each in latte.variants] == [
        ("LATTE-S", 480),
        ("LATTE-L", 1580),
    ]
    assert (latte.allergens, mug.allergens) == (["milk", "soybean"], [])
    assert (mug.times, mug.variants[0].code) == ("mon-fri 09:00-17:00", "MUG")

    assert counts(bring("products", "sku,名称\nMUG,マグ\n")) == (0, 1, 0, 0)
    changed = queries.product("MUG")
    assert changed == mug.model_copy(update={"name": {"ja": "マグ"}})
    assert broken() == []


@SQLITE
def test_mistakes_are_told_with_their_lines_and_nothing_is_imported(ginza: int) -> None:
    a_product("TAKEN")
    table = (
        "code,name,tax,category,variant,variant_name,price\n"
        "A,あ,8,,A1,一,100\n"
        "A,い,8,,A2,二,abc\n"
        "B,,8,,,,100\n"
        "C,う,9,,,,100\n"
        "D,え,8,nowhere,,,100\n"
        "E,お,8,,TAKEN,,100\n"
        "D,え,8,,D2,,100\n"
        "F,か,8,,,\n"
    )
    report = bring("products", table)
    assert mistakes(report) == [
        (2, ["name"]),
        (4, ["name"]),
        (5, ["tax"]),
        (6, ["category"]),
        (7, ["variant"]),
        (8, ["code"]),
        (9, [""]),
    ]
    assert all(each.ja and each.en for row in report.errors for each in row.problems)
    assert db.session.scalar(select(func.count()).select_from(Product)) == 1
    items = "store,variant,stock\nginza,TAKEN,1\nueno,TAKEN,1\nginza,TAKEN,2\nginza,TAKEN,-1\n"
    found = bring("items", items)
    assert mistakes(found) == [(3, ["store"]), (4, ["variant"]), (5, ["stock"])]
    assert db.session.scalar(select(func.count()).select_from(StoreItem)) == 0
    for broken_file in ("商品コード,色\nA,赤\n", "code,sku\nA,B\n", ""):
        with pytest.raises(BadFile):
            bring("products", broken_file)
    with pytest.raises(BadFile):
        bring("products", "[{]", format="json")


def test_what_stores_make_of_it_comes_in_as_a_whole(ginza: int) -> None:
    a_product("CAKE")
    a_product("PIE")
    table = "店舗コード,商品コード,価格,在庫,取り扱い\nginza,CAKE,450,10,はい\nginza,PIE,,,いいえ\n"
    assert counts(bring("items", table, dry_run=True)) == (2, 0, 0, 0)
    assert counts(bring("items", table)) == (2, 0, 0, 0)
    stock.take_stock(ginza, {queries.variant_id("CAKE"): 3}, cause="order/1")
    assert counts(bring("items", "store,variant,price\nginza,CAKE,460\n")) == (0, 1, 0, 0)
    found = {item.variant: item for _id, item in queries.store_items(ginza)}
    assert (found["CAKE"].price, found["CAKE"].stock) == (460, 7)
    assert (found["PIE"].offered, found["PIE"].stock) == (False, None)
    assert counts(bring("items", table, dry_run=True)) == (0, 1, 1, 0)
    assert broken() == []


def test_nothing_of_a_file_comes_in_where_somebody_was_quicker(ginza: int, monkeypatch) -> None:
    a_product("CAKE", 500)
    quick = iter([lambda: service.change_product("CAKE", {"tax": 10}, cause=cause())])
    checked = importing._refuse_each

    def slow(*given: Any) -> set[int]:
        for change in quick:
            change()
        return checked(*given)

    monkeypatch.setattr(importing, "_refuse_each", slow)
    with pytest.raises(CatalogueChanged):
        bring("products", "code,price\nCAKE,600\n")
    assert queries.product("CAKE").variants[0].price == 500
    assert counts(bring("products", "code,price\nCAKE,600\n")) == (0, 1, 0, 0)


@SQLITE
@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_goes_out_comes_in_as_it_was(ginza: int, format: Format) -> None:
    service.put_category({"code": "drinks", "name": {"ja": "お飲みもの", "en": "Drinks"}})
    tricky = {"ja": '=1+1, "引用"\n二行目', "en": "'-x"}
    service.put_product({**LATTE, "category": "drinks", "text": tricky}, cause=cause())
    a_product("CAKE", allergens=[], times="daily 09:00-11:00", active=False)
    an_item("ginza", "CAKE", stock=3)
    an_item("ginza", "LATTE-S", price=430, offered=False)
    files = {kind: out(kind, format) for kind in KINDS}

    for kind, content in files.items():
        again = import_catalogue(kind, io.BytesIO(content), format)
        assert (again.unchanged, again.rows) == (again.rows, len(content) and again.rows)
        assert again.rows == {"categories": 1, "products": 2, "items": 2}[kind]
        assert out(kind, format) == content
    service.put_product({**LATTE, "name": {"ja": "別のもの"}}, cause=cause())
    changed = import_catalogue("products", io.BytesIO(files["products"]), format)
    assert counts(changed) == (0, 1, 1, 0)
    assert out("products", format) == files["products"]


@SQLITE
def test_a_file_of_objects_says_only_what_changes(ginza: int) -> None:
    service.put_product(LATTE, cause=cause())
    words = [
        {
            "code": "LATTE",
            "name": {"en": "Caffè latte"},
            "variants": [{"code": "LATTE-L", "price": 1}],
        }
    ]
    assert counts(bring("products", json.dumps(words), format="json")) == (0, 1, 0, 0)
    latte = queries.product("LATTE")
    assert latte.name == {"ja": "カフェラテ", "en": "Caffè latte"}
    assert [(each.name, each.price) for each in latte.variants] == [({"ja": "Lサイズ"}, 1)]
    odd = '[7, {"code": ["LATTE"]}, {"code": "X", "variants": [7]}, {"code": "LATTE", "colour": 1}]'
    assert [line for line, _ in mistakes(bring("products", odd, format="json"))] == [1, 1, 1, 1]


def test_the_demo_shop_has_its_menu_once(app: Flask, account: int) -> None:
    runner = app.test_cli_runner()
    for _ in range(2):
        assert runner.invoke(seed).exit_code == 0
    with app.app_context():
        stores = {code: queries.menu(id) for code, id in importing.Codes.known().stores.items()}
        assert {len(menu.items) for menu in stores.values()} == {18}
        assert next(card.code for card in stores["kichijoji"].categories) == "coffee"
        assert db.session.scalar(select(func.count()).select_from(StockChange)) == 5
        assert broken() == []


@SQLITE
def test_commands_bring_files_in_and_out(app: Flask, ginza: int, tmp_path: Path) -> None:
    table, back = tmp_path / "in.csv", tmp_path / "out.csv"
    table.write_text(PRODUCTS)
    run = app.test_cli_runner().invoke
    done = run(args=["catalogue", "import", "products", str(table)])
    assert (done.exit_code, "追加 2" in done.output) == (0, True)
    assert "3行" in run(args=["catalogue", "export", "products", str(back)]).output
    assert back.read_text("utf-8-sig").startswith("商品コード,商品名,")
    table.write_text(PRODUCTS.replace("1200", "高い"))
    refused = run(args=["catalogue", "import", "products", str(table)])
    assert refused.exit_code == 1
    assert "4行目 価格:" in refused.output
    read(NewStoreItem, {"store": "ginza", "variant": "MUG"})
