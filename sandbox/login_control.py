"""The control API of providers, login channels and LIFF apps; and the whole world as a file."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response
from pydantic import Field

from sandbox import ids, logins
from sandbox.control import Slug
from sandbox.logins import LiffApp, LoginChannel, Provider
from sandbox.problems import Body, answer, read
from sandbox.world import Refused, World

_CHANNEL_ID = r"^[0-9]{1,20}$"
_LIFF_ID = r"^[0-9]{1,20}-[A-Za-z0-9]{1,20}$"
# LINE: a LIFF endpoint has no fragment.
_ENDPOINT = r"^https?://[^\s#]+$"


class NewProvider(Body):
    slug: str = Slug
    name: str = Field(min_length=1, max_length=100)


class NewLoginChannel(Body):
    name: str = Field(min_length=1, max_length=100)
    provider: str = Field("default", pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    channel_id: str = Field(default_factory=logins.channel_id, pattern=_CHANNEL_ID)
    channel_secret: str = Field(default_factory=ids.channel_secret, min_length=1)
    redirect_uris: list[str] = Field(default_factory=list)
    linked_account: str | None = None
    email_permission: bool = False
    assertion_keys: list[dict[str, Any]] = Field(default_factory=list)


class LoginChannelChange(Body):
    """Only what is given is changed."""

    name: str = Field("", min_length=1, max_length=100)
    channel_secret: str = Field("", min_length=1)
    redirect_uris: list[str] = Field(default_factory=list)
    linked_account: str | None = None
    email_permission: bool = False
    assertion_keys: list[dict[str, Any]] = Field(default_factory=list)


class NewLiffApp(Body):
    login_channel: str = Field(pattern=_CHANNEL_ID)
    endpoint: str = Field(pattern=_ENDPOINT, max_length=1000)
    name: str = Field("LIFF", min_length=1, max_length=100)
    liff_id: str = Field("", pattern=_LIFF_ID)
    view: logins.View = "full"
    scopes: list[logins.Scope] = Field(default_factory=logins.usual_scopes)
    bot_prompt: logins.BotPrompt = "none"
    module: bool = False
    qr_code: bool = False


class LiffAppChange(Body):
    """Only what is given is changed."""

    endpoint: str = Field("", pattern=_ENDPOINT, max_length=1000)
    name: str = Field("", min_length=1, max_length=100)
    view: logins.View = "full"
    scopes: list[logins.Scope] = Field(default_factory=list)
    bot_prompt: logins.BotPrompt = "none"
    module: bool = False
    qr_code: bool = False


def channel_of(wanted: NewLoginChannel, world: World) -> LoginChannel:
    """The channel asked for. Raises Refused unless its account is of the same provider."""
    channel = LoginChannel(**wanted.model_dump())
    _check_link(channel.linked_account, channel.provider, world)
    return channel


def app_of(wanted: NewLiffApp, world: World) -> LiffApp:
    """The LIFF app asked for. Raises Refused if its channel is unknown or the id is not its."""
    if wanted.login_channel not in world.logins.channels:
        raise Refused(404, f"There is no login channel {wanted.login_channel!r}.")
    if wanted.liff_id and not wanted.liff_id.startswith(f"{wanted.login_channel}-"):
        raise Refused(409, "A LIFF id begins with the id of its login channel.")
    values = wanted.model_dump(exclude={"login_channel"})
    return LiffApp(channel_id=wanted.login_channel, **values)


class LoginControl:
    """The routes under /control with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def blueprint(self) -> Blueprint:
        bp = Blueprint("login_control", __name__, url_prefix="/control")
        bp.get("/world", endpoint="world")(self.world)
        bp.post("/providers")(self.add_provider)
        bp.post("/login_channels")(self.add_channel)
        bp.patch("/login_channels/<channel_id>")(self.change_channel)
        bp.post("/liff_apps")(self.add_app)
        bp.patch("/liff_apps/<liff_id>")(self.change_app)
        return bp

    def world(self) -> Response:
        """The world as it would stand in a world file."""
        world = self._world
        with world.lock:
            apps = [asdict(app) for app in world.logins.apps.values()]
            for app in apps:
                app["login_channel"] = app.pop("channel_id")
            told: dict[str, Any] = {
                "providers": [asdict(p) for p in world.logins.providers.values()],
                "accounts": [asdict(account) for account in world.accounts.values()],
                "login_channels": [asdict(c) for c in world.logins.channels.values()],
                "liff_apps": apps,
                "people": [asdict(person) for person in world.people.values()],
                "groups": [asdict(g) for g in world.groups.groups.values() if g.joined],
            }
        for account in told["accounts"]:
            account.pop("basic_id", None)
        for group in told["groups"]:
            del group["joined"], group["last"]
        return answer(told)

    def add_provider(self) -> Response:
        provider = Provider(**read(NewProvider).model_dump())
        with self._world.lock:
            _refuse_taken(provider.slug, self._world.logins.providers, "provider")
            self._world.logins.providers.put(provider)
        return answer(asdict(provider), 201)

    def add_channel(self) -> Response:
        """Add a login channel; the answer holds what was made up for it."""
        channel = channel_of(read(NewLoginChannel), self._world)
        with self._world.lock:
            _refuse_taken(channel.channel_id, self._world.logins.channels, "login channel")
            self._world.logins.channels.put(channel)
        return answer(asdict(channel), 201)

    def change_channel(self, channel_id: str) -> Response:
        changes = read(LoginChannelChange).model_dump(exclude_unset=True)
        with self._world.lock:
            channel = self._world.logins.channels.get(channel_id)
            if channel is None:
                raise Refused(404, f"There is no login channel {channel_id!r}.")
            _check_link(changes.get("linked_account"), channel.provider, self._world)
            for name, value in changes.items():
                setattr(channel, name, value)
            self._world.logins.channels.put(channel)
        return answer(asdict(channel))

    def add_app(self) -> Response:
        """Add a LIFF app; the answer holds its id."""
        app = app_of(read(NewLiffApp), self._world)
        with self._world.lock:
            _refuse_taken(app.liff_id, self._world.logins.apps, "LIFF app")
            self._world.logins.apps.put(app)
        return answer(asdict(app), 201)

    def change_app(self, liff_id: str) -> Response:
        changes = read(LiffAppChange).model_dump(exclude_unset=True)
        with self._world.lock:
            app = self._world.logins.apps.get(liff_id)
            if app is None:
                raise Refused(404, f"There is no LIFF app {liff_id!r}.")
            for name, value in changes.items():
                setattr(app, name, value)
            self._world.logins.apps.put(app)
        return answer(asdict(app))


def _refuse_taken(key: str, taken: Any, kind: str) -> None:
    if key in taken:
        raise Refused(409, f"There is already a {kind} {key!r}.")


def _check_link(account: str | None, provider: str, world: World) -> None:
    # LINE: a login channel can be linked only to an account of the same provider.
    if account is not None and world.account(account).provider != provider:
        raise Refused(409, f"The account {account!r} belongs to another provider.")
