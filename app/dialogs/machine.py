"""Leads people through dialogs: asks, understands, goes back, gives up, forgets.

Where a person stands is a row, so a dialog goes on after a restart. Nothing here knows what any
dialog is about. Functions answer what to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import bindparam, select

from app import clock
from app.db import db, run, transaction
from app.dialogs import steps
from app.dialogs.asking import Question, Reason, ask, ask_again, is_asked
from app.dialogs.models import DialogState
from app.dialogs.steps import DONE, Answers, Dialog, Step, Talk, View
from app.errors import TsunaguError
from app.outbox.put import Notice
from app.prepared import Prepared

Led = TypeVar("Led", list[Notice], list[Notice] | None)

EXPIRED = [Notice("dialogs.expired")]
CANCELLED = [Notice("dialogs.cancelled")]
NOTHING_TO_CANCEL = [Notice("dialogs.nothing_to_cancel")]


@dataclass(frozen=True)
class _Open:
    """A dialog that a person has not ended."""

    talk: Talk
    row: DialogState
    dialog: Dialog
    step: Step

    @property
    def expired(self) -> bool:
        return clock.now() >= self.row.expires_at

    @property
    def view(self) -> View:
        """What the present step offers."""
        return self.step.seen(self.talk, self.row.answers)


def start(talk: Talk, dialog: Dialog, given: Answers | None = None) -> list[Notice]:
    """Ask the first step. Another dialog that is open is given up.

    `given`: answers, and whatever else the steps look at; what still is an answer is not asked.
    """
    with transaction():
        row = _row(talk)
        if row is None:
            row = DialogState(account_id=talk.account_id, line_user_id=talk.person_id)
            db.session.add(row)
        answers = dict(given or {})
        _note(row, dialog, dialog.first, answers)
        db.session.flush()
        return _on(_Open(talk, row, dialog, dialog.first), None, answers)


def hear(talk: Talk, said: str) -> list[Notice] | None:
    """Take a text as an answer, "back" or "cancel".

    None: no dialog is open, or these words mean nothing to it. A dialog that has expired says so to
    an answer that comes too late, and is forgotten either way.
    """
    with transaction():
        at = _open(talk)
        if at is None:
            return None
        if at.expired:
            _forget(at)
            return EXPIRED if _is_late_answer(at, said) else None
        if at.dialog.is_cancel(said):
            return _cancel(at)
        if steps.is_back(said):
            return _back(at, at.step)
        return _led(at, lambda: _hear(at, said))


def insist(talk: Talk, said: str) -> list[Notice] | None:
    """Nobody understood the text: count it as a wrong answer and ask again.

    None if no dialog is open and there is nothing that "cancel" could mean.
    """
    with transaction():
        at = _alive(talk)
        if at is None:
            return NOTHING_TO_CANCEL if steps.is_cancel(said) else None
        at.row.wrong += 1
        _touch(at.row, at.dialog)
        return _led(at, lambda: ask_again(_question(at)))


def locate(talk: Talk, latitude: float, longitude: float) -> list[Notice] | None:
    """Take a shared location, in degrees. None: no dialog is open, or its step asks for none."""
    with transaction():
        at = _alive(talk)
        if at is None or at.step.place is None:
            return None
        answers = at.dialog.answers_but(at.step, at.row.answers)
        answers[at.step.place] = steps.place(latitude, longitude)
        return _led(at, lambda: _go(at, at.step, answers))


def choose(talk: Talk, dialog: str, step: str, value: str) -> list[Notice]:
    """Take a pressed answer. One to an earlier step changes that answer and goes on from there."""
    return _at_step(talk, dialog, step, lambda at, pressed: _answer(at, pressed, value))


def back(talk: Talk, dialog: str, step: str) -> list[Notice]:
    """Take a pressed "back" of a step."""
    return _at_step(talk, dialog, step, _back)


def change(talk: Talk, dialog: str, step: str) -> list[Notice]:
    """Ask a step anew whose answer somebody wants to change."""
    return _at_step(talk, dialog, step, _again)


def cancel(talk: Talk, dialog: str) -> list[Notice]:
    """Take a pressed "cancel"."""
    with transaction():
        at = _alive(talk, dialog)
        return _cancel(at) if at else NOTHING_TO_CANCEL


def turn_page(talk: Talk, dialog: str, step: str, page: int) -> list[Notice]:
    """Show another page of a step's choices."""
    with transaction():
        at = _alive(talk, dialog)
        if at is None:
            return EXPIRED
        if step != at.step.name:
            return _repeat(at)
        return _led(at, lambda: ask(_question(at), page=page))


def _at_step(
    talk: Talk, dialog: str, step: str, then: Callable[[_Open, Step], list[Notice]]
) -> list[Notice]:
    with transaction():
        at = _alive(talk, dialog)
        if at is None:
            return EXPIRED
        if not at.dialog.reached(step, at.step):
            return _repeat(at)
        return _led(at, lambda: _then(at, at.dialog.steps[step], then))


def _then(at: _Open, step: Step, then: Callable[[_Open, Step], list[Notice]]) -> list[Notice]:
    # A button of an old card may name a step that other answers have made needless since.
    if is_asked(step, at.talk, at.row.answers):
        return then(at, step)
    return ask(_question(at))


def _hear(at: _Open, said: str) -> list[Notice] | None:
    value = at.step.understood(said, at.view)
    return None if value is None else _answer(at, at.step, value)


