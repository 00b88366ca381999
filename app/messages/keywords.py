"""Answers that staff wrote for keywords, and the one for when no keyword fits."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from app.i18n import LANGUAGES
from app.line import limits
from app.messages.blocks import Block, Message, Text, count
from app.messages.check import problems
from app.messages.greeting import first_words
from app.messages.registry import TOKYO, mistakes, notice
from app.messages.translator import Translator


class Answer(BaseModel):
    """What staff write: `{"blocks": [...]}` in the format of app/messages/blocks.py."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    blocks: Annotated[tuple[Block, ...], count(1, limits.MESSAGES_PER_CALL)]


@notice("keywords.answer", push=True)
def answer(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say what staff wrote. Data: an `Answer`."""
    return list(Answer.model_validate(data, context=t).blocks)


@notice("keywords.fallback", push=True)
def fallback(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that we did not understand, where the shop wrote no such answer itself. No data."""
    return [Text(text=t("keywords.fallback"), quick_replies=first_words(t))]


def answer_mistakes(data: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with an answer that staff want to save; nothing if all is well.

    It is tried in every language, on a person without a name: LINE does not always tell one.
    """
    found: dict[str, None] = {}
    for language in LANGUAGES:
        t = Translator(language, person_name=None, shop="-", zone=TOKYO)
        found |= dict.fromkeys(_mistakes(data, t))
    return list(found)


def _mistakes(data: Mapping[str, Any], t: Translator) -> list[str]:
    try:
        messages = answer(data, t)
    except ValidationError as wrong:
        return mistakes(wrong)
    return problems([message.line() for message in messages])
