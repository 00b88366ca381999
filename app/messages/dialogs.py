"""What any dialog says around its own questions: asking, asking again, giving up."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from app.line import limits
from app.messages.blocks import Buttons, Data, Here, Message, Pick, Postback, QuickReply, Text
from app.messages.registry import notice
from app.messages.translator import Translator
from app.messages.words import Words, joined


class Choice(BaseModel):
    """One answer to tap: the key of its text, or the text itself where it is data.

    `values` is what the text needs, `group` the key of the heading it stands under on a card.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Data
    key: str | None = None
    text: str | None = None
    values: dict[str, str | int] = {}
    group: str | None = None

    @model_validator(mode="after")
    def _one_name(self) -> "Choice":
        if (self.key is None) == (self.text is None):
            raise ValueError("a choice has either key or text")
        return self

    def words(self, t: Translator) -> Words:
        return t(self.key, **self.values) if self.key is not None else t.data(self.text or "")


class Picker(BaseModel):
    """A date picker: its data, and the first and the last day it takes, as YYYY-MM-DD."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Data
    first: str
    last: str


class Question(BaseModel):
    """A step's question with its answers.

    `question` is the key of its text and `values` what the text needs. `back` and `cancel` are the
    data of those buttons, absent where the step has none. More answers than fit beside them are
    shown in pages: `page` is the one to show, from 0, and a button with the data `more` and the
    other page's number after it asks for that. `picker` asks for a day, `here` for a location.
    `changes` are the answers that can be changed. `card` is what the notices of features show.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    values: dict[str, str | int] = {}
    choices: tuple[Choice, ...] = ()
    page: int = 0
    more: str = ""
    back: Data | None = None
    cancel: Data | None = None
    picker: Picker | None = None
    here: bool = False
    changes: tuple[Choice, ...] = ()
    card: dict[str, Any] = {}


class Sorry(BaseModel):
    """`reason`: the key of a text saying why, with what it needs; None: no choice was meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str | None = None
    values: dict[str, str | int] = {}


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


@notice("dialogs.sorry", push=True)
def sorry(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say why an answer was none, before a card that asks again. Data: a `Sorry`."""
    why = Sorry.model_validate(data)
    return [Text(text=t(why.reason or "dialogs.wrong_choice", **why.values))]


def quick_replies(asked: Question, t: Translator, *, pages: int = 1) -> tuple[QuickReply, ...]:
    """Return what stands beside a card that has the answers itself.

    That is what can be changed, the pages around `asked.page`, back and cancel.
    """
    ways = tuple(_ways(asked, t, min(max(asked.page, 0), pages - 1), pages))
    changes = [_button(change.words(t), change.data) for change in asked.changes]
    return (*changes[: limits.QUICK_REPLIES - len(ways)], *ways)


def _question(asked: Question, t: Translator) -> Message:
    text = t(asked.question, **asked.values)
    if asked.picker is None:
        return Text(text=text, quick_replies=_buttons(asked, t))
    return Buttons(text=text, buttons=(_pick(asked.picker, t),), quick_replies=_buttons(asked, t))


def _pick(picker: Picker, t: Translator) -> Pick:
    return Pick(
        label=t("dialogs.pick_day"),
        data=picker.data,
        mode="date",
        initial=picker.first,
        min=picker.first,
        max=picker.last,
    )


def _reason(asked: WrongAnswer, t: Translator) -> Words:
    choices = _shown(asked)[1]
    if asked.reason is not None:
        reason = t(asked.reason, **asked.values)
    else:
        reason = t("dialogs.wrong_choice" if choices else "dialogs.wrong")
    return joined("\n・", [reason, *(choice.words(t) for choice in choices)])


def _buttons(asked: Question, t: Translator) -> tuple[QuickReply, ...]:
    page, choices, pages = _shown(asked)
    buttons = [_button(choice.words(t), choice.data) for choice in choices]
    return (*buttons, *_ways(asked, t, page, pages))


def _ways(asked: Question, t: Translator, page: int, pages: int) -> Iterator[QuickReply]:
    """The buttons that are no answers."""
    if page > 0:
        yield _button(t("dialogs.previous"), f"{asked.more}{page - 1}")
    if page < pages - 1:
        yield _button(t("dialogs.next"), f"{asked.more}{page + 1}")
    if asked.here:
        yield Here(label=t("dialogs.here"))
    if asked.back is not None:
        yield _button(t("dialogs.back"), asked.back)
    if asked.cancel is not None:
        yield _button(t("dialogs.cancel"), asked.cancel)


def _button(words: Words, data: str) -> Postback:
    return Postback(label=words, data=data, shown=words)


def _shown(asked: Question) -> tuple[int, tuple[Choice, ...], int]:
    """Return the number of the page, its choices, and how many pages there are."""
    room = _room(asked)
    if len(asked.choices) > room:
        room -= 2  # previous and next
    pages = max(-(-len(asked.choices) // room), 1)
    page = min(max(asked.page, 0), pages - 1)
    return page, asked.choices[page * room : (page + 1) * room], pages


def _room(asked: Question) -> int:
    """How many quick replies are left for the answers."""
    return limits.QUICK_REPLIES - asked.here - (asked.back is not None) - (asked.cancel is not None)
