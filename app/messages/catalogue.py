"""All notices: whoever renders imports from here, so that every feature has registered its own."""

from typing import Final

from app.messages import (
    coupons,
    dialogs,
    errors,
    greeting,
    keywords,
    links,
    points,
    receipts,
    reservations,
    reserving,
    shop,
    usual,
)
from app.messages.registry import BadNotice, UnknownNotice, may_push, names, render

__all__ = ["FEATURES", "BadNotice", "UnknownNotice", "may_push", "names", "render"]

FEATURES: Final = (
    coupons,
    dialogs,
    errors,
    greeting,
    keywords,
    links,
    points,
    receipts,
    reservations,
    reserving,
    shop,
    usual,
)
