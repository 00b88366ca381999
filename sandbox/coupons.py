"""Coupons: made by accounts, acquired by people.

LINE: https://developers.line.biz/en/reference/messaging-api/#coupon
"""

import random
from dataclasses import dataclass, field
from typing import Any

from sandbox.persistence import Shelf, Store

# LINE: coupons of an account that are not over.
MOST_VALID = 5000


@dataclass
class Coupon:
    """`body` is what was created; `acquired` are the keys of the people who have it."""

    id: str
    account: str
    body: dict[str, Any]
    created: int
    closed: bool = False
    acquired: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)

    def status(self, now: int) -> str:
        """DRAFT is made in LINE's own pages only."""
        over = self.closed or now >= self.body["endTimestamp"] * 1000
        return "CLOSED" if over else "RUNNING"

    def as_json(self, now: int) -> dict[str, Any]:
        """The coupon as LINE's API and the phone show it."""
        return {
            **self.body,
            "couponId": self.id,
            "createdTimestamp": self.created // 1000,
            "status": self.status(now),
            "maxTicketPerUser": 1,
        }

    def draw(self, person: str, now: int) -> str:
        """Let a person acquire it: "acquired", "lost" (a lottery), "sold_out" or "closed"."""
        if self.status(now) == "CLOSED" or now < self.body["startTimestamp"] * 1000:
            return "closed"
        if person in self.acquired:
            return "acquired"
        rule = self.body["acquisitionCondition"]
        if rule["type"] == "lottery":
            if person in self.drawn:
                return "lost"
            most = rule["maxAcquireCount"]
            if most != -1 and len(self.acquired) >= most:
                return "sold_out"
            self.drawn.append(person)
            # The same coupon and person always draw the same lot.
            if random.Random(f"{self.id}/{person}").randrange(100) >= rule["lotteryProbability"]:
                return "lost"
        self.acquired.append(person)
        return "acquired"


def coupon_shelf(store: Store) -> Shelf[str, Coupon]:
    return Shelf(store, "coupon", Coupon, lambda coupon: coupon.id)
