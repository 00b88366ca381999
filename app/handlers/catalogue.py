"""All listeners, one file per feature. Importing this file is what registers them."""

from app.handlers import dialogs, greeting, shop, unsend
from app.handlers.router import router

__all__ = ["dialogs", "greeting", "router", "shop", "unsend"]
