"""A step's question as the notices `dialogs.ask` and `dialogs.wrong` read it (app/messages)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from app.dialogs.steps import Answers, Choice, Dialog, Step, Talk, View
from app.i18n import Language, in_language
from app.outbox.put import Notice


@dataclass(frozen=True)
class Question:
    """A step as it is asked: what it offers this person after their answers."""

    talk: Talk
    dialog: Dialog
    step: Step
    answers: Answers
    view: View


@dataclass(frozen=True)
class Reason:
    """Why an answer was none: the key of a text, and what that text needs."""

    key: str
    values: Mapping[str, Any]


def ask(asked: Question, *, page: int = 0) -> list[Notice]:
    """Ask the step."""
    return [Notice(asked.step.card or "dialogs.ask", {**_data(asked), "page": page})]


def ask_again(asked: Question, reason: Reason | None = None) -> list[Notice]:
    """Say that the answer was none, or the reason, and ask again."""
    if asked.step.card:
        why = {"reason": reason.key, "values": dict(reason.values)} if reason else {}
        return [Notice("dialogs.sorry", why), *ask(asked)]
    again = {**_data(asked), "reason": reason.key if reason else None}
    if reason:
        again["values"] = {**again.get("values", {}), **reason.values}
    return [Notice("dialogs.wrong", again)]


def _data(asked: Question) -> dict[str, Any]:
    dialog, step, view = asked.dialog, asked.step, asked.view
    is_first = step is dialog.first
    return {
        "question": view.ask or step.ask,
        "choices": [
            {"data": _button("answer", dialog, step, v=choice.value)}
            | _text(choice, asked.talk.language)
            for choice in view.choices
        ],
        "more": _button("more", dialog, step, p=""),
        "back": None if is_first else _button("back", dialog, step),
        "cancel": _button("cancel", dialog, step),
        **dict(_besides(asked)),
    }


def _besides(asked: Question) -> Iterator[tuple[str, Any]]:
    """What only some steps have."""
    step, view = asked.step, asked.view
    if view.values:
        yield "values", dict(view.values)
    if view.first and view.last:
        days = {"first": view.first.isoformat(), "last": view.last.isoformat()}
        yield "picker", {"data": _button("picked", asked.dialog, step), **days}
    if step.place:
        yield "here", True
    if step.changes:
        yield "changes", list(_changes(asked))
    if step.card:
        yield "card", dict(view.data)


def _changes(asked: Question) -> Iterator[dict[str, str]]:
    """The steps before this one whose answers can be changed, in their order."""
    for step in reversed(asked.dialog.before(asked.step)):
        if step.label and is_asked(step, asked.talk, asked.answers):
            yield {"key": step.label, "data": _button("again", asked.dialog, step)}


def is_asked(step: Step, talk: Talk, answers: Answers) -> bool:
    """Whether the step is not passed over."""
    return step.view is None or step.seen(talk, answers).given is None


def _text(choice: Choice, language: Language) -> dict[str, Any]:
    grouped = {"group": choice.group} if choice.group else {}
    if choice.key is None:
        return {"text": in_language(choice.words or {}, language)} | grouped
    needed = {"values": dict(choice.values)} if choice.values else {}
    return {"key": choice.key} | needed | grouped


def _button(what: str, dialog: Dialog, step: Step, **more: str) -> str:
    return f"dialog.{what}?{urlencode({'d': dialog.name, 's': step.name, **more})}"
