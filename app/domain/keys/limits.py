"""How long, how many and how often: API keys and what they may ask, in one table."""

from typing import Final

from app.domain.limit import Limit

NAME: Final = 60
SECRET_BYTES: Final = 32
WINDOW_SECONDS: Final = 60
PER_MINUTE: Final = 6_000
MOST_PER_MINUTE: Final = 60_000
PAGE: Final = 100
EVENT_FIELDS: Final = 20
PRODUCTS: Final = 200
ORDERS: Final = 50
EVENT_TEXT: Final = 200

LIMITS: Final = (
    Limit("api_key_name", NAME, "characters", "ours"),
    Limit("api_key_secret", SECRET_BYTES * 8, "bits", "ours: random, so a plain hash keeps it"),
    Limit("api_window", WINDOW_SECONDS, "seconds", "ours: calls are counted in such windows"),
    Limit("api_calls", PER_MINUTE, "items", "ours: a key's calls in a window, each web process"),
    Limit("api_calls_most", MOST_PER_MINUTE, "items", "ours: what `keys create --rate` may give"),
    Limit("api_page", PAGE, "rows", "ours: of a list at once"),
    Limit("api_products", PRODUCTS, "rows", "ours: products or items of one call"),
    Limit("api_orders", ORDERS, "rows", "ours: orders of one call, which is one transaction"),
    Limit("api_event_fields", EVENT_FIELDS, "items", "ours: in the data of an own event"),
    Limit("api_event_text", EVENT_TEXT, "characters", "ours: a value in it"),
)
