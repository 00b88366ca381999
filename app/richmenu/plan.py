"""What `apply` would do, from what should be, what we have noted, and what LINE has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.menus.queries import Made
from app.errors import TsunaguError
from app.richmenu.choose import Onlooker, choose
from app.richmenu.marks import Found, read_mark
from app.richmenu.wanted import Wanted


class AliasTaken(TsunaguError):
    """An alias that a layout claims leads to another tool's menu."""

    status = 409
    code = "alias_taken"


@dataclass(frozen=True)
class Sight:
    """All that is known about an account's menus; `ever`: ids of those that were ever ours."""

    slug: str
    wanted: Sequence[Wanted]
    made: Sequence[Made]
    found: Found
    ever: Collection[str]

    @property
    def ours(self) -> set[str]:
        """LINE's ids of menus that are ours, or were."""
        return {*self.ever, *(one for one, name in self.found.menus.items() if read_mark(name))}

    def row(self, wanted: Wanted) -> Made | None:
        """What we have noted of this version."""
        versions = {(menu.slug, menu.hash): menu for menu in self.made}
        return versions.get((wanted.slug, wanted.hash))

    def line_id(self, wanted: Wanted) -> str | None:
        """The id of this version at LINE; None where it is to be created."""
        row = self.row(wanted)
        if row and row.line_id in self.found.menus:
            return row.line_id
        return self.found.marked(wanted)


@dataclass(frozen=True)
class Steps:
    """What is to be done at LINE.

    `unfinished`: LINE has it, and it is not shown yet. `rules`: slugs of menus that other people
    will see from now on. `aliases`: alias -> slug. `default`: the slug of the menu to become the
    default, "" for none, None where it stays. `delete`: LINE's names of menus.
    """

    create: list[str]
    unfinished: list[str]
    rules: list[str]
    aliases: dict[str, str]
    alias_deletions: list[str]
    alias_conflicts: list[str]
    default: str | None
    delete: list[str]

    def any(self) -> bool:
        """Whether there is anything to do."""
        return self.default is not None or any(vars(self).values())


def plan(sight: Sight, at: datetime) -> Steps:
    """What is to be done so that LINE has what is wanted, and nothing else of ours."""
    ids = {menu.slug: sight.line_id(menu) for menu in sight.wanted}
    rows = {menu.slug: sight.row(menu) for menu in sight.wanted}
    live = {slug: row for slug, row in rows.items() if row and row.state == "live"}
    by_alias = {menu.alias: menu.slug for menu in sight.wanted if menu.alias}
    aliases, found = sight.found.aliases, sight.found
    return Steps(
        create=[slug for slug, line_id in ids.items() if line_id is None],
        unfinished=[slug for slug, line_id in ids.items() if line_id and slug not in live],
        rules=[menu.slug for menu in sight.wanted if _differs(menu, live.get(menu.slug))],
        aliases={a: s for a, s in by_alias.items() if not ids[s] or aliases.get(a) != ids[s]},
        alias_deletions=[a for a, to in aliases.items() if to in sight.ours and a not in by_alias],
        alias_conflicts=[a for a in by_alias if aliases.get(a) not in {None, *sight.ours}],
        default=_default(sight, ids, at),
        delete=[found.menus[i] for i in sight.ours & found.menus.keys() - set(ids.values())],
    )


def _differs(wanted: Wanted, live: Made | None) -> bool:
    return live is not None and (live.rule, live.alias) != (wanted.rule, wanted.alias)


def _default(sight: Sight, ids: dict[str, str | None], at: datetime) -> str | None:
    chosen = choose(sight.wanted, Onlooker(sight.slug, linked=False), at)
    present = sight.found.default
    if chosen is None:
        return "" if present in sight.ours else None
    line_id = ids[chosen.slug]
    return None if line_id and line_id == present else chosen.slug
