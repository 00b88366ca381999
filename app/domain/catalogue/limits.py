"""How long and how many: the one table of the limits of the catalogue (docs/limits.md)."""

from typing import Final

from app.domain.limit import Limit

CODE: Final = 60
NAME: Final = 100
TEXT: Final = 1000
PICTURE: Final = 1000
PRICE: Final = 10_000_000
STOCK: Final = 10_000_000
VARIANTS: Final = 100
OPTION_GROUPS: Final = 20
CHOICES: Final = 50
TIMES: Final = 200
CAUSE: Final = 120
AT_ONCE: Final = 1000
FAVOURITES: Final = 200
SEARCH: Final = 100
SEARCH_FOUND: Final = 50
IMPORT_PRODUCTS: Final = 50_000
IMPORT_ITEMS: Final = 1_000_000

LIMITS: Final = (
    Limit("catalogue_code", CODE, "characters", "ours: of a product, variant, category, choice"),
    Limit("catalogue_name", NAME, "characters", "ours"),
    Limit("catalogue_text", TEXT, "characters", "ours"),
    Limit("catalogue_picture", PICTURE, "characters", "ours: an address or a file's name"),
    Limit("catalogue_price", PRICE, "yen", "ours"),
    Limit("catalogue_stock", STOCK, "items", "ours"),
    Limit("catalogue_variants", VARIANTS, "items", "ours: of one product"),
    Limit("catalogue_option_groups", OPTION_GROUPS, "items", "ours: of one product"),
    Limit("catalogue_choices", CHOICES, "items", "ours: of one group of options"),
    Limit("catalogue_times", TIMES, "characters", "ours: times of sale as written"),
    Limit("catalogue_cause", CAUSE, "characters", "ours"),
    Limit("catalogue_at_once", AT_ONCE, "rows", "ours: products or items that one call upserts"),
    Limit("catalogue_favourites", FAVOURITES, "items", "ours: of one person or member"),
    Limit("catalogue_search", SEARCH, "characters", "ours: more are not looked at"),
    Limit("catalogue_search_found", SEARCH_FOUND, "items", "ours: products shown of a search"),
    Limit("catalogue_import_products", IMPORT_PRODUCTS, "rows", "ours: held in memory"),
    Limit("catalogue_import_items", IMPORT_ITEMS, "rows", "ours: one transaction applies them"),
)
