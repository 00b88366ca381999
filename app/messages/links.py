"""What is said about the link between a person and their membership."""

from collections.abc import Mapping
from typing import Any

from app.messages.blocks import Buttons, Confirm, Message, Open, Postback, Say, Text
from app.messages.registry import notice
from app.messages.translator import Translator, spellings

UNLINK = "links.unlink"
"""The postback of the button that ends the link."""

LINK_WORDS = (*spellings("words.link"), "ID連携", "会員連携")
UNLINK_WORDS = (*spellings("words.unlink"), "連携を解除")
"""What people type to begin and to end a link."""


@notice("links.offer", push=True)
def offer(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Offer to link. Data: `url` of the page."""
    button = Open(label=t("links.offer.button"), uri=data["url"])
    return [Buttons(text=t("links.offer"), buttons=(button,))]


@notice("links.linked", push=True)
def linked(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Confirm a link. No data."""
    return [Text(text=t("links.linked"))]


@notice("links.ended", push=True)
def ended(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Confirm that the link has ended, as the person wished. No data."""
    return [Text(text=t("links.ended"))]


@notice("links.moved", push=True)
def moved(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Tell the LINE user whose membership is linked to another LINE user now. No data."""
    return [Text(text=t("links.moved"))]


@notice("links.tried", push=True)
def tried(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Warn a member without an address that somebody keeps trying to be them. No data."""
    return [Text(text=t("links.tried"))]


@notice("links.ask_unlink", push=False)
def ask_unlink(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Ask whether the link shall end. No data."""
    yes = Postback(label=t("links.unlink.yes"), data=UNLINK, shown=t("links.unlink.yes"))
    return [Confirm(text=t("links.ask_unlink"), buttons=(yes, Say(label=t("links.unlink.no"))))]


@notice("links.already", push=False)
def already(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that they are linked. Data: `url` of the page, None where there is none."""
    if not data["url"]:
        return [Text(text=t("links.already"))]
    button = Open(label=t("links.already.button"), uri=data["url"])
    return [Buttons(text=t("links.already"), buttons=(button,))]


@notice("links.not_linked", push=False)
def not_linked(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that nothing is linked. No data."""
    return [Text(text=t("links.not_linked"))]


@notice("links.elsewhere", push=True)
def elsewhere(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that the member is linked to another LINE user. No data."""
    return [Text(text=t("links.elsewhere"))]


@notice("links.failed", push=True)
def failed(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that the login of the member site led to no link. No data."""
    return [Text(text=t("links.failed"))]


@notice("links.no_door", push=False)
def no_door(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that linking has not been set up. No data."""
    return [Text(text=t("links.no_door"))]
