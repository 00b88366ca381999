"""A step's question as the notices `dialogs.ask` and `dialogs.wrong` read it (app/messages)."""

from typing import Any
from urllib.parse import urlencode

from app.dialogs.steps import Answers, Choice, Dialog, Step
from app.i18n import Language, in_language
from app.outbox.put import Notice


def ask(
    dialog: Dialog, step: Step, answers: Answers, language: Language, *, page: int = 0
) -> list[Notice]:
    """Ask the step."""
    question = _question(dialog, step, answers, language)
    return [Notice("dialogs.ask", {**question, "page": page})]


def ask_again(
    dialog: Dialog, step: Step, answers: Answers, language: Language, *, reason: str | None = None
) -> list[Notice]:
    """Say that the answer was none, or the reason (the key of its text), and ask again."""
    question = _question(dialog, step, answers, language)
    return [Notice("dialogs.wrong", {**question, "reason": reason})]


def _question(dialog: Dialog, step: Step, answers: Answers, language: Language) -> dict[str, Any]:
    is_first = step is dialog.first
    return {
        "question": step.ask,
        "choices": [
            {"data": _button("answer", dialog, step, v=choice.value), **_text(choice, language)}
            for choice in step.offered(answers)
        ],
        "more": _button("more", dialog, step, p=""),
        "back": None if is_first else _button("back", dialog, step),
        "cancel": _button("cancel", dialog, step),
    }


def _text(choice: Choice, language: Language) -> dict[str, str]:
    if choice.key:
        return {"key": choice.key}
    return {"text": in_language(choice.words or {}, language)}


def _button(what: str, dialog: Dialog, step: Step, **more: str) -> str:
    return f"dialog.{what}?{urlencode({'d': dialog.name, 's': step.name, **more})}"
