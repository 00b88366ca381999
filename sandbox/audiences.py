"""Audiences: groups of people that narrowcasts go to, from uploaded ids, clicks or impressions.

LINE: https://developers.line.biz/en/reference/messaging-api/#manage-audience-group
"""

import itertools
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.persistence import Shelf, Store

Kind = Literal["UPLOAD", "CLICK", "IMP"]
Status = Literal["IN_PROGRESS", "READY", "EXPIRED"]
# LINE: audiences per channel, and how long one is kept.
MOST_AUDIENCES = 1000
LIFE_MS = 180 * 24 * 60 * 60 * 1000
# LINE: an audience is ready after minutes or hours; here after this long, in virtual time.
READY_MS = 60 * 1000
# LINE: an audience can be made of messages of the last 60 days.
OLDEST_MESSAGE_MS = 60 * 24 * 60 * 60 * 1000


@dataclass
class Job:
    """One addition of ids."""

    id: int
    description: str
    at: int
    count: int


@dataclass
class Audience:
    """`members` are user ids; `request_id` and `click_url` name what a CLICK or IMP one is of."""

    id: int
    account: str
    kind: Kind
    description: str
    created: int
    members: list[str]
    changed: int
    request_id: str | None = None
    click_url: str | None = None
    jobs: list[Job] = field(default_factory=list)

    def status(self, now: int) -> Status:
        if now - self.created >= LIFE_MS:
            return "EXPIRED"
        return "READY" if now - self.changed >= READY_MS else "IN_PROGRESS"

    def as_json(self, now: int) -> dict[str, Any]:
        """The audience as LINE's API shows it."""
        optional = {"requestId": self.request_id, "clickUrl": self.click_url}
        return {
            **self.as_created(),
            "status": self.status(now),
            "audienceCount": len(self.members),
            **{name: value for name, value in optional.items() if value is not None},
        }

    def as_created(self) -> dict[str, Any]:
        """The audience as LINE answers when it is made."""
        return {
            "audienceGroupId": self.id,
            "createRoute": "MESSAGING_API",
            "type": self.kind,
            "description": self.description,
            "created": self.created // 1000,
            "permission": "READ_WRITE",
            "expireTimestamp": (self.created + LIFE_MS) // 1000,
            "isIfaAudience": False,
        }

    def jobs_as_json(self, now: int) -> list[dict[str, Any]]:
        """The additions as LINE's API shows them."""
        return [
            {
                "audienceGroupJobId": job.id,
                "audienceGroupId": self.id,
                "description": job.description,
                "type": "DIFF_ADD",
                "jobStatus": "FINISHED" if now - job.at >= READY_MS else "WORKING",
                "audienceCount": job.count,
                "created": job.at // 1000,
            }
            for job in self.jobs
        ]


class Audiences:
    """All audiences of all accounts. The caller holds the world's lock."""

    def __init__(self, store: Store) -> None:
        self._shelf: Shelf[int, Audience] = Shelf(store, "audience", Audience, lambda one: one.id)
        used = [one.id for one in self._shelf.values()]
        used += [job.id for one in self._shelf.values() for job in one.jobs]
        self._ids = itertools.count(max(used, default=10**12) + 1)

    def clear(self) -> None:
        self._shelf.clear()

    def of(self, account: str) -> list[Audience]:
        """The account's audiences, the newest first."""
        return [one for one in reversed(self._shelf.values()) if one.account == account]

    def find(self, account: str, audience_id: int) -> Audience | None:
        found = self._shelf.get(audience_id)
        return found if found and found.account == account else None

    def add(self, account: str, kind: Kind, description: str, now: int, **more: Any) -> Audience:
        """Make an audience without members."""
        new = Audience(next(self._ids), account, kind, description, now, [], now, **more)
        return self._shelf.put(new)

    def extend(self, audience: Audience, user_ids: list[str], description: str, now: int) -> None:
        """Add members: as the first ones, or later as a job of its own."""
        later = bool(audience.members)
        audience.members = list(dict.fromkeys(audience.members + user_ids))
        audience.changed = now
        if later:
            audience.jobs.append(Job(next(self._ids), description, now, len(user_ids)))
        self._shelf.put(audience)

    def rename(self, audience: Audience, description: str) -> None:
        audience.description = description
        self._shelf.put(audience)

    def delete(self, audience: Audience) -> None:
        self._shelf.drop(audience.id)
