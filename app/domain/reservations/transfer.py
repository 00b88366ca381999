"""Import of reservations that were made elsewhere: all of a file, or nothing where a row is wrong.

One transaction takes them all, so that nobody gets a time that the file has; on SQLite everybody
who writes waits for it. A reservation that was imported before (its number) is left as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import IO, Final

from app import clock
from app.db import transaction
from app.domain.files.errors import BadFile, Problem
from app.domain.files.reading import Row, csv_rows, decoded
from app.domain.files.report import Report
from app.domain.hours import queries as hours
from app.domain.members import queries as members
from app.domain.reservations import limits, queries, service
from app.domain.reservations.asker import Guest
from app.domain.reservations.errors import (
    BadReservation,
    KeyTaken,
    NoSuchResource,
    NoSuchService,
    NotOpen,
    SlotTaken,
    WrongParty,
)
from app.domain.reservations.offer import Wanted
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.errors import TsunaguError
from app.i18n import plain

LABELS: Final[Mapping[str, str]] = {
    "external_id": "予約番号",
    "store": "店舗",
    "service": "メニュー",
    "starts_at": "日時",
    "party": "人数",
    "name": "名前",
    "phone": "電話番号",
    "member_number": "会員番号",
    "resource": "担当",
    "options": "オプション",
    "note": "メモ",
}
"""Field -> its Japanese header; both are known. Stores, services and so on go by their codes."""

_NEEDED = ("external_id", "store", "service", "starts_at")
_FORMS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M")

_WHY: Final[Mapping[type[TsunaguError], tuple[str, str, str]]] = {
    SlotTaken: ("starts_at", "ほかの予約と重なっています", "is taken"),
    NotOpen: ("starts_at", "営業時間外か、担当がいない時間です", "is when the store is closed"),
    WrongParty: ("party", "承れる人数ではありません", "is not a number of people that is served"),
    NoSuchService: ("service", "この店舗にはありません", "is not served at this store"),
    NoSuchResource: ("resource", "このメニューの担当ではありません", "does not serve for this"),
    BadReservation: (
        "options",
        "名前・メモ・オプションのどれかが使えません",
        "or name or note is unfit",
    ),
    KeyTaken: ("external_id", "同じ番号の別の予約があります", "is another reservation's"),
}


class _Undone(Exception):
    """Raised to let the transaction end without anything of the file."""


class _Wrong(Exception):
    """A row that cannot be taken."""

    def __init__(self, field: str, ja: str, en: str) -> None:
        super().__init__(field)
        self.problem = Problem(field, ja, en)


def import_reservations(
    file: IO[bytes],
    actor: Actor,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> Report:
    """Take the reservations of a CSV file (LABELS); nobody is told, reminders come as for others.

    With `dry_run`, or where a row is wrong, nothing is taken; the report says which rows and why.
    `progress` is told how many bytes have been read. Raises BadFile.
    """
    report, text = Report(), decoded(file)
    rows, known = csv_rows(text, _columns), _Known(actor)
    try:
        with transaction():
            for row in rows:
                _take(row, known, report)
                if report.rows > limits.IMPORT_ROWS:
                    raise BadFile(f"行が多すぎます / more than {limits.IMPORT_ROWS} rows")
                progress(file.tell())
            if dry_run or report.wrong:
                raise _Undone
    except _Undone:
        pass
    text.detach()  # The file is the caller's to close.
    return report


class _Known:
    """What the codes in a file mean, for an actor within their scope."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        ids = shops.store_ids()
        self.stores = {code: id_ for code, id_ in ids.items() if actor.sees_store(id_)}
        self.zones = {id_: hours.zone_of(id_) for id_ in self.stores.values()}
        self.services = queries.service_ids()
        self.resources = {
            id_: {each.code: each.id for each in queries.resources(id_)}
            for id_ in self.stores.values()
        }


def _columns(headers: Sequence[str]) -> list[str | None]:
    known = {plain(word): field for field, label in LABELS.items() for word in (field, label)}
    found = [known.get(plain(header)) for header in headers]
    if None in found:
        unknown = headers[found.index(None)][:40]
        raise BadFile(f"知らない見出しです / unknown header: {unknown}")
    if twice := [field for field in found if found.count(field) > 1]:
        raise BadFile(f"同じ項目の列が二つあります / two columns for {twice[0]}")
    if missing := [field for field in _NEEDED if field not in found]:
        raise BadFile(f"必要な列がありません / the file needs a column {missing[0]}")
    return found


def _take(row: Row, known: _Known, report: Report) -> None:
    if row.flaw:
        report.refuse(row.line, [Problem("", *row.flaw)])
        return
    try:
        new = _reserve(row.written, known)
    except _Wrong as wrong:
        report.refuse(row.line, [wrong.problem])
    except tuple(_WHY) as error:
        report.refuse(row.line, [Problem(*_WHY[type(error)])])
    else:
        report.added += new
        report.unchanged += not new


def _reserve(written: Mapping[str, str], known: _Known) -> bool:
    """Reserve what a row says; answers whether it is new."""
    external_id = _short(written, "external_id", limits.EXTERNAL_ID)
    if not external_id:
        raise _Wrong("external_id", "番号がありません", "is missing")
    if queries.by_external_id(external_id) is not None:
        return False
    store_id = _coded(known.stores, written, "store")
    wanted = Wanted(
        store_id,
        _coded(known.services, written, "service"),
        _party(written),
        tuple(filter(None, (code.strip() for code in written.get("options", "").split(",")))),
        _coded(known.resources[store_id], written, "resource") if written.get("resource") else None,
    )
    service.book(
        known.actor,
        wanted,
        _moment(written, known, store_id),
        cause=f"import/{external_id}",
        origin="import",
        guest=_guest(written),
        note=written.get("note", ""),
        external_id=external_id,
        tell=False,
    )
    return True


def _short(written: Mapping[str, str], field: str, most: int) -> str:
    words = written.get(field, "").strip()
    if len(words) > most:
        raise _Wrong(field, f"{most}文字までです", f"has more than {most} characters")
    return words


def _coded(ids: Mapping[str, int], written: Mapping[str, str], field: str) -> int:
    found = ids.get(written[field].strip())
    if found is None:
        raise _Wrong(field, "そのコードはありません", "is no code that is known")
    return found


def _party(written: Mapping[str, str]) -> int:
    words = written.get("party", "").strip() or "1"
    if not (words.isascii() and words.isdigit() and len(words) <= 3):
        raise _Wrong("party", "人数を数字でお書きください", "is no number")
    return int(words)


def _guest(written: Mapping[str, str]) -> Guest:
    number = written.get("member_number", "").strip()
    name = _short(written, "name", limits.GUEST_NAME)
    phone = _short(written, "phone", limits.GUEST_PHONE)
    if not number and not name:
        raise _Wrong("name", "名前か会員番号が要ります", "or a member number is needed")
    member = members.by_number(number) if number else None
    if number and member is None:
        raise _Wrong("member_number", "その会員番号はありません", "is nobody's")
    return Guest(member.id if member else None, name or None, phone or None)


def _moment(written: Mapping[str, str], known: _Known, store_id: int) -> datetime:
    for form in _FORMS:
        try:
            wall = datetime.strptime(written["starts_at"].strip(), form)  # noqa: DTZ007
        except ValueError:
            continue
        moment = wall.replace(tzinfo=known.zones[store_id])
        if moment <= clock.now():
            raise _Wrong("starts_at", "過ぎた日時です", "is over")
        return moment
    raise _Wrong(
        "starts_at", "2030-05-08 10:00 のようにお書きください", "is not like 2030-05-08 10:00"
    )
