"""Which columns the tables of the catalogue have, and how a cell is read and written.

A product is one row for each of its variants, which stand together; what the product has is read
from the first of them. An empty cell empties its field.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, Literal

from app.domain.catalogue.allergens import ALLERGENS
from app.domain.files.errors import Problem
from app.domain.files.reading import Row
from app.i18n import plain

Kind = Literal["categories", "products", "items"]

HEADERS: Final[Mapping[Kind, Mapping[str, str]]] = {
    "categories": {
        "code": "カテゴリーコード",
        "name": "カテゴリー名",
        "name_en": "カテゴリー名（英語）",
        "position": "並び順",
    },
    "products": {
        "code": "商品コード",
        "name": "商品名",
        "name_en": "商品名（英語）",
        "text": "説明",
        "text_en": "説明（英語）",
        "category": "カテゴリーコード",
        "picture": "画像",
        "tax": "税率",
        "tax_included": "税込",
        "allergens": "アレルゲン",
        "options": "オプション",
        "times": "販売時間",
        "active": "販売中",
        "variant": "バリエーションコード",
        "variant_name": "バリエーション名",
        "variant_name_en": "バリエーション名（英語）",
        "price": "価格",
    },
    "items": {
        "store": "店舗コード",
        "variant": "バリエーションコード",
        "offered": "取り扱い",
        "price": "価格",
        "stock": "在庫",
        "times": "販売時間",
    },
}
"""Of each kind of file: field -> the Japanese header we write."""

_OTHERS: Final[Mapping[Kind, Mapping[str, Sequence[str]]]] = {
    "categories": {"code": ("コード", "id"), "name": ("名称",)},
    "products": {
        "code": ("コード", "sku", "id"),
        "name": ("名称", "品名"),
        "price": ("単価", "売価"),
    },
    "items": {
        "store": ("店舗", "店番"),
        "variant": ("商品コード", "コード", "sku"),
        "price": ("単価", "売価"),
        "stock": ("在庫数",),
    },
}
"""Of each kind of file: field -> other headers by which it is known."""

_YES = {"true", "yes", "1", "はい", "有", "あり", "○", "〇", "する", "販売中", "税込", "内税"}
_NO = {"false", "no", "0", "いいえ", "無", "なし", "×", "しない", "停止", "税抜", "外税"}
_NONE_OF_THEM = ("なし", "none")
_UNLIMITED = ("無制限", "unlimited")
_DIGITS = re.compile(r"[0-9]{1,15}")
_OF_VARIANT = ("variant", "variant_name", "variant_name_en", "price")


@dataclass
class Record:
    """One record of a file: what is given of it, and the lines it stands on."""

    lines: list[int]
    given: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def words_of(kind: Kind) -> dict[str, Sequence[str]]:
    """Field -> the headers by which it is known."""
    others = _OTHERS[kind]
    return {name: (label, *others.get(name, ())) for name, label in HEADERS[kind].items()}


def records(kind: Kind, rows: Iterable[Row]) -> Iterator[Record]:
    """The records of a table's rows."""
    if kind == "products":
        for _, same in groupby(rows, lambda row: row.written.get("code", row.line)):
            yield _product(list(same))
        return
    for row in rows:
        read = _flawed([row]) or Record([row.line], _read(row.written))
        if kind == "categories":
            read.given = _worded(read.given, "name")
        elif read.given.get("offered", "") is None:
            del read.given["offered"]  # Neither yes nor no.
        yield read


def place(error: str, lines: Sequence[int]) -> tuple[int, str]:
    """The line and the column of a problem's field, such as `variants.1.price`."""
    parts = error.split(".")
    if parts[0] == "variants" and len(parts) > 1 and parts[1].isdigit():
        line = lines[min(int(parts[1]), len(lines) - 1)]
        name = parts[2] if len(parts) > 2 else "code"
        of_variant = {"code": "variant", "price": "price"}.get(name, f"variant_{name}")
        return line, of_variant
    if parts[0] == "variants":
        return lines[0], "variant"
    return lines[0], f"{parts[0]}_en" if parts[1:] == ["en"] else parts[0]


def cells(kind: Kind, record: Mapping[str, Any]) -> list[str]:
    """The cells of a record that was made by `flat`."""
    return [_cell(name, record.get(name)) for name in HEADERS[kind]]


