"""Which menu a person should see: a function of what is known, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from app.richmenu.layout import When


class Candidate(Protocol):
    """A menu that somebody may see: a layout, or what was made of one."""

    @property
    def slug(self) -> str: ...
    @property
    def when(self) -> When: ...
    @property
    def priority(self) -> int: ...


Menu = TypeVar("Menu", bound=Candidate)


@dataclass(frozen=True)
class Onlooker:
    """What decides about a person's menu; without a link, `tier` and `store` are None."""

    account: str
    linked: bool
    tier: str | None = None
    store: str | None = None
    tags: frozenset[str] = frozenset()


def choose(menus: Iterable[Menu], person: Onlooker, at: datetime) -> Menu | None:
    """The menu for this person at this time, or None.

    Of those that apply the highest priority wins; of equal ones that with more conditions, then
    the first by name.
    """
    fitting = [menu for menu in menus if applies(menu.when, person, at)]
    return min(fitting, key=_rank, default=None)


def applies(when: When, person: Onlooker, at: datetime) -> bool:
    """Tell whether every condition holds."""
    known = (
        when.person == "everyone" or person.linked == (when.person == "linked"),
        not when.account or person.account in when.account,
        not when.tier or person.tier in when.tier,
        not when.store or person.store in when.store,
        not when.tag or not person.tags.isdisjoint(when.tag),
        when.since is None or when.since <= at,
        when.until is None or at < when.until,
    )
    return all(known)


def _rank(menu: Candidate) -> tuple[int, int, str]:
    conditions = menu.when.model_dump(exclude_defaults=True)
    return -menu.priority, -len(conditions), menu.slug
