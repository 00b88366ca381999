"""Every resource of /api/v1, and the document that describes them."""

from typing import Final

from app.api import events, members, openapi, orders, points, products, visits, webhooks

RESOURCES: Final = (
    *(members.resource, points.resource, visits.resource, events.resource),
    *(products.resource, orders.resource, webhooks.resource),
)

BLUEPRINTS: Final = (*(each.bp for each in RESOURCES), openapi.blueprint(RESOURCES))
