"""How long, how many, how often: the one table of the limits of coupons (docs/limits.md)."""

from typing import Final

from app.domain.limit import Limit

CODE: Final = 20
BARE_CODE: Final = 6
TITLE: Final = 60
TEXT: Final = 500
PICTURE: Final = 1000
STOCK: Final = 10_000_000
PER_MEMBER: Final = 100
DAYS: Final = 3650
STORES: Final = 1000
UNDO_SECONDS: Final = 600
VISIT_SECONDS: Final = 600
GUESSES: Final = 5
GUESSES_SECONDS: Final = 900
WALLET: Final = 200
GIFT_CODE: Final = 200
GIFT_ROWS: Final = 50_000
GIFT_BYTES: Final = 5 * 1024 * 1024

LIMITS: Final = (
    Limit("coupon_code", CODE, "characters", "ours"),
    Limit("coupon_title", TITLE, "characters", "ours"),
    Limit("coupon_text", TEXT, "characters", "ours"),
    Limit("coupon_picture", PICTURE, "characters", "ours: an address or a file's name"),
    Limit("coupon_stock", STOCK, "items", "ours"),
    Limit("coupon_per_member", PER_MEMBER, "items", "ours"),
    Limit("coupon_days", DAYS, "items", "ours: days of a coupon that counts from its issue"),
    Limit("coupon_stores", STORES, "items", "ours"),
    Limit("coupon_undo", UNDO_SECONDS, "seconds", "the issue: a use is undone within ten minutes"),
    Limit("coupon_visit", VISIT_SECONDS, "seconds", "ours: uses in a store that have to combine"),
    Limit("coupon_guesses", GUESSES, "items", "ours: wrong codes of one LINE user"),
    Limit("coupon_guesses_time", GUESSES_SECONDS, "seconds", "ours"),
    Limit("coupon_wallet", WALLET, "items", "ours: of each kind, the newest"),
    Limit("gift_code", GIFT_CODE, "characters", "ours"),
    Limit("gift_file_rows", GIFT_ROWS, "rows", "ours: one transaction takes them all"),
    Limit("gift_file", GIFT_BYTES, "bytes", "ours"),
)
