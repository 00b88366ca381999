"""Export: every member as a row of a table or a JSON object, in the form that import reads."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import TextIOWrapper
from typing import IO, Any

from sqlalchemy import func, select

from app.db import db
from app.domain.members import queries, rules
from app.domain.members.attributes import shown
from app.domain.members.form import ATTRIBUTE, EXTERNAL_ID, FIELDS
from app.domain.members.models import Member, MemberExternalId
from app.domain.members.transfer.cells import defuse
from app.domain.members.transfer.headers import LABELS
from app.domain.members.transfer.importing import Format
from app.domain.members.transfer.matching import external_ids_of
from app.domain.shops import queries as shops

_AT_ONCE = 1000


def count() -> int:
    """How many members there are."""
    ours = select(func.count()).select_from(Member)
    return db.session.scalar(ours.where(Member.company_id == shops.company_id())) or 0


def export_members(
    file: IO[bytes],
    format: Format = "csv",
    *,
    progress: Callable[[int], None] = lambda _rows: None,
) -> int:
    """Write all members, oldest first, and answer how many. Raises NoCompany.

    CSV is UTF-8 with its mark, for spreadsheets, with Japanese headers and harmless cells; JSON is
    an array of objects. `progress` is told how many rows were written.
    """
    encoding = "utf-8-sig" if format == "csv" else "utf-8"
    text = TextIOWrapper(file, encoding, newline="")
    written = 0
    for some in (_write_csv if format == "csv" else _write_json)(text, _pages()):
        written += some
        progress(written)
    text.detach()
    return written


def _pages() -> Iterator[list[Mapping[str, Any]]]:
    """All members, some at a time, as field -> value with attributes and external ids."""
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    columns = [getattr(Member, name) for name in FIELDS if name != "store"]
    wanted = select(Member.id, Member.store_id, Member.attributes, *columns).order_by(Member.id)
    wanted = wanted.where(Member.company_id == shops.company_id()).limit(_AT_ONCE)
    last = 0
    while rows := db.session.execute(wanted.where(Member.id > last)).all():
        ids = external_ids_of([row.id for row in rows])
        yield [_record(row, codes, ids.get(row.id, {})) for row in rows]
        last = rows[-1].id


def _record(row: Any, codes: Mapping[int, str], ids: Mapping[str, str]) -> Mapping[str, Any]:
    found = {name: getattr(row, name) for name in FIELDS if name != "store"}
    found["birthday"] = row.birthday.isoformat() if row.birthday else None
    found["store"] = codes.get(row.store_id)
    return {**found, "attributes": row.attributes, "external_ids": ids}


def _write_csv(text: TextIOWrapper, pages: Iterable[list[Mapping[str, Any]]]) -> Iterator[int]:
    attributes, systems = list(queries.attributes()), _systems()
    writer = csv.writer(text)
    own = [f"{ATTRIBUTE}{key}" for key in attributes]
    writer.writerow([*LABELS.values(), *own, *(f"{EXTERNAL_ID}{system}" for system in systems)])
    for page in pages:
        for record in page:
            cells = [record[name] for name in FIELDS]
            cells += [record["attributes"].get(key) for key in attributes]
            cells += [record["external_ids"].get(system) for system in systems]
            writer.writerow(map(_cell, _as_people_write(cells)))
        yield len(page)


def _as_people_write(cells: list[Any]) -> list[Any]:
    phone, postal_code = FIELDS.index("phone"), FIELDS.index("postal_code")
    if cells[phone]:
        cells[phone] = rules.shown_phone(cells[phone])
    if cells[postal_code]:
        cells[postal_code] = f"{cells[postal_code][:3]}-{cells[postal_code][3:]}"
    return cells


def _cell(value: Any) -> str:
    return "" if value is None else defuse(shown(value))


def _write_json(text: TextIOWrapper, pages: Iterable[list[Mapping[str, Any]]]) -> Iterator[int]:
    before = "[\n"
    for page in pages:
        for record in page:
            text.write(before + json.dumps(record, ensure_ascii=False))
            before = ",\n"
        yield len(page)
    text.write("[]\n" if before == "[\n" else "\n]\n")


def _systems() -> list[str]:
    """The systems that know members of ours, by name."""
    systems = select(MemberExternalId.system).filter_by(company_id=shops.company_id()).distinct()
    return sorted(db.session.scalars(systems))