def flat(kind: Kind, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A record as rows, each field -> value; a product has one for each variant."""
    if kind == "items":
        return [dict(record)]
    found = _languages(dict(record), "name")
    if kind == "categories":
        return [found]
    found = _languages(found, "text")
    variants = found.pop("variants")
    return [
        found | {"variant": each["code"], "price": each["price"]} | _variant_names(each["name"])
        for each in variants
    ]


def _product(rows: list[Row]) -> Record:
    if flawed := _flawed(rows):
        return flawed
    read = [_read(row.written) for row in rows]
    given = {name: value for name, value in read[0].items() if name not in _OF_VARIANT}
    record = Record([row.line for row in rows], _worded(_worded(given, "name"), "text"))
    if any(name in read[0] for name in _OF_VARIANT):
        record.given["variants"] = [_variant(one, given.get("code")) for one in read]
    elif len(rows) > 1:
        record.problems.append(Problem("code", "前にもあります", "is there twice"))
    for one in read[1:]:
        record.problems += [
            Problem(name, "同じ商品の前の行と違います", "is not what the row before says")
            for name, value in one.items()
            if name not in _OF_VARIANT and value not in (None, read[0][name])
        ]
    return record


def _flawed(rows: list[Row]) -> Record | None:
    """What to say of rows one of which is none."""
    broken = [row for row in rows if row.flaw]
    if not broken:
        return None
    return Record([broken[0].line], problems=[Problem("", *(broken[0].flaw or ("", "")))])


def _variant(read: Mapping[str, Any], product: Any) -> dict[str, Any]:
    """A variant of a row; without a code of its own it has the product's."""
    given = {"code": read.get("variant") or product}
    given |= {name: value for name, value in read.items() if name == "price"}
    names = {name: value for name, value in read.items() if name.startswith("variant_name")}
    return given | {
        name.removeprefix("variant_"): value
        for name, value in _worded(names, "variant_name").items()
    }


def _read(written: Mapping[str, str]) -> dict[str, Any]:
    return {name: _READERS.get(name, _text)(words.strip()) for name, words in written.items()}


def _worded(given: dict[str, Any], name: str) -> dict[str, Any]:
    """The columns of two languages as one field; merging.merged puts it into what is known."""
    here = {"ja": name, "en": f"{name}_en"}
    words = {language: given.pop(column) for language, column in here.items() if column in given}
    return given | ({name: words} if words else {})


def _variant_names(name: Any) -> dict[str, Any]:
    return _languages({"variant_name": name}, "variant_name")


def _languages(record: dict[str, Any], name: str) -> dict[str, Any]:
    words = record.pop(name) or {}
    return record | {name: words.get("ja"), f"{name}_en": words.get("en")}


def _text(words: str) -> str | None:
    return words or None


def _whole(words: str) -> int | str | None:
    if _DIGITS.fullmatch(words):
        return int(words)
    digits = plain(words).replace(",", "").removesuffix("円").removeprefix("¥").removesuffix("%")
    return int(digits) if _DIGITS.fullmatch(digits) else _text(words)


def _stock(words: str) -> int | str | None:
    found = _whole(words)
    return None if isinstance(found, str) and plain(found) in _UNLIMITED else found


def _flag(words: str) -> bool | str | None:
    word = plain(words)
    return word in _YES if word in _YES | _NO else _text(words)


def _list(words: str) -> list[str] | None:
    if plain(words) in _NONE_OF_THEM:
        return []
    codes = {plain(word): code for code, both in ALLERGENS.items() for word in (code, *both)}
    for sign in "、,;・\n":
        words = words.replace(sign, "/")
    parts = [part for part in map(plain, words.split("/")) if part]
    return [codes.get(part, part) for part in parts] or None


def _json(words: str) -> Any:
    try:
        return json.loads(words) if words else []
    except (ValueError, RecursionError):
        return words


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "tax": _whole,
    "price": _whole,
    "position": _whole,
    "stock": _stock,
    "tax_included": _flag,
    "active": _flag,
    "offered": _flag,
    "allergens": _list,
    "options": _json,
}


def _cell(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "はい" if value else "いいえ"
        case list() if name == "allergens":
            return "、".join(ALLERGENS[code][0] for code in value) or _NONE_OF_THEM[0]
        case list():
            return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)
