"""How much was sent: by account, purpose and period. LINE counts recipients, not messages.

LINE: https://developers.line.biz/en/docs/messaging-api/pricing/; replies are free, and who has
blocked the account is not counted.
"""

from dataclasses import dataclass

from sandbox.persistence import Shelf, Store


@dataclass
class Count:
    """`purpose`: "usage" for a month (202601), an endpoint for a day (20260101)."""

    account: str
    purpose: str
    period: str
    number: int = 0


class Counts:
    """All counters. The caller holds the world's lock."""

    def __init__(self, store: Store) -> None:
        self._counts: Shelf[tuple[str, str, str], Count] = Shelf(
            store, "count", Count, lambda count: (count.account, count.purpose, count.period)
        )

    def clear(self) -> None:
        self._counts.clear()

    def sent(self, account: str, endpoint: str, day: str, people: int) -> None:
        """Count what was sent to these many people on this day."""
        self.add(account, endpoint, day, people)
        if endpoint != "reply":
            self.add(account, "usage", day[:6], people)

    def add(self, account: str, purpose: str, period: str, number: int) -> None:
        """Add to one counter."""
        found = self._counts.get((account, purpose, period)) or Count(account, purpose, period)
        found.number += number
        self._counts.put(found)

    def of(self, account: str, purpose: str, period: str) -> int:
        """Return one counter."""
        found = self._counts.get((account, purpose, period))
        return found.number if found else 0

    def until(self, account: str, purpose: str, day: str) -> int:
        """Return the sum of a counter over all days up to this one."""
        return sum(
            count.number
            for count in self._counts.values()
            if (count.account, count.purpose) == (account, purpose) and count.period <= day
        )

    def units(self, account: str, month: str) -> list[str]:
        """The names of the aggregation units used in a month, in order of their first use."""
        prefix = "unit:"
        return [
            count.purpose.removeprefix(prefix)
            for count in self._counts.values()
            if count.account == account
            and count.period == month
            and count.purpose.startswith(prefix)
        ]
