"""How long and how many: the one table of the limits of orders (docs/limits.md)."""

from typing import Final

from app.domain.limit import Limit

LINES: Final = 50
PIECES: Final = 99
NOTE: Final = 200
NAME: Final = 100
ADDRESS: Final = 300
POSTCODE: Final = 7
KEY: Final = 120
EXTERNAL_ID: Final = 100
TRACKING: Final = 60
SLOT_MINUTES: Final = 240
CAPACITY: Final = 1000
LEAD: Final = 10_080
HORIZON: Final = 60
AREAS: Final = 2000
OPEN: Final = 5
USUAL_OF: Final = 5
PAGE: Final = 20
BOARD: Final = 200

LIMITS: Final = (
    Limit("order_lines", LINES, "items", "ours"),
    Limit("order_pieces", PIECES, "items", "ours: of one line"),
    Limit("order_note", NOTE, "characters", "ours"),
    Limit("order_name", NAME, "characters", "ours: of whom it is for"),
    Limit("order_address", ADDRESS, "characters", "ours"),
    Limit("order_postcode", POSTCODE, "digits", "Japan Post"),
    Limit("order_key", KEY, "characters", "ours"),
    Limit("order_external_id", EXTERNAL_ID, "characters", "ours: the order's id in EC or POS"),
    Limit("order_tracking", TRACKING, "characters", "ours: carrier and number each"),
    Limit("order_slot", SLOT_MINUTES * 60, "seconds", "ours: the longest slot"),
    Limit("order_slot_capacity", CAPACITY, "items", "ours: orders of one slot"),
    Limit("order_lead", LEAD * 60, "seconds", "ours: the longest time before a slot"),
    Limit("order_horizon", HORIZON, "days", "ours: how far ahead slots are"),
    Limit("order_areas", AREAS, "items", "ours: of one store"),
    Limit("order_open", OPEN, "items", "ours: of one person, not done yet"),
    Limit("order_usual_of", USUAL_OF, "items", "the issue: the most frequent of the last five"),
    Limit("order_page", PAGE, "rows", "ours: of the history at once"),
    Limit("order_board", BOARD, "rows", "ours: of a store at the counter at once"),
)
