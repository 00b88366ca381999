"""A conversation as data: what is asked, what can be answered, and what becomes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.errors import TsunaguError
from app.i18n import Language, plain
from app.messages.translator import spellings
from app.outbox.put import Notice

Answers = Mapping[str, str]
"""What was answered so far: step -> value."""

BACK_WORDS = ("戻る", "もどる", "back")
CANCEL_WORDS = ("やめる", "キャンセル", "cancel")


@dataclass(frozen=True)
class Talk:
    """Whose dialog it is: one person at one account; `cause` is the event they act by."""

    account_id: int
    person_id: int
    language: Language
    cause: str


@dataclass(frozen=True)
class Choice:
    """One answer to a step: `key` names its text, or `words` has them ("ja", "en") as data."""

    value: str
    key: str | None = None
    words: Mapping[str, str] | None = None

    def spelled(self) -> set[str]:
        """All that a person may type to choose it, `plain`."""
        written = spellings(self.key) if self.key else list((self.words or {}).values())
        return {plain(words) for words in written}


@dataclass(frozen=True)
class Step:
    """One question. `ask` is the key of its text.

    `choices` are the answers to it, or a function of the answers so far; without any it takes a
    text of at most `longest` characters.
    """

    name: str
    ask: str
    choices: Sequence[Choice] | Callable[[Answers], Sequence[Choice]] | None = None
    longest: int = 500

    def offered(self, answers: Answers) -> Sequence[Choice]:
        """The choices after these answers; none for a step that takes a text."""
        if callable(self.choices):
            return self.choices(answers)
        return self.choices or ()

    def understood(self, said: str, answers: Answers) -> str | None:
        """The value of what a person typed: a choice's words or its number, or the text itself."""
        if self.choices is None:
            return self._text(said)
        offered = self.offered(answers)
        by_number = {str(number): choice.value for number, choice in enumerate(offered, start=1)}
        by_words = {words: choice.value for choice in offered for words in choice.spelled()}
        return (by_number | by_words).get(plain(said))

    def allows(self, value: str, answers: Answers) -> bool:
        """Whether a button with this value still is an answer."""
        if self.choices is None:
            return self._text(value) is not None
        return any(choice.value == value for choice in self.offered(answers))

    def _text(self, said: str) -> str | None:
        text = said.strip()
        return text if 0 < len(text) <= self.longest else None


Finish = Callable[[Talk, Answers], list[Notice]]
"""Does what the dialog was for and answers what to say; runs in the event's transaction."""


class Dialog:
    """Steps in their order, and what becomes of the answers.

    `back_on`: errors of `finish` after which the named step is asked again; the reason is the text
    `<dialog>.<code of the error>`. What `finish` had saved by then is undone.
    """

    def __init__(
        self,
        name: str,
        *steps: Step,
        finish: Finish,
        back_on: Mapping[type[TsunaguError], str] | None = None,
        cancel_words: Sequence[str] = CANCEL_WORDS,
        forget_after: timedelta = timedelta(minutes=30),
    ) -> None:
        self.name = name
        self.steps = {step.name: step for step in steps}
        self.finish = finish
        self.back_on = dict(back_on or {})
        self.forget_after = forget_after
        self._order = list(self.steps)
        self._cancel_words = {plain(word) for word in cancel_words}
        if len(steps) != len(self.steps) or not steps:
            raise ValueError(f"dialog {name!r} needs steps with different names")
        if unknown := set(self.back_on.values()) - set(self.steps):
            raise ValueError(f"dialog {name!r} goes back to unknown steps: {sorted(unknown)}")

    @property
    def first(self) -> Step:
        """The step that is asked first."""
        return self.steps[self._order[0]]

    def after(self, step: Step) -> Step | None:
        """The step after this one, or None after the last."""
        following = self._order[self._order.index(step.name) + 1 :]
        return self.steps[following[0]] if following else None

    def before(self, step: Step) -> Step:
        """The step before this one; the first has itself before it."""
        return self.steps[self._order[max(self._order.index(step.name) - 1, 0)]]

    def reached(self, wanted: str, step: Step) -> bool:
        """Whether the step named `wanted` is this one or lies behind it."""
        return wanted in self._order[: self._order.index(step.name) + 1]

    def answers_before(self, step: Step, answers: Answers) -> dict[str, str]:
        """The answers to the steps before this one."""
        asked = self._order[: self._order.index(step.name)]
        return {name: answers[name] for name in asked if name in answers}

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
