"""What we say when something of ours is out of order."""

from collections.abc import Mapping
from typing import Any

from app.messages.blocks import Message, Text
from app.messages.registry import notice
from app.messages.translator import Translator


@notice("errors.unavailable", push=False)
def unavailable(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Ask to come again later. No data."""
    return [Text(text=t("errors.unavailable"))]
