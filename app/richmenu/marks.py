"""Which of the menus at LINE are ours: their names there begin with our mark."""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from app.line import limits

_MARK: Final = re.compile(r"tsunagu:(?P<slug>.{1,100}):(?P<hash>[0-9a-f]{12})(?: |$)", re.DOTALL)


class Version(Protocol):
    """A version of a menu."""

    @property
    def slug(self) -> str: ...
    @property
    def hash(self) -> str: ...


@dataclass(frozen=True)
class Found:
    """What LINE has: menu id -> name, alias -> menu id, the default menu's id.

    The default is None also where another tool has set it.
    """

    menus: dict[str, str]
    aliases: dict[str, str]
    default: str | None

    def marked(self, version: Version, known: frozenset[str] = frozenset()) -> str | None:
        """The id of a menu with this version's mark that is not among the `known` ones, or None."""
        wanted = (version.slug, version.hash)
        found = (line_id for line_id, name in self.menus.items() if read_mark(name) == wanted)
        return next((line_id for line_id in found if line_id not in known), None)


def name_with_mark(slug: str, hash: str, name: str) -> str:
    """A menu's name at LINE, as long as LINE allows."""
    return f"tsunagu:{slug}:{hash} {name}"[: limits.RICHMENU_NAME].rstrip()


def read_mark(name: str) -> tuple[str, str] | None:
    """Slug and hash in a name of ours, or None: then the menu is another tool's."""
    found = _MARK.match(name)
    return (found["slug"], found["hash"]) if found else None
