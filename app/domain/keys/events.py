"""Events of the shop's own kinds, told by its own systems: facts like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.keys.caller import Caller
from app.facts.record import record

OWN: Final = "own."
"""How the kinds of such facts begin, so that they can never be mistaken for ours."""

Figure = str | int | float | bool


@dataclass(frozen=True)
class Told:
    """An event: `id` is the teller's own for it; with the same id and kind it is the same event."""

    id: str
    kind: str
    at: datetime | None
    member_id: int | None
    data: Mapping[str, Figure]


def tell(caller: Caller, event: Told) -> bool:
    """Note an event; answers False for one that was told before."""
    return record(
        OWN + event.kind,
        cause=f"key/{caller.key_id}/{event.id}",
        account_id=caller.account_id,
        at=event.at,
        member_id=event.member_id,
        data=dict(event.data),
    )
