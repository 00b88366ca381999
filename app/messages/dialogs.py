"""What any dialog says around its own questions: asking, asking again, giving up."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from app.line import limits
from app.messages.blocks import Data, Message, Postback, Text
from app.messages.registry import notice
from app.messages.translator import Translator
from app.messages.words import Words, joined


class Choice(BaseModel):
    """One answer to tap: the key of its text, or the text itself where it is data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Data
    key: str | None = None
    text: str | None = None

    @model_validator(mode="after")
    def _one_name(self) -> "Choice":
        if (self.key is None) == (self.text is None):
            raise ValueError("a choice has either key or text")
        return self

    def words(self, t: Translator) -> Words:
        return t(self.key) if self.key is not None else t.data(self.text or "")


class Question(BaseModel):
    """A step's question with its answers.

    `question` is the key of its text and `values` what the text needs. `back` and `cancel` are the
    data of those buttons, absent where the step has none. More answers than fit beside them are
    shown in pages: `page` is the one to show, from 0, and a button with the data `more` and the
    other page's number after it asks for that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    values: dict[str, str | int] = {}
    choices: tuple[Choice, ...] = ()
    page: int = 0
    more: str = ""
    back: Data | None = None
    cancel: Data | None = None


class WrongAnswer(Question):
    """The same again, after an answer that was none; `reason` is the key of a text saying why."""

    reason: str | None = None


@notice("dialogs.ask", push=True)
def ask(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Ask a step's question. Data: a `Question`."""
    asked = Question.model_validate(data)
    return [_question(asked, t)]


@notice("dialogs.wrong", push=True)
def wrong(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say why an answer was none and ask again. Data: a `WrongAnswer`.

    The answers stand in the text too: quick replies are not shown on a computer.
    """
    asked = WrongAnswer.model_validate(data)
    return [Text(text=_reason(asked, t)), _question(asked, t)]


@notice("dialogs.cancelled", push=False)
def cancelled(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Confirm that a dialog was given up. No data."""
    return [Text(text=t("dialogs.cancelled"))]


@notice("dialogs.expired", push=False)
def expired(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that a dialog was forgotten because no answer came. No data."""
    return [Text(text=t("dialogs.expired"))]


@notice("dialogs.nothing_to_cancel", push=False)
def nothing_to_cancel(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Answer a "cancel" outside any dialog. No data."""
    return [Text(text=t("dialogs.nothing_to_cancel"))]


def _question(asked: Question, t: Translator) -> Text:
    return Text(text=t(asked.question, **asked.values), quick_replies=_buttons(asked, t))


def _reason(asked: WrongAnswer, t: Translator) -> Words:
    choices = _shown(asked)[1]
    if asked.reason is not None:
        reason = t(asked.reason, **asked.values)
    else:
        reason = t("dialogs.wrong_choice" if choices else "dialogs.wrong")
    return joined("\n・", [reason, *(choice.words(t) for choice in choices)])


def _buttons(asked: Question, t: Translator) -> tuple[Postback, ...]:
    page, choices, pages = _shown(asked)
    buttons = [_button(choice.words(t), choice.data) for choice in choices]
    if page > 0:
        buttons.append(_button(t("dialogs.previous"), f"{asked.more}{page - 1}"))
    if page < pages - 1:
        buttons.append(_button(t("dialogs.next"), f"{asked.more}{page + 1}"))
    if asked.back is not None:
        buttons.append(_button(t("dialogs.back"), asked.back))
    if asked.cancel is not None:
        buttons.append(_button(t("dialogs.cancel"), asked.cancel))
    return tuple(buttons)


def _button(words: Words, data: str) -> Postback:
    return Postback(label=words, data=data, shown=words)


def _shown(asked: Question) -> tuple[int, tuple[Choice, ...], int]:
    """Return the number of the page, its choices, and how many pages there are."""
    room = limits.QUICK_REPLIES - sum(data is not None for data in (asked.back, asked.cancel))
    if len(asked.choices) > room:
        room -= 2  # previous and next
    pages = max(-(-len(asked.choices) // room), 1)
    page = min(max(asked.page, 0), pages - 1)
    return page, asked.choices[page * room : (page + 1) * room], pages
