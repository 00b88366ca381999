"""All listeners, one file per feature. Importing this file is what registers them."""

from app.handlers import (
    coupons,
    dialogs,
    greeting,
    links,
    menus,
    orders,
    points,
    reservations,
    shop,
    unsend,
)
from app.handlers.router import router

__all__ = [
    "coupons",
    "dialogs",
    "greeting",
    "links",
    "menus",
    "orders",
    "points",
    "reservations",
    "router",
    "shop",
    "unsend",
]
