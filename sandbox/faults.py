"""Faults on demand: what may go wrong at LINE, by endpoint and account, by count or chance."""

import random
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

# Kinds that let LINE accept the call first; the caller cannot know that it did.
AFTER = frozenset({"500_after", "timeout", "drop_after"})
# LINE accepts these calls with 202 and works on them later; the kind lets that work fail half-way.
LATER, LATE_ENDPOINTS = "failed", frozenset({"narrowcast", "richmenu_batch"})
KINDS = AFTER | {
    LATER,
    "rate",
    "monthly",
    "401",
    "403",
    "400",
    "500_before",
    "timeout_before",
    "drop_before",
}
# The mail server as an endpoint; "*" means all of LINE's and so not this one.
MAIL = "mail"
INVALID_TOKEN = (
    "Authentication failed due to the following reason: invalid token. "
    "Confirm that the access token in the authorization header is valid."
)
# The answer of each kind that has one, as LINE words it.
ANSWERS: dict[str, tuple[int, str]] = {
    "rate": (429, "The API rate limit has been exceeded. Try again later."),
    "monthly": (429, "You have reached your monthly limit."),
    "401": (401, INVALID_TOKEN),
    "403": (403, "Access to this API is not available for your account"),
    "400": (400, "The request body has 1 error(s)"),
    "500_before": (500, "Internal Server Error"),
    "500_after": (500, "Internal Server Error"),
}


@dataclass
class Fault:
    """One programmed fault.

    endpoint: name of an endpoint ("push", "profile" ...) or "*"; account: slug, None for all;
    times: how often it still strikes, None without end; probability: 0 to 1 per call, drawn from
    `seed`; seconds: how long "timeout" and "timeout_before" keep the caller waiting, in real time.
    """

    id: int
    endpoint: str
    kind: str
    account: str | None = None
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0
    seconds: float = 30.0
    struck: int = 0
    _random: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        self._random.seed(self.seed)

    def strikes(self, endpoint: str, account: str) -> bool:
        """Decide whether this call is hit, and count it if so."""
        everything = self.endpoint == "*" and endpoint != MAIL
        if not (everything or self.endpoint == endpoint) or self.account not in (None, account):
            return False
        if self.times == 0 or self._random.random() >= self.probability:
            return False
        self.struck += 1
        if self.times is not None:
            self.times -= 1
        return True

    def as_json(self) -> dict[str, Any]:
        """The fault as the control API shows it."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}


class Faults:
    """All programmed faults, oldest first; the first that strikes counts."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._made = 0
        self._lock = threading.Lock()

    def add(self, **wanted: Any) -> Fault:
        """Program a fault; the arguments are Fault's fields without id."""
        with self._lock:
            self._made += 1
            fault = Fault(id=self._made, **wanted)
            self._faults.append(fault)
            return fault

    def draw(self, endpoint: str, account: str) -> Fault | None:
        """Return the fault that hits this call, if any."""
        if not self._faults:
            return None
        with self._lock:
            return next((fault for fault in self._faults if fault.strikes(endpoint, account)), None)

    def all(self) -> list[dict[str, Any]]:
        """Every fault with how often it struck, used-up ones too."""
        with self._lock:
            return [fault.as_json() for fault in self._faults]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
