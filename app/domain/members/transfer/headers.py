"""Which column of a table is which field of a member."""

from collections.abc import Mapping, Sequence

from app.domain.files.headers import known_words, matched, refuse_twice
from app.domain.members.form import FIELDS, Form
from app.domain.members.transfer.parts import PARTS, clashes

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
    "family_name": ("姓", "名字", "苗字", "氏", "last name", "surname"),
    "given_name": ("名", "first name"),
    "family_kana": ("セイ", "せい", "姓カナ", "姓(カナ)", "姓フリガナ", "姓(フリガナ)"),
    "given_kana": ("メイ", "めい", "名カナ", "名(カナ)", "名フリガナ", "名(フリガナ)"),
    "address": ("住所", "住所1", "ご住所", "現住所"),
}


def columns(headers: Sequence[str], form: Form, chosen: Mapping[str, str]) -> list[str | None]:
    """The field of each column, None for one to leave out; raises BadFile.

    `chosen` maps headers to fields (or "-"), before the headers that are known by themselves:
    fields' names, the Japanese ones above, and the keys and labels of the shop's attributes. Parts
    of fields (parts.py) are columns too, but not beside the whole.
    """
    found = matched(headers, _known(form), chosen, form.knows)
    refuse_twice(found, clashes([field for field in found if field is not None]))
    return found


def _known(form: Form) -> dict[str, str]:
    labels = {
        f"attribute:{key}": (key, *attribute.label.values())
        for key, attribute in form.attributes.items()
    }
    words = {
        field: (*((LABELS[field],) if field in LABELS else ()), *_OTHERS.get(field, ()))
        for field in (*LABELS, *PARTS)
    }
    return known_words({**labels, **words})
