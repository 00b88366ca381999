"""Import: every record is read and checked first; a file without a mistake is applied, whole.

What a file does not say stays as it is: a column or key that is not there changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from itertools import islice
from typing import IO, Any
from uuid import uuid4

from app.db import fresh_look, transaction
from app.domain.catalogue import limits, queries, service
from app.domain.catalogue.definition import NewCategory, NewProduct, NewStoreItem, read
from app.domain.catalogue.errors import BadCatalogue
from app.domain.catalogue.queries import Page
from app.domain.catalogue.service import Saved
from app.domain.catalogue.store_items import Codes, Staging
from app.domain.catalogue.transfer import tables
from app.domain.catalogue.transfer.tables import Kind, Record
from app.domain.files.errors import BadFile, Problem
from app.domain.files.headers import known_words, matched, refuse_twice
from app.domain.files.objects import objects
from app.domain.files.reading import csv_rows, decoded
from app.domain.files.report import Report
from app.domain.files.writing import Format

_AT_ONCE = 500  # Records between two words to `progress`.

Heard = Callable[[int], None]


def import_catalogue(
    kind: Kind,
    file: IO[bytes],
    format: Format = "csv",
    chosen: Mapping[str, str] | None = None,
    *,
    dry_run: bool = False,
    progress: Heard = lambda _bytes: None,
) -> Report:
    """Add and change what a file says: all of it, or nothing where a record is wrong.

    Records are known by their codes. What is given stands, what is not given stays as it was.
    `chosen` maps headers of a table to fields, "-" leaves one out. `progress` is told how many
    bytes have been read. A row of the answer is a category, a product or an item of a store.

    Raises BadFile and CatalogueChanged; nothing was imported then.
    """
    text = decoded(file)
    found = _csv(kind, text, chosen or {}) if format == "csv" else _json(text)
    report = Report()
    {"categories": _categories, "products": _products, "items": _items}[kind](
        _told(found, lambda: progress(file.tell())), report, dry_run
    )
    text.detach()  # The file is the caller's to close.
    report.errors.sort(key=lambda error: error.line)
    return report


def _csv(kind: Kind, text: TextIOWrapper, chosen: Mapping[str, str]) -> Iterator[Record]:
    def columns(headers: list[str]) -> list[str | None]:
        known = known_words(tables.words_of(kind))
        fields = matched(headers, known, chosen, lambda _word: False)
        refuse_twice(fields)
        return fields

    return tables.records(kind, csv_rows(text, columns))


def _json(text: TextIOWrapper) -> Iterator[Record]:
    for line, value in objects(text):
        if isinstance(value, dict):
            yield Record([line], value)
        else:
            words = ("オブジェクトではありません", "is no object")
            yield Record([line], problems=[Problem("", *words)])


def _told(found: Iterator[Record], tell: Callable[[], None]) -> Iterator[Record]:
    while some := list(islice(found, _AT_ONCE)):
        yield from some
        tell()


def _categories(found: Iterator[Record], report: Report, dry_run: bool) -> None:
    known = {card.code: card for card in queries.categories()}
    good: list[NewCategory] = []
    seen: set[str] = set()
    for record in found:
        card = known.get(str(record.given.get("code")))
        before = {} if card is None else vars(card)
        new = _checked(NewCategory, record, _merged(record.given, before), report)
        if new is None or _is_double("code", new.code, seen, record, report):
            continue
        good.append(new)
        _count(report, before or None, new.model_dump())
    if not report.wrong and not dry_run:
        with transaction():
            for new in good:
                service.put_category(new.model_dump())


def _products(found: Iterator[Record], report: Report, dry_run: bool) -> None:
    good: list[tuple[list[int], NewProduct, Page | None]] = []
    while some := list(islice(found, _AT_ONCE)):
        with fresh_look():
            codes = [str(record.given.get("code")) for record in some]
            known = queries.pages_of(codes)
        for code, record in zip(codes, some, strict=True):
            page = known.get(code)
            new = _checked(NewProduct, record, _merged(record.given, _before(page)), report)
            if new is not None:
                good.append((record.lines, new, page))
        if len(good) + report.wrong > limits.IMPORT_PRODUCTS:
            raise BadFile(f"行が多すぎます / more than {limits.IMPORT_PRODUCTS} products")
    products = [new for _lines, new, _page in good]
    wrong = _refuse_each(products, [lines for lines, _new, _page in good], report)
    for number, (_lines, new, page) in enumerate(good):
        if number not in wrong:
            _count(report, page.product if page else None, new)
    if not report.wrong and not dry_run:
        seen = {page.product.code: page.updated_at for _lines, _new, page in good if page}
        service.put_products(products, cause=_cause(), seen=seen)


def _refuse_each(
    products: Sequence[NewProduct], lines: Sequence[list[int]], report: Report
) -> set[int]:
    """Refuse what only all of a file shows to be wrong; answers the numbers of the products."""
    owners = queries.variant_owners()
    problems = service.doubles(products)
    problems += service.strangers(products, queries.category_ids(), owners)
    by_number: dict[int, list[Problem]] = {}
    for problem in problems:
        counted, _, field = problem.field.partition(".")
        by_number.setdefault(int(counted), []).append(Problem(field, problem.ja, problem.en))
    for number, of_one in by_number.items():
        report.refuse(lines[number][0], [_placed(each, lines[number])[1] for each in of_one])
    return set(by_number)


def _items(found: Iterator[Record], report: Report, dry_run: bool) -> None:
    codes = Codes.known()
    seen: set[tuple[str, str]] = set()
    total = 0
    with Staging(_cause()) as staging:
        while some := list(islice(found, _AT_ONCE)):
            good = []
            for record in some:
                item = _checked(NewStoreItem, record, record.given, report)
                if item is None:
                    continue
                if problems := codes.problems(item):
                    report.refuse(record.lines[0], problems)
                elif not _is_double("variant", (item.store, item.variant), seen, record, report):
                    good.append(item)
            total += len(some)
            if total > limits.IMPORT_ITEMS:
                raise BadFile(f"行が多すぎます / more than {limits.IMPORT_ITEMS} rows")
            if not report.wrong:
                staging.put(good, codes)
        if not report.wrong:
            _take(report, staging.count() if dry_run else staging.apply())


def _checked(model: Any, record: Record, written: Mapping[str, Any], report: Report) -> Any:
    """The record as a whole thing, or None for one that was refused."""
    problems = record.problems
    if not problems:
        try:
            return read(model, written)
        except BadCatalogue as error:
            problems = list(error.problems)
    by_line: dict[int, list[Problem]] = {}
    for problem in problems:
        line, placed = _placed(problem, record.lines)
        by_line.setdefault(line, []).append(placed)
    for line, of_one in by_line.items():
        report.refuse(line, of_one)
    return None


def _placed(problem: Problem, lines: Sequence[int]) -> tuple[int, Problem]:
    line, column = tables.place(problem.field, lines)
    return line, Problem(column, problem.ja, problem.en)


def _is_double(field: str, key: Any, seen: set[Any], record: Record, report: Report) -> bool:
    if key in seen:
        words = ("前にもあります", "is there twice")
        report.refuse(record.lines[0], [Problem(field, *words)])
        return True
    seen.add(key)
    return False


def _before(page: Page | None) -> dict[str, Any]:
    return page.product.model_dump() if page else {}


def _merged(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is given put into what is there; words by language, variants by code."""
    merged = {**before, **given}
    for name in ("name", "text"):
        if isinstance(given.get(name), dict):
            merged[name] = _words(given[name], before.get(name))
    if isinstance(given.get("variants"), list):
        known = {each["code"]: each for each in before.get("variants", ())}
        merged["variants"] = [_merged_variant(each, known) for each in given["variants"]]
    return {name: value for name, value in merged.items() if not _is_default(name, value)}


def _merged_variant(given: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    if not isinstance(given, dict):
        return given  # The definition refuses it.
    before = known.get(str(given.get("code")), {})
    merged = {**before, **given}
    if isinstance(given.get("name"), dict):
        merged["name"] = _words(given["name"], before.get("name")) or None
    return merged


def _words(given: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    both = {**(before or {}), **given}
    return {language: words for language, words in both.items() if words is not None}


def _is_default(name: str, value: Any) -> bool:
    """An emptied field that has a value of its own when it is empty."""
    return value is None and name in ("position", "tax_included", "active", "options")


def _count(report: Report, before: Any, after: Any) -> None:
    if before is None:
        report.added += 1
    elif before == after:
        report.unchanged += 1
    else:
        report.changed += 1


def _take(report: Report, saved: Saved) -> None:
    report.added, report.changed, report.unchanged = saved.added, saved.changed, saved.unchanged


def _cause() -> str:
    return f"import/{uuid4().hex}"
