"""Worlds in YAML files: who exists when the sandbox starts."""

from pathlib import Path

import yaml
from pydantic import Field

from sandbox.control import NewAccount, NewPerson
from sandbox.group_control import NewGroup
from sandbox.groups import Group
from sandbox.login_control import NewLiffApp, NewLoginChannel, NewProvider, app_of, channel_of
from sandbox.logins import Provider
from sandbox.problems import Body
from sandbox.world import Person, World


class FiledGroup(NewGroup):
    """A file is read at every start, so a group in it needs an id to be known by."""

    id: str = Field(pattern=r"^[CR][0-9a-f]{32}$")


class WorldFile(Body):
    """A provider per world is enough for most; accounts may name others."""

    provider: str = "default"
    providers: list[NewProvider] = Field(default_factory=list)
    accounts: list[NewAccount] = Field(default_factory=list)
    login_channels: list[NewLoginChannel] = Field(default_factory=list)
    liff_apps: list[NewLiffApp] = Field(default_factory=list)
    people: list[NewPerson] = Field(default_factory=list)
    groups: list[FiledGroup] = Field(default_factory=list)

    def fill(self, world: World) -> None:
        """Add all of it to a world."""
        for account in self.accounts:
            values = {"provider": self.provider, **account.model_dump(exclude_unset=True)}
            world.seed_account(values)
        for person in self.people:
            if person.key not in world.people:
                world.add_person(Person(**person.model_dump()))
        for group in self.groups:
            self._fill_group(world, group)
        self._fill_logins(world)

    def _fill_group(self, world: World, wanted: FiledGroup) -> None:
        world.account(wanted.account)
        for key in wanted.people:
            world.person(key)
        if wanted.id not in world.groups.groups:
            world.groups.groups.put(Group(**wanted.model_dump()))

    def _fill_logins(self, world: World) -> None:
        # What the file names is as the file says at every start, whatever was changed since.
        for provider in self.providers:
            world.logins.providers.put(Provider(**provider.model_dump()))
        for channel in self.login_channels:
            values = {"provider": self.provider, **channel.model_dump(exclude_unset=True)}
            world.logins.channels.put(channel_of(NewLoginChannel(**values), world))
        for app in self.liff_apps:
            world.logins.apps.put(app_of(app, world))


def load(path: Path) -> WorldFile:
    """Read a world. Raises OSError, yaml.YAMLError or pydantic.ValidationError."""
    return WorldFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
