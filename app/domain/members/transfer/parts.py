"""Columns that are a part of a field, or several: 姓 and 名, セイ and メイ, a whole 住所."""

from collections.abc import Collection, Mapping

from app.domain.members.postcode import city_of
from app.domain.members.rules import PREFECTURES

ADDRESS = "address"
_JOINED = {"name": ("family_name", "given_name"), "kana": ("family_kana", "given_kana")}
PARTS = (*(part for parts in _JOINED.values() for part in parts), ADDRESS)


def clashes(fields: Collection[str]) -> list[str]:
    """The fields that are there as a whole and in parts."""
    return [
        whole
        for whole, parts in _JOINED.items()
        if whole in fields and any(part in fields for part in parts)
    ]


def joined(written: Mapping[str, str]) -> dict[str, str]:
    """A record with its parts put together into fields."""
    whole = {field: words for field, words in written.items() if field not in PARTS}
    for field, parts in _JOINED.items():
        if there := [written[part].strip() for part in parts if part in written]:
            whole[field] = " ".join(filter(None, there))
    if ADDRESS in written:
        whole |= _place(written[ADDRESS], written)
    return whole


def _place(address: str, written: Mapping[str, str]) -> dict[str, str]:
    """An address as prefecture, city and street.

    Only what it begins with and Japan Post's table knows is taken for a prefecture or a city; all
    else is the street. Columns of their own say it better, and what they say is not repeated.
    """
    rest = address.strip()
    prefecture, city = (written.get(field, "").strip() for field in ("prefecture", "city"))
    if not prefecture:
        prefecture = next((name for name in PREFECTURES if rest.startswith(name)), "")
    rest = rest.removeprefix(prefecture).strip()
    city = city or city_of(prefecture, rest)
    rest = rest.removeprefix(city).strip()
    street = " ".join(filter(None, (rest, written.get("street", "").strip())))
    return {"prefecture": prefecture, "city": city, "street": street}
