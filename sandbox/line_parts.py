"""Puts the Messaging API and its side of the phone and the control API into the application."""

from flask import Flask

from sandbox.api import Api
from sandbox.audience_api import AudienceApi
from sandbox.chat_api import ChatApi
from sandbox.content import ContentApi
from sandbox.coupon_api import CouponApi
from sandbox.event_control import EventControl
from sandbox.group_api import GroupApi
from sandbox.group_control import GroupControl
from sandbox.group_talks import GroupTalks
from sandbox.insight import InsightApi
from sandbox.messaging import Messaging
from sandbox.narrowcast import Narrowcasts
from sandbox.phone_menu import PhoneMenu
from sandbox.phone_more import PhoneMore
from sandbox.quota_api import QuotaApi
from sandbox.richmenu_api import RichMenuApi
from sandbox.sending import Sending
from sandbox.talks import Talks
from sandbox.webhook_api import WebhookApi
from sandbox.webhooks import Webhooks
from sandbox.world import World


def register(app: Flask, world: World, webhooks: Webhooks, talks: Talks) -> Api:
    """Add the routes; the answer knows the names of all endpoints."""
    api = Api(world)
    sending = Sending(world)
    groups = GroupTalks(world, talks)
    for part in (
        Messaging(world, sending),
        Narrowcasts(world, sending),
        AudienceApi(world),
        CouponApi(world),
        QuotaApi(world),
        ChatApi(world),
        GroupApi(world, groups),
        RichMenuApi(world),
        ContentApi(world),
        InsightApi(world),
        WebhookApi(world, webhooks),
    ):
        part.add_to(api)
    api.refuse_the_rest()
    app.register_blueprint(api.blueprint)
    app.register_blueprint(GroupControl(world, groups).blueprint())
    app.register_blueprint(EventControl(world, talks, groups).blueprint())
    app.register_blueprint(PhoneMenu(world, talks).blueprint())
    app.register_blueprint(PhoneMore(world, talks).blueprint())
    return api
