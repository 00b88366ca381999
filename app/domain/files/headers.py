"""Which column of a table is which field of a record."""

from collections.abc import Callable, Mapping, Sequence

from app.domain.files.errors import BadFile
from app.i18n import plain

LEFT_OUT = "-"


def known_words(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Every word by which a field may be called -> the field; a field's own name is one."""
    return {plain(word): field for field, others in words.items() for word in (field, *others)}


def matched(
    headers: Sequence[str],
    known: Mapping[str, str],
    chosen: Mapping[str, str],
    allows: Callable[[str], bool],
) -> list[str | None]:
    """The field of each column, None for one to leave out; raises BadFile.

    `chosen` maps headers to fields (or "-"), before `known`, which maps words as people write them.
    `allows` tells whether there is a field of a name that is not among the known ones.
    """
    fields = {LEFT_OUT, *known.values()}
    if lost := [field for field in chosen.values() if not (field in fields or allows(field))]:
        raise BadFile(f"その項目はありません / there is no field {_short(lost[0])!r}")
    words = {**known, **{plain(header): field for header, field in chosen.items()}}
    found = [_field(header, words, allows) for header in headers]
    unknown = [header for header, field in zip(headers, found, strict=True) if field is None]
    if unknown:
        raise BadFile(
            f"知らない見出しです / unknown headers: {', '.join(map(_short, unknown))}"
            " (--map HEADER=field, or --map HEADER=- to leave one out)"
        )
    return [None if field == LEFT_OUT else field for field in found]


def refuse_twice(fields: Sequence[str | None], clashing: Sequence[str] = ()) -> None:
    """Raise BadFile where two columns are one field, or where fields clash."""
    named = [field for field in fields if field is not None]
    if twice := {*clashing, *(field for field in named if named.count(field) > 1)}:
        raise BadFile(f"同じ項目の列が二つあります / two columns for {', '.join(sorted(twice))}")


def _field(header: str, words: Mapping[str, str], allows: Callable[[str], bool]) -> str | None:
    word = plain(header)
    return words.get(word) or (word if allows(word) else None)


def _short(words: str) -> str:
    # JSON can hold half a character, which no terminal takes.
    whole = words.encode(errors="replace").decode()
    return whole if len(whole) <= 40 else f"{whole[:40]}…"
