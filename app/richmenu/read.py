"""Reads the files that describe menus, all or nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from app.errors import NotFound
from app.richmenu import checks
from app.richmenu.layout import NO_MOMENT, Layout, Menu, mistake_at
from app.richmenu.mistakes import BadLayout, Loc, Mistake, both

FOLDER: Final = checks.ASSETS / "richmenus"

# Pydantic's names of mistakes, and our words for them.
_WORDS: Final = {
    "missing": both("必要です", "is needed"),
    "extra_forbidden": both("この項目はありません", "there is no such field"),
    "string_type": both("文字で書いてください", "must be a text"),
    "string_pattern_mismatch": both("#RRGGBB の形で書いてください", "must be #RRGGBB"),
    "tuple_type": both("一覧（- や [ ]）で書いてください", "must be a list"),
    "dict_type": both("「名前: 値」で書いてください", "must be names and values"),
    "model_type": both("「名前: 値」で書いてください", "must be names and values"),
    "bool_parsing": both("true か false で書いてください", "must be true or false"),
    "int_parsing": both("整数で書いてください", "must be a whole number"),
}


class NoSuchMenu(NotFound):
    """No file describes a menu of this name."""

    code = "no_such_menu"


class _Refused(Exception):
    """What YAML allows and we do not, with its line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def read_folder(folder: Path = FOLDER) -> list[Layout]:
    """All menus of a folder, by file name; raises BadLayout with every mistake in it."""
    layouts: list[Layout] = []
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            layouts.append(_read_file(path))
        except BadLayout as error:
            mistakes += error.mistakes
    # Menus that could not be read would seem to be missing where others lead to them.
    mistakes = mistakes or checks.together(layouts)
    if mistakes:
        raise BadLayout(mistakes)
    return layouts


def named(layouts: list[Layout], slug: str) -> Layout:
    """The menu that a file of this name describes; raises NoSuchMenu."""
    for layout in layouts:
        if layout.slug == slug:
            return layout
    raise NoSuchMenu(slug)


def _read_file(path: Path) -> Layout:
    lines: dict[Loc, int] = {}
    try:
        found = _compose(path)
        data = _plain(found, (), lines) if found else {}
        layout = Layout(path, Menu.model_validate(data), lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = both("YAMLとして読めません", f"is no YAML: {error.problem}")
        raise BadLayout([Mistake(path.name, line, reason)]) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        reason = both("UTF-8の文字として読めません", "is no text in UTF-8")
        raise BadLayout([Mistake(path.name, 1, reason)]) from None
    except _Refused as error:
        raise BadLayout([Mistake(path.name, error.line, str(error))]) from None
    except ValidationError as error:
        raise BadLayout(list(_of_shape(path, lines, error))) from None
    if mistakes := checks.one(layout):
        raise BadLayout(mistakes)
    return layout


def _compose(path: Path) -> Node | None:
    text = path.read_text(encoding="utf-8")
    for event in yaml.parse(text):
        if isinstance(event, yaml.AliasEvent):
            reason = both("YAMLの別名（*）は使えません", "YAML's own aliases (*) are not allowed")
            raise _Refused(event.start_mark.line + 1 if event.start_mark else 1, reason)
    return yaml.compose(text)


def _plain(node: Node, loc: Loc, lines: dict[Loc, int]) -> Any:
    """The node's value, every scalar as it is written: a label `No` stays "No"."""
    # A field stands where its name does: what follows it may begin some lines below.
    lines.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        fields = dict(_fields(node))
        lines |= {(*loc, name): line for name, (line, _) in fields.items()}
        return {name: _plain(value, (*loc, name), lines) for name, (_, value) in fields.items()}
    if isinstance(node, SequenceNode):
        return [_plain(item, (*loc, number), lines) for number, item in enumerate(node.value)]
    return node.value


def _fields(node: MappingNode) -> Iterator[tuple[str, tuple[int, Node]]]:
    """Each field's name with its line and value."""
    seen = set()
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in seen:
            reason = both(f"「{name}」が2回あります", f"{name} is there twice")
            raise _Refused(line, reason)
        seen.add(name)
        yield name, (line, value)


def _of_shape(path: Path, lines: dict[Loc, int], error: ValidationError) -> Iterator[Mistake]:
    for problem in error.errors():
        # Pydantic marks a wrong key of a mapping with this after the key itself.
        loc = tuple(part for part in problem["loc"] if part != "[key]")
        yield mistake_at(path, lines, loc, _told(problem))


def _told(problem: Any) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        expected = context["expected"].replace(" or ", ", ")
        return both(f"次のどれかにしてください: {expected}", f"must be one of {expected}")
    if kind.startswith("datetime"):
        return NO_MOMENT
    return _WORDS.get(kind) or both("値が正しくありません", problem["msg"])
