"""/api/v1/webhooks: where facts are told, and sending again what was not taken."""

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import current_app
from pydantic import Field

from app.api.bodies import Page, PageQuery, Shown, page
from app.api.resource import Call, Kept, Resource
from app.config import Settings
from app.domain.accounts import queries as accounts
from app.domain.accounts.errors import NoSuchAccount
from app.domain.hooks import limits, queries, service
from app.domain.hooks.errors import NoSuchDelivery, NoSuchEndpoint
from app.domain.hooks.queries import DeliveryCard, EndpointCard
from app.domain.hooks.service import NewEndpoint
from app.web.bodies import Body

resource = Resource("webhooks", "Facts told to the shop's own systems, as Standard Webhooks says.")

_ENDPOINTS = "/webhooks/endpoints"
_ONE = f"{_ENDPOINTS}/<int:endpoint_id>"
_DELIVERY = "/webhooks/deliveries/<int:delivery_id>"
_SCOPE = "webhooks"

Url = Annotated[str, Field(max_length=limits.URL, pattern=r"^https?://[!-~]+$")]
Kinds = Annotated[
    list[Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9_.*]+$")]],
    Field(min_length=1, max_length=limits.KINDS),
]
State = Literal["pending", "sending", "done", "dead", "cancelled"]


class EndpointShown(Shown):
    id: int
    account: str | None
    url: str
    kinds: list[str]
    active: bool
    off_reason: str | None
    failures: Annotated[int, Field(description="calls that failed in a row")]
    made_at: datetime


class EndpointMade(EndpointShown):
    secret: Annotated[str, Field(description="`whsec_` and the key in base64; shown only here")]


class Endpoints(Shown):
    items: list[EndpointShown]


class EndpointNew(Body):
    """Facts of an account, and of the whole company; without an account those of all."""

    url: Url
    kinds: Kinds
    account: Annotated[str | None, Field(pattern=r"^[a-z0-9-]{1,40}$")] = None


class EndpointChange(Body):
    url: Url | None = None
    kinds: Kinds | None = None
    active: bool | None = None


class DeliveriesQuery(PageQuery):
    state: State | None = None


class DeliveryShown(Shown):
    id: int
    fact: int
    kind: str
    state: State
    attempts: int
    due_at: datetime
    http_status: int | None
    outcome: str | None
    made_at: datetime
    finished_at: datetime | None


class Again(Shown):
    again: Annotated[int, Field(description="so many deliveries are due again")]


@resource.read(_ENDPOINTS, _SCOPE, Endpoints)
def endpoints(call: Call) -> Any:
    """The endpoints that this key may see."""
    seen = [each for each in queries.endpoints() if call.caller.sees_account(each.account_id)]
    return {"items": [_shown(each) for each in seen]}


@resource.read(_ONE, _SCOPE, EndpointShown, refusals={404: "no_such_endpoint"})
def endpoint(call: Call, endpoint_id: int) -> Any:
    """One endpoint."""
    return _shown(_seen(call, endpoint_id))


@resource.write(
    "POST", _ENDPOINTS, _SCOPE, EndpointMade, takes=EndpointNew, statuses=(201,),
    # The secret is kept sealed in its own row alone, not beside the Idempotency-Key.
    shows=lambda kept: _shown(queries.endpoint(kept["endpoint"])) | {
        "secret": queries.secret(kept["endpoint"])
    },
    refusals={404: "no_such_account", 409: "too_many_endpoints", 422: "bad_webhook_url"},
)  # fmt: skip
def add(call: Call) -> Kept:
    """Tell these facts there from now on."""
    asked: EndpointNew = call.asked
    new = NewEndpoint(asked.url, asked.kinds, _account(call, asked.account), _local())
    return Kept({"endpoint": service.add(new)}, 201)


@resource.write(
    "PATCH", _ONE, _SCOPE, EndpointShown, takes=EndpointChange,
    shows=lambda kept: _shown(queries.endpoint(kept["endpoint"])),
    refusals={404: "no_such_endpoint", 422: "bad_webhook_url"},
)  # fmt: skip
def change(call: Call, endpoint_id: int) -> Kept:
    """Change an endpoint. What happens while it is not active is told when it is again."""
    asked: EndpointChange = call.asked
    _seen(call, endpoint_id)
    service.change(endpoint_id, **asked.model_dump(), local=_local())
    return Kept({"endpoint": endpoint_id})


@resource.write("DELETE", _ONE, _SCOPE, None, statuses=(204,), refusals={404: "no_such_endpoint"})
def delete(call: Call, endpoint_id: int) -> Kept:
    """Tell nothing there any more; what waits is cancelled."""
    _seen(call, endpoint_id)
    service.delete(endpoint_id)
    return Kept(None, 204)


@resource.read(
    f"{_ONE}/deliveries", _SCOPE, Page[DeliveryShown], query=DeliveriesQuery,
    refusals={404: "no_such_endpoint"},
)  # fmt: skip
def deliveries(call: Call, endpoint_id: int) -> Any:
    """What was told there, newest first; `dead` is what was not taken within three days."""
    _seen(call, endpoint_id)
    query: DeliveriesQuery = call.asked
    rows = queries.deliveries(
        endpoint_id, state=query.state, before=query.after(), limit=query.limit + 1
    )
    return page(rows, query.limit, lambda some: [_told(each) for each in some])


@resource.write(
    "POST", f"{_ONE}/replays", _SCOPE, Again, statuses=(202,), refusals={404: "no_such_endpoint"}
)
def replay_dead(call: Call, endpoint_id: int) -> Kept:
    """Send again all that the endpoint did not take."""
    _seen(call, endpoint_id)
    return Kept({"again": service.replay_dead(endpoint_id)}, 202)


@resource.write(
    "POST", f"{_DELIVERY}/replays", _SCOPE, Again, statuses=(202,),
    refusals={404: "no_such_delivery"},
)  # fmt: skip
def replay(call: Call, delivery_id: int) -> Kept:
    """Send one delivery again, also if it was taken; its webhook-id stays the same."""
    found = queries.delivery(delivery_id)
    try:
        _seen(call, found.endpoint_id)
    except NoSuchEndpoint:
        raise NoSuchDelivery("of an endpoint that is not this key's") from None
    service.replay(delivery_id)
    return Kept({"again": 1}, 202)


def _seen(call: Call, endpoint_id: int) -> EndpointCard:
    card = queries.endpoint(endpoint_id)
    if not call.caller.sees_account(card.account_id):
        raise NoSuchEndpoint("of an account that is not this key's")
    return card


def _account(call: Call, slug: str | None) -> int | None:
    if slug is None:
        return call.caller.account_id
    account_id = {known: id for id, known in accounts.slugs().items()}.get(slug)
    if account_id is None or not call.caller.sees_account(account_id):
        raise NoSuchAccount("unknown, or not this key's")
    return account_id


def _local() -> bool:
    settings: Settings = current_app.extensions["settings"]
    return settings.webhooks_local


def _shown(card: EndpointCard) -> dict[str, Any]:
    slugs = accounts.slugs()
    return vars(card) | {
        "account": slugs.get(card.account_id or 0),
        "active": card.off_at is None,
    }


def _told(card: DeliveryCard) -> dict[str, Any]:
    return vars(card) | {"fact": card.fact_id}
