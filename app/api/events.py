"""/api/v1/events: events of the shop's own kinds."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from app.api.bodies import MemberId, Shown
from app.api.resource import Call, Kept, Resource
from app.domain.keys import events, limits
from app.domain.members import queries as members
from app.web.bodies import Body

resource = Resource("events", "Events of the shop's own kinds, kept as facts.")

Text = Annotated[str, Field(max_length=limits.EVENT_TEXT, pattern=r"^[^\x00-\x1f\x7f]*$")]
Whole = Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)]
Broken = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Field_ = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class EventTold(Body):
    """`data` holds figures and short words, nothing personal: facts are kept for ever."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$", description="your own for it")]
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    at: AwareDatetime | None = None
    member: MemberId | None = None
    data: Annotated[
        dict[Field_, Text | Whole | Broken | Annotated[bool, Field(strict=True)]],
        Field(default_factory=dict, max_length=limits.EVENT_FIELDS),
    ]


class EventKept(Shown):
    kind: Annotated[str, Field(description="the kind of the fact: `own.` and yours")]
    new: Annotated[bool, Field(description="false if the same id was told before")]


@resource.write(
    "POST", "/events", "events.write", EventKept, takes=EventTold, statuses=(201,),
    refusals={404: "no_such_member"},
)  # fmt: skip
def tell(call: Call) -> Kept:
    """Note an event, once for its id and kind."""
    asked: EventTold = call.asked
    if asked.member is not None:
        members.member(asked.member)
    told = events.Told(asked.id, asked.kind, asked.at, asked.member, asked.data)
    new = events.tell(call.caller, told)
    return Kept({"kind": events.OWN + asked.kind, "new": new}, 201)
