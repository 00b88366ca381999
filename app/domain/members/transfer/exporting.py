"""Export: every member as a row of a table or a JSON object, in the form that import reads."""

from collections.abc import Callable, Iterator, Mapping
from io import TextIOWrapper
from typing import IO, Any

from sqlalchemy import func, select

from app.db import db
from app.domain.files.writing import Format, csv_pages, json_pages, writing
from app.domain.members import agreed, queries, rules
from app.domain.members.agreed import Said
from app.domain.members.attributes import shown
from app.domain.members.form import ATTRIBUTE, CONSENT, CONSENT_VERSION, EXTERNAL_ID, FIELDS
from app.domain.members.models import Member, MemberExternalId
from app.domain.members.transfer.headers import LABELS
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
    written = 0
    with writing(file, format) as text:
        for some in _write_csv(text) if format == "csv" else json_pages(text, _pages()):
            written += some
            progress(written)
    return written


def _pages() -> Iterator[list[Mapping[str, Any]]]:
    """All members, some at a time, as field -> value with attributes and external ids."""
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    columns = [getattr(Member, name) for name in FIELDS if name != "store"]
    wanted = select(Member.id, Member.store_id, Member.attributes, *columns).order_by(Member.id)
    wanted = wanted.where(Member.company_id == shops.company_id()).limit(_AT_ONCE)
    last = 0
    while rows := db.session.execute(wanted.where(Member.id > last)).all():
        ids, said = (
            external_ids_of([row.id for row in rows]),
            agreed.newest([row.id for row in rows]),
        )
        yield [
            _record(row, codes) | _others(ids.get(row.id, {}), said.get(row.id, {})) for row in rows
        ]
        last = rows[-1].id


def _record(row: Any, codes: Mapping[int, str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in FIELDS if name != "store"}
    found["birthday"] = row.birthday.isoformat() if row.birthday else None
    found["store"] = codes.get(row.store_id)
    return {**found, "attributes": row.attributes}


def _others(ids: Mapping[str, str], said: Mapping[str, Said]) -> dict[str, Any]:
    """What is known of a member in tables of its own."""
    return {
        "external_ids": ids,
        "consents": {purpose: last.given for purpose, last in said.items()},
        "consent_versions": {purpose: last.version for purpose, last in said.items()},
    }


def _write_csv(text: TextIOWrapper) -> Iterator[int]:
    columns = _more_columns()

    def cells(record: Mapping[str, Any]) -> list[str]:
        found = _as_people_write([record[name] for name in FIELDS])
        found += [record[group].get(key) for group, _prefix, key in columns]
        return ["" if value is None else shown(value) for value in found]

    headers = [*LABELS.values(), *(f"{prefix}{key}" for _group, prefix, key in columns)]
    return csv_pages(text, headers, _pages(), cells)


def _more_columns() -> list[tuple[str, str, str]]:
    """Of each column after the fields: the part of a record it is in, its prefix and its key."""
    columns = [("attributes", ATTRIBUTE, key) for key in queries.attributes()]
    columns += [("external_ids", EXTERNAL_ID, system) for system in _systems()]
    for purpose in agreed.purposes_of(shops.company_id()):
        columns.append(("consents", CONSENT, purpose))
        columns.append(("consent_versions", CONSENT_VERSION, purpose))
    return columns


def _as_people_write(cells: list[Any]) -> list[Any]:
    phone, postal_code = FIELDS.index("phone"), FIELDS.index("postal_code")
    if cells[phone]:
        cells[phone] = rules.shown_phone(cells[phone])
    if cells[postal_code]:
        cells[postal_code] = f"{cells[postal_code][:3]}-{cells[postal_code][3:]}"
    return cells


def _systems() -> list[str]:
    """The systems that know members of ours, by name."""
    systems = select(MemberExternalId.system).filter_by(company_id=shops.company_id()).distinct()
    return sorted(db.session.scalars(systems))
