"""Webhook bodies on their way to an account's server; each is kept until it is done with."""

from dataclasses import dataclass, field

from sandbox import events
from sandbox.events import Event


@dataclass
class Posting:
    """One body; `lane` keeps the events of one person in order.

    account: its slug; id: 0 for what is posted at once and not kept; held: it waits until somebody
    releases it; due: virtual milliseconds of the next try, where it waits for that.
    """

    account: str
    events: list[Event]
    lane: str = ""
    redelivery: bool = False
    tries: int = 0
    id: int = 0
    held: bool = False
    due: int | None = None
    raw: bytes | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    destination: str | None = None
    url: str | None = None
    test: bool = False

    def sent_events(self) -> list[Event]:
        """The events as this try sends them."""
        if self.redelivery:
            return [events.redelivered(event) for event in self.events]
        return self.events
