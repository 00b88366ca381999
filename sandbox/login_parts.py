"""Puts LINE Login, LIFF and the account-link dialog into the sandbox's application."""

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
from sandbox.webhooks import Webhooks
from sandbox.world import World


def register(app: Flask, world: World, webhooks: Webhooks, talks: Talks) -> None:
    """Add the routes."""
    screens = Screens(world, talks)
    liff_api = LiffApi(world, talks, screens)
    for blueprint in (
        Login(world).blueprint(),
        LoginPages(world, screens).blueprint(),
        Liff(world, screens).blueprint(),
        liff_api.blueprint(),
        liff_api.files(),
        LiffServerApi(world).blueprint(),
        AccountLink(world, webhooks, screens).blueprint(),
        LoginControl(world).blueprint(),
    ):
        app.register_blueprint(blueprint)
