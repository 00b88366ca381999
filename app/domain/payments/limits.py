"""How long and how many: the one table of the limits of payments (docs/limits.md)."""

from typing import Final

from app.domain.limit import Limit

CAUSE: Final = 60
PROVIDER: Final = 20
REF: Final = 200
URL: Final = 1000
TRIES: Final = 40
TO_PAY_MINUTES: Final = 30

LIMITS: Final = (
    Limit("payment_provider", PROVIDER, "characters", "ours: the name of a provider"),
    Limit("payment_ref", REF, "characters", "ours: what the provider calls a payment"),
    Limit("payment_url", URL, "characters", "ours: of the provider's page"),
    Limit("payment_tries", TRIES, "items", "ours: calls for one wish, over about a day and a half"),
    Limit("payment_time", TO_PAY_MINUTES * 60, "seconds", "ours: to pay an order online"),
)
