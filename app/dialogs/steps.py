"""A conversation as data: what is asked, what can be answered, and what becomes of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from app.dialogs import days
from app.errors import TsunaguError
from app.i18n import Language, plain
from app.messages.translator import spellings
from app.outbox.put import Notice

Answers = Mapping[str, str]
"""What was answered so far: step -> value."""

BACK_WORDS = ("戻る", "もどる", "back")
CANCEL_WORDS = ("やめる", "キャンセル", "cancel")

DONE = ""
"""The value that ends a step which takes many answers."""

_MANY = ","
_PLACE = re.compile(r"-?[0-9]{1,2}(\.[0-9]+)?,-?[0-9]{1,3}(\.[0-9]+)?")


@dataclass(frozen=True)
class Talk:
    """Whose dialog it is: one person at one account; `cause` is the event they act by."""

    account_id: int
    person_id: int
    language: Language
    cause: str


@dataclass(frozen=True)
class Choice:
    """One answer to a step: `key` names its text, or `words` has them ("ja", "en") as data.

    `values` is what the text of `key` needs, `also` what else may be typed to choose it, `sets`
    what it answers besides (step -> value), and `group` the key of the heading it stands under
    where the step has a card.
    """

    value: str
    key: str | None = None
    words: Mapping[str, str] | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)
    also: Sequence[str] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None

    def spelled(self) -> set[str]:
        """All that a person may type to choose it, `plain`."""
        written = spellings(self.key, **self.values) if self.key else (self.words or {}).values()
        return {plain(words) for words in (*written, *self.also)}


@dataclass(frozen=True)
class View:
    """What a step offers one person after their answers.

    `given`: the answer, where there is nothing to ask; the step is passed over. `ask`: the key of
    another text than the step's. `values`: what that text needs. `first` and `last`: between which
    days a step that takes a day takes one. `data`: what the step's card shows.
    """

    choices: Sequence[Choice] = ()
    given: str | None = None
    ask: str | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def choice(self, value: str) -> Choice | None:
        """The choice with this value."""
        return next((choice for choice in self.choices if choice.value == value), None)


Looks = Callable[[Talk, Answers], View]
Takes = Literal["choice", "text", "day", "many"]


@dataclass(frozen=True)
class Step:
    """One question. `ask` is the key of its text.

    `choices` are the answers to it, or a function of the answers so far; without any it takes a
    text of at most `longest` characters. Where more has to be known, `view` answers all that it
    offers to somebody, and `takes` what it takes besides its choices: a text, or a day, also from
    LINE's date picker. One that takes many is asked again after each choice, which is added or
    taken away, until DONE is chosen.

    `check` raises an error of the dialog's `back_on` where the answers up to this one do not go
    together. `card` is the notice that asks in place of `dialogs.ask`, with `View.data`. `place`
    names the answer under which a location that is shared here is kept as "latitude,longitude"; the
    step is then asked again. `label` is the key of the step's short name, by which a step with
    `changes` offers to change its answer.
    """

    name: str
    ask: str
    choices: Sequence[Choice] | Callable[[Answers], Sequence[Choice]] | None = None
    longest: int = 500
    view: Looks | None = None
    takes: Takes | None = None
    check: Callable[[Talk, Answers], None] | None = None
    card: str | None = None
    place: str | None = None
    label: str | None = None
    changes: bool = False

    @property
    def kind(self) -> Takes:
        """What it takes."""
        bare = self.choices is None and self.view is None
        return self.takes or ("text" if bare else "choice")

    def seen(self, talk: Talk, answers: Answers) -> View:
        """What it offers after these answers; a step that takes many sees its own so far."""
        if self.view is not None:
            return self.view(talk, answers)
        return View(self.choices(answers) if callable(self.choices) else self.choices or ())

    def understood(self, said: str, view: View) -> str | None:
        """The value of what a person typed: a choice's words or its number, a text, or a day."""
        numbers = enumerate(() if self.kind == "text" else view.choices, start=1)
        by_number = {str(number): choice.value for number, choice in numbers}
        by_words = {words: choice.value for choice in view.choices for words in choice.spelled()}
        value = (by_number | by_words).get(plain(said))
        if value is not None:
            return value
        if self.kind == "text":
            return self._text(said)
        return self._day(said, view) if self.kind == "day" else None

    def allows(self, value: str, view: View) -> bool:
        """Whether a button with this value still is an answer."""
        if view.choice(value) is not None:
            return True
        if self.kind == "text":
            return self._text(value) is not None
        return self.kind == "day" and self._day(value, view) == value

    def keeps(self, value: str, view: View) -> bool:
        """Whether an answer that was given before still is one."""
        if self.kind != "many":
            return self.allows(value, view)
        return all(view.choice(one) for one in several(value))

    def _text(self, said: str) -> str | None:
        text = said.strip()
        return text if 0 < len(text) <= self.longest else None

    def _day(self, said: str, view: View) -> str | None:
        if view.first is None or view.last is None:
            return None
        day = days.read(said, view.first, view.last)
        return day.isoformat() if day else None


