"""What a new or returning friend reads first."""

from collections.abc import Mapping
from typing import Any

from app.messages.blocks import Card, Message, Row, Say, Text
from app.messages.registry import notice
from app.messages.translator import Translator


@notice("greeting.hello", push=True)
def hello(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Greet somebody who added the account, and show the two things they can do. No data."""
    return [Text(text=t("greeting.hello.text")), _what_you_can_do(t)]


@notice("greeting.welcome_back", push=True)
def welcome_back(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Greet somebody who unblocked the account. No data."""
    return [Text(text=t("greeting.welcome_back"), quick_replies=first_words(t))]


def first_words(t: Translator) -> tuple[Say, ...]:
    """Return the quick replies for somebody who does not know what to write."""
    return tuple(Say(label=t(key)) for key in ("words.hours", "words.menu", "words.ask"))


def _what_you_can_do(t: Translator) -> Card:
    return Card(
        title=t("greeting.hello.card_title"),
        rows=(
            Row(label=t("greeting.hello.read_label"), text=t("greeting.hello.read")),
            Row(label=t("greeting.hello.ask_label"), text=t("greeting.hello.ask")),
        ),
        buttons=(
            Say(label=t("greeting.hello.hours_button"), text=t("words.hours")),
            Say(label=t("greeting.hello.ask_button"), text=t("words.ask")),
        ),
        quick_replies=first_words(t),
    )
