"""/api/v1/members/ID/visits: a till tells that a member was in a store."""

from app.api.bodies import Code, Shown
from app.api.members import ONE
from app.api.places import store_of
from app.api.resource import Call, Kept, Resource
from app.domain.counter import told
from app.domain.shops.errors import NoSuchStore
from app.web.bodies import Body

resource = Resource("visits", "That members were in a store.")


class Arrived(Body):
    """Without a store it is the key's own."""

    store: Code | None = None


class VisitShown(Shown):
    visit: int


@resource.write(
    "POST", f"{ONE}/visits", "visits.write", VisitShown, takes=Arrived, statuses=(201,),
    refusals={403: "member_suspended", 404: "no_such_member"},
)  # fmt: skip
def arrive(call: Call, member_id: int) -> Kept:
    """Note a visit of a member, at this moment."""
    asked: Arrived = call.asked
    store_id = store_of(call.caller, asked.store)
    if store_id is None:
        raise NoSuchStore("no store is named, and the key has none of its own")
    return Kept({"visit": told.visit(member_id, store_id=store_id)}, 201)