def several(value: str) -> list[str]:
    """The choices in the answer to a step that takes many."""
    return value.split(_MANY) if value else []


def toggled(value: str, choice: str) -> str:
    """The answer to a step that takes many with one choice more, or less if it was there."""
    before = several(value)
    after = [one for one in before if one != choice]
    return _MANY.join(after if choice in before else [*before, choice])


def place(latitude: float, longitude: float) -> str:
    """A shared location as an answer."""
    return f"{latitude:.5f},{longitude:.5f}"


def placed(answer: str | None) -> tuple[float, float] | None:
    """Latitude and longitude of such an answer."""
    if answer is None or not _PLACE.fullmatch(answer):
        return None
    latitude, longitude = map(float, answer.split(","))
    return latitude, longitude


Finish = Callable[[Talk, Answers], list[Notice]]
"""Does what the dialog was for and answers what to say; runs in the event's transaction."""

Refused = Callable[[Talk, Answers, TsunaguError], list[Notice]]
"""What to say where an error ends the dialog."""


class Dialog:
    """Steps in their order, and what becomes of the answers.

    `back_on`: errors of `finish`, and of what steps check and offer, after which the named step is
    asked again; the reason is the text `<dialog>.<code of the error>` with what the error has as
    `extra`. What `finish` had saved by then is undone.

    `ends_on`: errors after which the dialog is over; `refused` answers what to say then.

    `keeps`: when an answer is changed, those that come after it stay as long as they still are
    answers; so does what the dialog was begun with. Else all that came after is asked anew.
    """

    def __init__(
        self,
        name: str,
        *steps: Step,
        finish: Finish,
        back_on: Mapping[type[TsunaguError], str] | None = None,
        ends_on: Sequence[type[TsunaguError]] = (),
        refused: Refused | None = None,
        keeps: bool = False,
        cancel_words: Sequence[str] = CANCEL_WORDS,
        forget_after: timedelta = timedelta(minutes=30),
    ) -> None:
        self.name = name
        self.steps = {step.name: step for step in steps}
        self.finish = finish
        self.back_on = dict(back_on or {})
        self.ends_on = tuple(ends_on)
        self.refused = refused
        self.keeps = keeps
        self.forget_after = forget_after
        self._order = list(self.steps)
        self._cancel_words = {plain(word) for word in cancel_words}
        if self.ends_on and self.refused is None:
            raise ValueError(f"dialog {name!r} does not say why it is over")
        if len(steps) != len(self.steps) or not steps:
            raise ValueError(f"dialog {name!r} needs steps with different names")
        if unknown := set(self.back_on.values()) - set(self.steps):
            raise ValueError(f"dialog {name!r} goes back to unknown steps: {sorted(unknown)}")

    @property
    def refusals(self) -> tuple[type[TsunaguError], ...]:
        """All errors that it has an answer to."""
        return (*self.back_on, *self.ends_on)

    @property
    def first(self) -> Step:
        """The step that is asked first."""
        return self.steps[self._order[0]]

    @property
    def last(self) -> Step:
        """The step that is asked last."""
        return self.steps[self._order[-1]]

    def after(self, step: Step | None) -> list[Step]:
        """The steps after this one, in order; all of them after None."""
        begin = 0 if step is None else self._order.index(step.name) + 1
        return [self.steps[name] for name in self._order[begin:]]

    def before(self, step: Step) -> list[Step]:
        """The steps before this one, the nearest first."""
        names = self._order[: self._order.index(step.name)]
        return [self.steps[name] for name in reversed(names)]

    def reached(self, wanted: str, step: Step) -> bool:
        """Whether the step named `wanted` is this one or lies behind it."""
        return wanted in self._order[: self._order.index(step.name) + 1]

    def answers_but(self, step: Step, answers: Answers) -> dict[str, str]:
        """The answers that stay when this step is asked again; of many its own stays too."""
        own = (
            {step.name: answers[step.name]} if step.kind == "many" and step.name in answers else {}
        )
        if self.keeps:
            return {name: value for name, value in answers.items() if name != step.name} | own
        asked = self._order[: self._order.index(step.name)]
        return {name: answers[name] for name in asked if name in answers} | own

    def is_cancel(self, said: str) -> bool:
        """Whether these words give the dialog up."""
        return plain(said) in self._cancel_words


_dialogs: dict[str, Dialog] = {}


def register(dialog: Dialog) -> Dialog:
    """Make a dialog known by its name; raises ValueError for a name that is taken."""
    if dialog.name in _dialogs:
        raise ValueError(f"dialog {dialog.name!r} is registered twice")
    _dialogs[dialog.name] = dialog
    return dialog


def known(name: str) -> Dialog | None:
    """The dialog of this name, or None: code changes while dialogs are open."""
    return _dialogs.get(name)


def is_back(said: str) -> bool:
    """Whether these words go back one step."""
    return plain(said) in BACK_WORDS


def is_cancel(said: str) -> bool:
    """Whether these words give up any dialog that has no words of its own for that."""
    return plain(said) in CANCEL_WORDS
