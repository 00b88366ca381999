"""Leads people through dialogs: asks, understands, goes back, gives up, forgets.

Where a person stands is a row, so a dialog goes on after a restart. Nothing here knows what any
dialog is about. Functions answer what to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app import clock
from app.db import db, run, transaction
from app.dialogs import steps
from app.dialogs.asking import ask, ask_again
from app.dialogs.models import DialogState
from app.dialogs.steps import Answers, Dialog, Step, Talk
from app.errors import TsunaguError
from app.outbox.put import Notice
from app.prepared import Prepared

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


def start(talk: Talk, dialog: Dialog) -> list[Notice]:
    """Ask the first step. Another dialog that is open is given up."""
    with transaction():
        row = _row(talk)
        if row is None:
            row = DialogState(account_id=talk.account_id, line_user_id=talk.person_id)
            db.session.add(row)
        return _go(talk, row, dialog, dialog.first, {})


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
        value = at.step.understood(said, at.row.answers)
        return None if value is None else _answer(at, at.step, value)


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
        return ask_again(at.dialog, at.step, at.row.answers, talk.language)


def choose(talk: Talk, dialog: str, step: str, value: str) -> list[Notice]:
    """Take a pressed answer. One to an earlier step changes that answer and goes on from there."""
    return _at_step(talk, dialog, step, lambda at, pressed: _answer(at, pressed, value))


def back(talk: Talk, dialog: str, step: str) -> list[Notice]:
    """Take a pressed "back" of a step."""
    return _at_step(talk, dialog, step, _back)


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
        return ask(at.dialog, at.step, at.row.answers, talk.language, page=page)


def _at_step(
    talk: Talk, dialog: str, step: str, then: Callable[[_Open, Step], list[Notice]]
) -> list[Notice]:
    with transaction():
        at = _alive(talk, dialog)
        if at is None:
            return EXPIRED
        if not at.dialog.reached(step, at.step):
            return _repeat(at)
        return then(at, at.dialog.steps[step])


def _answer(at: _Open, step: Step, value: str) -> list[Notice]:
    answers = at.dialog.answers_before(step, at.row.answers)
    if not step.allows(value, answers):
        _go(at.talk, at.row, at.dialog, step, answers)
        return ask_again(at.dialog, step, answers, at.talk.language)
    answers[step.name] = value
    following = at.dialog.after(step)
    if following is None:
        return _finish(at, answers)
    return _go(at.talk, at.row, at.dialog, following, answers)


def _finish(at: _Open, answers: Answers) -> list[Notice]:
    try:
        with db.session.begin_nested():
            said = at.dialog.finish(at.talk, answers)
    except tuple(at.dialog.back_on) as error:
        return _back_on(at, answers, error)
    _forget(at)
    return said


def _back_on(at: _Open, answers: Answers, error: TsunaguError) -> list[Notice]:
    wanted = next(name for kind, name in at.dialog.back_on.items() if isinstance(error, kind))
    step = at.dialog.steps[wanted]
    kept = at.dialog.answers_before(step, answers)
    _go(at.talk, at.row, at.dialog, step, kept)
    reason = f"{at.dialog.name}.{error.code}"
    return ask_again(at.dialog, step, kept, at.talk.language, reason=reason)


def _back(at: _Open, step: Step) -> list[Notice]:
    before = at.dialog.before(step)
    kept = at.dialog.answers_before(before, at.row.answers)
    return _go(at.talk, at.row, at.dialog, before, kept)


def _cancel(at: _Open) -> list[Notice]:
    _forget(at)
    return CANCELLED


def _repeat(at: _Open) -> list[Notice]:
    return ask(at.dialog, at.step, at.row.answers, at.talk.language)


def _go(
    talk: Talk, row: DialogState, dialog: Dialog, step: Step, answers: Mapping[str, str]
) -> list[Notice]:
    row.dialog, row.step, row.answers, row.wrong = dialog.name, step.name, dict(answers), 0
    _touch(row, dialog)
    return ask(dialog, step, answers, talk.language)


def _touch(row: DialogState, dialog: Dialog) -> None:
    row.updated_at = clock.now()
    row.expires_at = row.updated_at + dialog.forget_after


def _forget(at: _Open) -> None:
    db.session.delete(at.row)
    db.session.flush()


def _is_late_answer(at: _Open, said: str) -> bool:
    # Any words could answer a step that takes a text, so there they are taken as something new.
    if at.step.choices is None:
        return False
    understood = at.step.understood(said, at.row.answers) is not None
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
