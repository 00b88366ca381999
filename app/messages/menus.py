"""What is said to taps on the rich menu."""

from collections.abc import Mapping
from typing import Any

from app.messages.blocks import Message, Text
from app.messages.greeting import first_words
from app.messages.registry import notice
from app.messages.translator import Translator


@notice("menus.soon", push=False)
def soon(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that the shop cannot do this yet, and show what it can do. No data."""
    return [Text(text=t("menus.soon"), quick_replies=first_words(t))]
