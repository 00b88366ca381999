"""Taps on the rich menu that open no page."""

from pydantic import BaseModel, Field

from app.domain.menus import service as menus
from app.handlers.chat import Chat
from app.handlers.router import router


class Switched(BaseModel):
    """What LINE adds to the postback of a tab (REF: Postback params object for rich menu)."""

    alias: str = Field("", alias="newRichMenuAliasId", max_length=32)
    status: str = ""


@router.postback("richmenu.switched", Switched)
def switched(chat: Chat, there: Switched) -> None:
    """Note where a tab led. LINE shows it already, so nothing is said."""
    if chat.person and there.status == "SUCCESS":
        menus.switched(chat.account_id, chat.person.id, there.alias)
