"""Puts LINE Login, LIFF, channel access tokens and the account-link dialog into the application."""

from flask import Flask

from sandbox.account_link import AccountLink
from sandbox.liff import Liff
from sandbox.liff_api import LiffApi
from sandbox.liff_server_api import LiffServerApi
from sandbox.login import Login
from sandbox.login_control import LoginControl
from sandbox.login_pages import LoginPages
from sandbox.login_screens import Screens
from sandbox.talks import Talks
from sandbox.tokens_api import TokensApi
from sandbox.webhooks import Webhooks
from sandbox.world import World


def register(app: Flask, world: World, webhooks: Webhooks, talks: Talks) -> set[str]:
    """Add the routes; the answer has the names of the endpoints that faults can strike."""
    screens = Screens(world, talks)
    liff_api = LiffApi(world, talks, screens)
    endpoints = [
        Login(world).blueprint(),
        LoginPages(world, screens).blueprint(),
        TokensApi(world).blueprint(),
        Liff(world, screens).blueprint(),
        liff_api.blueprint(),
        LiffServerApi(world).blueprint(),
    ]
    others = [
        liff_api.files(),
        AccountLink(world, webhooks, screens).blueprint(),
        LoginControl(world).blueprint(),
    ]
    for blueprint in endpoints + others:
        app.register_blueprint(blueprint)
    named = {blueprint.name for blueprint in endpoints}
    return {view for view in app.view_functions if view.partition(".")[0] in named}
