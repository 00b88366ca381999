"""How long, how many, how far ahead: the one table of limits of reservations (docs/limits.md)."""

from typing import Final

from app.domain.limit import Limit

CODE: Final = 20
TITLE: Final = 60
TEXT: Final = 500
PRICE: Final = 10_000_000
MINUTES: Final = 720
BUFFER: Final = 240
LEAST_GRID: Final = 5
GRID: Final = 120
OPTIONS: Final = 20
CAPACITY: Final = 100
PARTY: Final = 100
RESOURCES: Final = 200
NOTE: Final = 200
GUEST_NAME: Final = 100
GUEST_PHONE: Final = 20
REASON: Final = 200
EXTERNAL_ID: Final = 60
LEAD: Final = 14 * 24 * 60
HORIZON: Final = 366
CUT_OFF: Final = 14 * 24 * 60
HOLD: Final = 60
OPEN: Final = 50
REMIND_HOURS: Final = 72
THANKS: Final = 7 * 24 * 60
NO_SHOWS: Final = 20
NO_SHOW_DAYS: Final = 366
OFFER_MINUTES: Final = 30
WAITING: Final = 5
NEAREST: Final = 3
RANGE: Final = 62
IMPORT_ROWS: Final = 5_000

LIMITS: Final = (
    Limit("reservation_service_code", CODE, "characters", "ours; of a resource too"),
    Limit("reservation_title", TITLE, "characters", "ours"),
    Limit("reservation_text", TEXT, "characters", "ours"),
    Limit("reservation_price", PRICE, "yen", "ours"),
    Limit("reservation_minutes", MINUTES, "minutes", "ours: one service with its options"),
    Limit("reservation_buffer", BUFFER, "minutes", "ours: before and after, each"),
    Limit("reservation_grid_least", LEAST_GRID, "minutes", "the issue: also one unit of time"),
    Limit("reservation_grid", GRID, "minutes", "the issue"),
    Limit("reservation_options", OPTIONS, "items", "ours: of one service"),
    Limit("reservation_capacity", CAPACITY, "items", "ours: seats of one resource"),
    Limit("reservation_party", PARTY, "items", "ours: people"),
    Limit("reservation_resources", RESOURCES, "items", "ours: of one store"),
    Limit("reservation_note", NOTE, "characters", "ours"),
    Limit("reservation_guest_name", GUEST_NAME, "characters", "ours"),
    Limit("reservation_guest_phone", GUEST_PHONE, "characters", "ours"),
    Limit("reservation_reason", REASON, "characters", "ours: of a cancellation"),
    Limit("reservation_external_id", EXTERNAL_ID, "characters", "ours: of an import"),
    Limit("reservation_lead", LEAD, "minutes", "ours"),
    Limit("reservation_horizon", HORIZON, "days", "ours"),
    Limit("reservation_cut_off", CUT_OFF, "minutes", "ours: for changes and cancellations"),
    Limit("reservation_hold", HOLD, "minutes", "ours; the issue's usual one is 10"),
    Limit("reservation_open", OPEN, "items", "ours: the most that a shop may allow a person"),
    Limit("reservation_remind_hours", REMIND_HOURS, "hours", "ours"),
    Limit("reservation_thanks", THANKS, "minutes", "ours: after the visit"),
    Limit("reservation_no_shows", NO_SHOWS, "items", "ours: the most that a shop may forgive"),
    Limit("reservation_no_show_days", NO_SHOW_DAYS, "days", "ours"),
    Limit("reservation_offer", OFFER_MINUTES, "minutes", "the issue: an offer of the waitlist"),
    Limit("reservation_waiting", WAITING, "items", "ours: places in waitlists of one person"),
    Limit("reservation_nearest", NEAREST, "items", "ours: free times told before and after"),
    Limit("reservation_range", RANGE, "days", "ours: asked for at once"),
    Limit("reservation_import_rows", IMPORT_ROWS, "rows", "ours: one transaction takes them all"),
)
