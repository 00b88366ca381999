"""Export: the catalogue as tables or JSON, in the form that import reads."""

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from app.domain.catalogue import queries
from app.domain.catalogue.transfer import tables
from app.domain.catalogue.transfer.tables import Kind
from app.domain.files.writing import Format, csv_pages, json_pages, writing
from app.domain.shops import queries as shops

_AT_ONCE = 1000

Records = list[Mapping[str, Any]]


def export_catalogue(
    kind: Kind,
    file: IO[bytes],
    format: Format = "csv",
    *,
    progress: Callable[[int], None] = lambda _rows: None,
) -> int:
    """Write all categories, products or items of stores, and answer how many rows.

    CSV is UTF-8 with its mark, with Japanese headers and harmless cells; there a product has a row
    for each variant. JSON is an array of objects. `progress` is told how many rows were written.
    """
    found = {"categories": _categories, "products": _products, "items": _items}[kind]()
    written = 0
    with writing(file, format) as text:
        if format == "csv":
            rows = ([row for one in page for row in tables.flat(kind, one)] for page in found)
            headers = list(tables.HEADERS[kind].values())
            pages = csv_pages(text, headers, rows, lambda row: tables.cells(kind, row))
        else:
            pages = json_pages(text, found)
        for some in pages:
            written += some
            progress(written)
    return written


def _categories() -> Iterator[Records]:
    yield [vars(card) for card in queries.categories()]


def _products() -> Iterator[Records]:
    last = 0
    while pages := queries.products(last, _AT_ONCE):
        yield [page.product.model_dump() for page in pages]
        last = pages[-1].id


def _items() -> Iterator[Records]:
    for store_id in shops.store_ids().values():
        last = 0
        while items := queries.store_items(store_id, last, _AT_ONCE):
            yield [item.model_dump() for _id, item in items]
            last = items[-1][0]
