"""Puts the Messaging API and the phone's side of it into the sandbox's application."""

from flask import Flask

from sandbox.api import Api
from sandbox.audience_api import AudienceApi
from sandbox.chat_api import ChatApi
from sandbox.content import ContentApi
from sandbox.coupon_api import CouponApi
from sandbox.insight import InsightApi
from sandbox.messaging import Messaging
from sandbox.narrowcast import Narrowcasts
from sandbox.phone_menu import PhoneMenu
from sandbox.phone_more import PhoneMore
from sandbox.quota_api import QuotaApi
from sandbox.richmenu_api import RichMenuApi
from sandbox.sending import Sending
from sandbox.talks import Talks
from sandbox.tokens_api import TokensApi
from sandbox.webhook_api import WebhookApi
from sandbox.webhooks import Webhooks
from sandbox.world import World


def register(app: Flask, world: World, webhooks: Webhooks, talks: Talks) -> Api:
    """Add the routes; the answer knows the names of all endpoints."""
    api = Api(world)
    sending = Sending(world)
    for part in (
        Messaging(world, sending),
        Narrowcasts(world, sending),
        AudienceApi(world),
        CouponApi(world),
        QuotaApi(world),
        ChatApi(world),
        RichMenuApi(world),
        ContentApi(world),
        InsightApi(world),
        WebhookApi(world, webhooks),
    ):
        part.add_to(api)
    api.refuse_the_rest()
    app.register_blueprint(api.blueprint)
    app.register_blueprint(TokensApi(world).blueprint())
    app.register_blueprint(PhoneMenu(world, talks).blueprint())
    app.register_blueprint(PhoneMore(world, talks).blueprint())
    return api
