"""Which column of a table is which field of a member."""

from collections.abc import Mapping, Sequence

from app.domain.members.errors import BadFile
from app.domain.members.form import FIELDS, Form
from app.i18n import plain

LEFT_OUT = "-"

LABELS: Mapping[str, str] = dict(
    zip(
        FIELDS,
        (
            *("会員番号", "氏名", "フリガナ", "生年月日", "性別", "電話番号", "メールアドレス"),
            *("郵便番号", "都道府県", "市区町村", "番地・建物", "利用店舗", "会員ランク"),
        ),
        strict=True,
    )
)
"""Field -> the Japanese header we write."""

_OTHERS = {
    "number": ("会員no", "会員no.", "会員id", "会員コード", "member number"),
    "name": ("名前", "お名前", "会員名", "顧客名"),
    "kana": ("カナ", "氏名カナ", "氏名(カナ)", "氏名フリガナ", "ふりがな", "お名前(フリガナ)"),
    "birthday": ("誕生日", "birthdate", "date of birth"),
    "gender": ("sex",),
    "phone": ("電話", "tel", "携帯電話", "携帯電話番号", "phone number"),
    "email": ("メール", "eメール", "e-mail", "mail", "email address"),
    "postal_code": ("〒", "postcode", "zip", "postal code"),
    "city": ("市町村", "市区郡町村"),
    "street": ("番地", "住所2", "それ以降の住所", "町名・番地", "street address"),
    "store": ("店舗", "店舗コード", "利用店舗コード", "よく使う店舗"),
    "tier": ("ランク", "会員種別", "rank"),
}


def columns(headers: Sequence[str], form: Form, chosen: Mapping[str, str]) -> list[str | None]:
    """The field of each column, None for one to leave out; raises BadFile.

    `chosen` maps headers to fields (or "-"), before the headers that are known by themselves:
    fields' names, the Japanese ones above, and the keys and labels of the shop's attributes.
    """
    if lost := [field for field in chosen.values() if field != LEFT_OUT and not form.knows(field)]:
        raise BadFile(f"その項目はありません / there is no field {_short(lost[0])!r}")
    known = _known(form) | {plain(header): field for header, field in chosen.items()}
    unknown = [header for header in headers if _field(header, known, form) is None]
    if unknown:
        raise BadFile(
            f"知らない見出しです / unknown headers: {', '.join(map(_short, unknown))}"
            " (--map HEADER=field, or --map HEADER=- to leave one out)"
        )
    found = [_field(header, known, form) for header in headers]
    fields = [field for field in found if field != LEFT_OUT]
    if twice := {field for field in fields if fields.count(field) > 1}:
        raise BadFile(
            f"同じ項目の列が二つあります / two columns for {', '.join(sorted(map(str, twice)))}"
        )
    return [None if field == LEFT_OUT else field for field in found]


def _known(form: Form) -> dict[str, str]:
    known: dict[str, str] = {}
    for key, attribute in form.attributes.items():
        words = (key, *attribute.label.values())
        known |= {plain(word): f"attribute:{key}" for word in words}
    for field, label in LABELS.items():
        words = (field, label, *_OTHERS.get(field, ()))
        known |= {plain(word): field for word in words}
    return known


def _field(header: str, known: Mapping[str, str], form: Form) -> str | None:
    word = plain(header)
    return known.get(word) or (word if form.knows(word) else None)


def _short(words: str) -> str:
    # JSON can hold half a character, which no terminal takes.
    whole = words.encode(errors="replace").decode()
    return whole if len(whole) <= 40 else f"{whole[:40]}…"
