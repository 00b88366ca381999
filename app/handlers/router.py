"""Which listener takes what. The decorators over the listeners are the bot's table of contents."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from app.handlers.chat import Chat
from app.handlers.reading import Pressed
from app.i18n import plain

Listener = Callable[[Chat], None]


class BadButton(Exception):
    """The data of a button is not what its listener reads; the text names the fields."""


class RegisteredTwice(ValueError):
    """Two listeners want the same word, button or kind of event."""


@dataclass(frozen=True)
class _Word:
    listener: Listener
    private: bool


@dataclass(frozen=True)
class _Button:
    listener: Callable[..., None]
    model: type[BaseModel] | None


@dataclass
class Router:
    """The listeners by what they take."""

    _words: dict[str, _Word] = field(default_factory=dict)
    _prefixes: dict[str, Callable[[Chat, str], None]] = field(default_factory=dict)
    _buttons: dict[str, _Button] = field(default_factory=dict)
    _events: dict[str, Listener] = field(default_factory=dict)

    def text(self, *words: str, private: bool = False) -> Callable[[Listener], Listener]:
        """Take texts that are one of these words. `private`: only from a person we know."""

        def register(listener: Listener) -> Listener:
            for word in words:
                _add(self._words, plain(word), _Word(listener, private))
            return listener

        return register

    def prefix(
        self, *words: str
    ) -> Callable[[Callable[[Chat, str], None]], Callable[[Chat, str], None]]:
        """Take what a person we know says after one of these words and a space."""

        def register(listener: Callable[[Chat, str], None]) -> Callable[[Chat, str], None]:
            for word in words:
                _add(self._prefixes, plain(word), listener)
            return listener

        return register

    def postback(
        self, name: str, model: type[BaseModel] | None = None
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Take buttons whose data is `name` or `name?field=value&...`, read by the model."""

        def register(listener: Callable[..., None]) -> Callable[..., None]:
            _add(self._buttons, name, _Button(listener, model))
            return listener

        return register

    def event(self, kind: str) -> Callable[[Listener], Listener]:
        """Take a kind of event as handlers/reading.py names it: "follow", "message.sticker"."""

        def register(listener: Listener) -> Listener:
            _add(self._events, kind, listener)
            return listener

        return register

    def for_text(self, said: str, *, private: bool) -> Listener | None:
        """The listener for a text, or None."""
        word = self._words.get(plain(said))
        if word:
            return word.listener if private or not word.private else None
        first, _, rest = plain(said).partition(" ")
        after = self._prefixes.get(first) if private and rest.strip() else None
        return _after(after, rest.strip()) if after else None

    def for_button(self, pressed: Pressed) -> Listener | None:
        """The listener for a button, with its data read, or None; raises BadButton."""
        name, _, query = pressed.data.partition("?")
        button = self._buttons.get(name)
        if button is None:
            return None
        if button.model is None:
            return button.listener
        return _bound(button.listener, _read(button.model, query, pressed))

    def for_event(self, kind: str) -> Listener | None:
        """The listener for a kind of event, or None."""
        return self._events.get(kind)


router = Router()
"""The one router of the product; handlers/catalogue.py imports every file that registers here."""


def _add(registered: dict[str, Any], key: str, entry: Any) -> None:
    if key in registered:
        raise RegisteredTwice(key)
    registered[key] = entry


def _read(model: type[BaseModel], query: str, pressed: Pressed) -> BaseModel:
    given = {**pressed.params, **dict(parse_qsl(query, keep_blank_values=True))}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        fields = sorted({".".join(map(str, problem["loc"])) for problem in error.errors()})
        raise BadButton(", ".join(fields)) from None


def _after(listener: Callable[[Chat, str], None], rest: str) -> Listener:
    return lambda chat: listener(chat, rest)


def _bound(listener: Callable[..., None], asked: BaseModel) -> Listener:
    return lambda chat: listener(chat, asked)
