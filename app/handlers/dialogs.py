"""The buttons under the question of any dialog."""

from pydantic import BaseModel, Field

from app.dialogs import machine
from app.handlers import reading
from app.handlers.chat import Chat
from app.handlers.router import router


class Button(BaseModel):
    """Names the dialog and the step that the button stood under."""

    dialog: str = Field(alias="d")
    step: str = Field(alias="s")


class Answer(Button):
    """One of the answers."""

    value: str = Field(alias="v")


class More(Button):
    """Another page of the answers."""

    page: int = Field(alias="p", ge=0)


class Picked(Button):
    """A day from LINE's date picker (REF: Postback params object for datetime picker)."""

    value: str = Field(alias="date", max_length=10)


@router.postback("dialog.answer", Answer)
@router.postback("dialog.picked", Picked)
def answered(chat: Chat, pressed: Answer | Picked) -> None:
    if chat.talk:
        chat.say_all(machine.choose(chat.talk, pressed.dialog, pressed.step, pressed.value))


@router.postback("dialog.back", Button)
def went_back(chat: Chat, pressed: Button) -> None:
    if chat.talk:
        chat.say_all(machine.back(chat.talk, pressed.dialog, pressed.step))


@router.postback("dialog.again", Button)
def changed(chat: Chat, pressed: Button) -> None:
    if chat.talk:
        chat.say_all(machine.change(chat.talk, pressed.dialog, pressed.step))


@router.postback("dialog.cancel", Button)
def cancelled(chat: Chat, pressed: Button) -> None:
    if chat.talk:
        chat.say_all(machine.cancel(chat.talk, pressed.dialog))


@router.postback("dialog.more", More)
def turned_page(chat: Chat, pressed: More) -> None:
    if chat.talk:
        chat.say_all(machine.turn_page(chat.talk, pressed.dialog, pressed.step, pressed.page))


@router.event("message.location")
def located(chat: Chat) -> None:
    """Take a shared location where the open dialog asks for one."""
    place = reading.location(chat.event)
    if chat.talk and place:
        chat.say_all(machine.locate(chat.talk, *place) or [])
