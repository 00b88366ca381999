"""The control API of groups and rooms, for which the phone has no screen."""

from dataclasses import asdict
from typing import Any, Self

from flask import Blueprint, Response
from pydantic import Field, model_validator

from sandbox.group_talks import GroupTalks
from sandbox.groups import Group, Kind
from sandbox.problems import Body, answer, number, read
from sandbox.world import World

_PICTURE = r"^https?://\S+$"
# Everybody fits on one page of members' ids.
_MOST_PEOPLE = 500


class NewGroup(Body):
    account: str
    kind: Kind = "group"
    name: str = Field("", max_length=100)
    picture: str | None = Field(None, pattern=_PICTURE, max_length=1000)
    people: list[str] = Field(default_factory=list, max_length=_MOST_PEOPLE)
    id: str = Field("", pattern=r"^([CR][0-9a-f]{32})?$")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind == "room" and (self.name or self.picture):
            raise ValueError("a room has neither name nor picture")
        if self.id and self.id[0] != {"group": "C", "room": "R"}[self.kind]:
            raise ValueError("the id of a group begins with C, of a room with R")
        if self.kind == "group":
            self.name = self.name or "グループ"
        _once(self.people)
        return self


class GroupChange(Body):
    """Only what is given is changed."""

    name: str = Field("", min_length=1, max_length=100)
    picture: str | None = Field(None, pattern=_PICTURE, max_length=1000)
    people: list[str] = Field(default_factory=list, max_length=_MOST_PEOPLE)

    @model_validator(mode="after")
    def _everybody_once(self) -> Self:
        _once(self.people)
        return self


class GroupControl:
    """The routes under /control/groups with their world."""

    def __init__(self, world: World, talks: GroupTalks) -> None:
        self._world = world
        self._talks = talks

    def blueprint(self) -> Blueprint:
        bp = Blueprint("group_control", __name__, url_prefix="/control/groups")
        bp.get("")(self.groups)
        bp.post("")(self.add)
        bp.patch("/<group_id>")(self.change)
        bp.delete("/<group_id>")(self.remove)
        bp.get("/<group_id>/messages")(self.messages)
        return bp

    def groups(self) -> Response:
        """All groups, also those their account has left."""
        with self._world.lock:
            items = [asdict(group) for group in self._world.groups.groups.values()]
        return answer({"items": items})

    def add(self) -> Response:
        """Make a group: its account gets a join event."""
        group = Group(**read(NewGroup).model_dump())
        event = self._talks.add(group)
        return answer(asdict(group) | _told([event]), 201)

    def change(self, group_id: str) -> Response:
        """Change a group: who comes or goes is told of in events."""
        changes = read(GroupChange).model_dump(exclude_unset=True)
        happened = self._talks.change(group_id, changes)
        return answer(asdict(self._talks.group(group_id)) | _told(happened))

    def remove(self, group_id: str) -> Response:
        """Take the account out of the group: a leave event."""
        group = self._talks.group(group_id)
        event = self._talks.leave(group)
        return answer(asdict(group) | _told([event]))

    def messages(self, group_id: str) -> Response:
        """What was said in a group, `after` a line's number."""
        group = self._talks.group(group_id)
        with self._world.lock:
            lines = self._world.groups.lines(group, number("after"))
        return answer({"messages": [line.as_json() for line in lines], "last": group.last})


def _once(people: list[str]) -> None:
    if len(set(people)) < len(people):
        raise ValueError("people: everybody can be in a group once only")


def _told(happened: list[dict[str, Any]]) -> dict[str, Any]:
    return {"event_ids": [event["webhookEventId"] for event in happened]}
