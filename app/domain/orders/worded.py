"""Lines of orders in the words of today's catalogue: an order keeps its options as codes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.catalogue import queries as catalogue
from app.domain.catalogue.definition import OptionGroup
from app.domain.orders.queries import Line

Words = Mapping[str, str]


@dataclass(frozen=True)
class Worded:
    """A line as people read it; yen of all its pieces, as it was written."""

    name: Words
    size: Words | None
    options: Sequence[Words]
    pieces: int
    amount: int
    tax: int
    tax_included: bool


def worded(lines: Sequence[Line]) -> list[Worded]:
    """The lines in words. A choice that is gone from the catalogue keeps its code."""
    chosen = [line.variant_id for line in lines if line.options and line.variant_id]
    groups = catalogue.option_groups(chosen) if chosen else {}
    return [
        Worded(
            line.name,
            line.size,
            list(_choices(line, groups.get(line.variant_id or 0, ()))),
            line.pieces,
            amount=line.price * line.pieces,
            tax=line.tax,
            tax_included=line.tax_included,
        )
        for line in lines
    ]


def _choices(line: Line, groups: Sequence[OptionGroup]) -> Iterator[Words]:
    known = {(group.code, each.code): each.name for group in groups for each in group.choices}
    for group, chosen in line.options.items():
        for code in chosen:
            words = known.get((group, code))
            yield dict(words.items()) if words else {"ja": code}
