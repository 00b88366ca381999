"""All notices: whoever renders imports from here, so that every feature has registered its own."""

from typing import Final

from app.messages import dialogs, errors, greeting, keywords, shop
from app.messages.registry import BadNotice, UnknownNotice, may_push, names, render

__all__ = ["FEATURES", "BadNotice", "UnknownNotice", "may_push", "names", "render"]

FEATURES: Final = (dialogs, errors, greeting, keywords, shop)
