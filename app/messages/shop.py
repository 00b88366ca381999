"""お店への質問: the answer about one of the shop's stores."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from app.line import limits
from app.messages.blocks import Action, Card, Message, Open, Row, Say, Text
from app.messages.registry import notice
from app.messages.translator import FALLBACK, Translator


def _in_language(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Mapping) and isinstance(info.context, Translator):
        return value.get(info.context.language) or value.get(FALLBACK)
    return value


Told = Annotated[str, BeforeValidator(_in_language)]
"""What a record holds: one text for everybody, or `{"ja": ..., "en": ...}`."""


class Store(BaseModel):
    """What the card shows of a store; what is empty is left out, what is more is passed over."""

    model_config = ConfigDict(frozen=True)

    name: Told
    hours: Told = ""
    phone: str = ""
    address: Told = ""


class ShopAnswer(BaseModel):
    """What was asked, and the store it was asked about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: Literal["hours", "seats", "allergy", "other"]
    store: Store


@notice("shop.answer", push=True)
def answer(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Answer with a sentence, the store's card and thanks. Data: a `ShopAnswer`."""
    asked = ShopAnswer.model_validate(data, context=t)
    again = Say(label=t("shop.ask_again"), text=t("words.ask"))
    return [
        Text(text=t(f"shop.answer.{asked.topic}", store=asked.store.name)),
        _card(asked.store, t),
        Text(text=t("shop.thanks"), quick_replies=(again,)),
    ]


def _card(store: Store, t: Translator) -> Card:
    facts = {"hours": store.hours, "phone": store.phone, "address": store.address}
    rows = tuple(
        Row(label=t(f"shop.card.{name}"), text=t.data(value))
        for name, value in facts.items()
        if value.strip()
    )
    return Card(title=t.data(store.name), rows=rows, buttons=_buttons(store, t))


def _buttons(store: Store, t: Translator) -> tuple[Action, ...]:
    buttons = []
    if number := re.sub(r"[^0-9+]", "", store.phone):
        buttons.append(Open(label=t("shop.card.call"), uri=f"tel:{number}"))
    place = f"https://www.google.com/maps/search/?api=1&query={quote(store.address, safe='')}"
    if store.address.strip() and len(place) <= limits.URI_UNITS:
        buttons.append(Open(label=t("shop.card.map"), uri=place))
    return tuple(buttons)