def _answer(at: _Open, step: Step, value: str) -> list[Notice]:
    answers = at.dialog.answers_but(step, at.row.answers)
    view = step.seen(at.talk, answers)
    if not step.allows(value, view):
        _go(at, step, answers, view)
        return ask_again(Question(at.talk, at.dialog, step, answers, view))
    chosen = view.choice(value)
    if step.kind == "many" and value != DONE:
        answers[step.name] = steps.toggled(answers.get(step.name, ""), value)
        return _go(at, step, answers)
    if step.kind == "many":
        value = answers.get(step.name, "")
    answers |= {step.name: value} | (dict(chosen.sets) if chosen else {})
    return _on(at, step, answers)


def _on(at: _Open, step: Step | None, answers: dict[str, str]) -> list[Notice]:
    """Go on after a step, past those that need not be asked; at the end do what it was for."""
    try:
        following = _following(at, step, answers)
        if following is not None:
            return _go(at, *following)
        said = _finish(at, answers)
    except at.dialog.refusals as error:
        return _refuse(at, answers, error)
    _forget(at)
    return said


def _finish(at: _Open, answers: dict[str, str]) -> list[Notice]:
    """Do what the dialog was for. The last answer is asked for again where that is not possible."""
    done = dict(answers)
    answers.pop(at.dialog.last.name, None)
    with db.session.begin_nested():
        return at.dialog.finish(at.talk, done)


def _following(
    at: _Open, step: Step | None, answers: dict[str, str]
) -> tuple[Step, dict[str, str], View] | None:
    """The next step to ask, with the answers up to it and what it offers; None after the last."""
    if step is not None and step.check:
        step.check(at.talk, answers)
    for later in at.dialog.after(step):
        view = later.seen(at.talk, answers)
        if view.given is not None:
            answers[later.name] = view.given
        elif later.name not in answers or not later.keeps(answers[later.name], view):
            answers.pop(later.name, None)
            return later, answers, view
        if later.check:
            later.check(at.talk, answers)
    return None


def _refuse(at: _Open, answers: Answers, error: TsunaguError) -> list[Notice]:
    if at.dialog.refused is not None and isinstance(error, at.dialog.ends_on):
        _forget(at)
        return at.dialog.refused(at.talk, answers, error)
    wanted = next(name for kind, name in at.dialog.back_on.items() if isinstance(error, kind))
    step = at.dialog.steps[wanted]
    kept = at.dialog.answers_but(step, answers)
    view = step.seen(at.talk, kept)
    _go(at, step, kept, view)
    told = {name: value for name, value in error.extra.items() if isinstance(value, str | int)}
    reason = Reason(f"{at.dialog.name}.{error.code}", told)
    return ask_again(Question(at.talk, at.dialog, step, kept, view), reason)


def _led(at: _Open, work: Callable[[], Led]) -> Led | list[Notice]:
    """Do the work; where a step has become impossible, go back to the one that mends it."""
    try:
        return work()
    except at.dialog.refusals as error:
        return _refuse(at, at.row.answers, error)


def _back(at: _Open, step: Step) -> list[Notice]:
    answers = at.row.answers
    asked = (each for each in at.dialog.before(step) if is_asked(each, at.talk, answers))
    return _again(at, next(asked, step))


def _again(at: _Open, step: Step) -> list[Notice]:
    return _go(at, step, at.dialog.answers_but(step, at.row.answers))


def _cancel(at: _Open) -> list[Notice]:
    _forget(at)
    return CANCELLED


def _repeat(at: _Open) -> list[Notice]:
    return _led(at, lambda: ask(_question(at)))


def _question(at: _Open) -> Question:
    return Question(at.talk, at.dialog, at.step, at.row.answers, at.view)


def _go(
    at: _Open, step: Step, answers: Mapping[str, str], view: View | None = None
) -> list[Notice]:
    view = view or step.seen(at.talk, answers)
    _note(at.row, at.dialog, step, answers)
    return ask(Question(at.talk, at.dialog, step, answers, view))


def _note(row: DialogState, dialog: Dialog, step: Step, answers: Answers) -> None:
    row.dialog, row.step, row.answers, row.wrong = dialog.name, step.name, dict(answers), 0
    _touch(row, dialog)


def _touch(row: DialogState, dialog: Dialog) -> None:
    row.updated_at = clock.now()
    row.expires_at = row.updated_at + dialog.forget_after


def _forget(at: _Open) -> None:
    db.session.delete(at.row)
    db.session.flush()


def _is_late_answer(at: _Open, said: str) -> bool:
    # Any words could answer a step that takes a text, so there they are taken as something new.
    if at.step.kind == "text":
        return False
    try:
        understood = at.step.understood(said, at.view) is not None
    except at.dialog.refusals:
        understood = False  # What could have been answered is gone by now.
    return understood or at.dialog.is_cancel(said) or steps.is_back(said)


def _alive(talk: Talk, dialog: str | None = None) -> _Open | None:
    """The open dialog, if it is the one asked for; one that has expired is forgotten."""
    at = _open(talk)
    if at is None or dialog not in (None, at.dialog.name):
        return None
    if at.expired:
        _forget(at)
        return None
    return at


def _open(talk: Talk) -> _Open | None:
    row = _row(talk)
    dialog = steps.known(row.dialog) if row else None
    step = dialog.steps.get(row.step) if row and dialog else None
    return _Open(talk, row, dialog, step) if row and dialog and step else None


def _row(talk: Talk) -> DialogState | None:
    # Most people are in no dialog, and a bare look at the key costs a quarter of loading the row.
    key = run(_KEY, {"at_account": talk.account_id, "of_person": talk.person_id}).first()
    return db.session.get(DialogState, key.id) if key else None


_states = DialogState.__table__
_KEY = Prepared(
    select(_states.c.id).where(
        _states.c.account_id == bindparam("at_account"),
        _states.c.line_user_id == bindparam("of_person"),
    )
)
