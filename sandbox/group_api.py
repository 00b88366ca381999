"""LINE's endpoints of groups and rooms: what they are, who is in them, and leaving them.

LINE: https://developers.line.biz/en/reference/messaging-api/#group
"""

from collections.abc import Callable
from typing import Any

from sandbox.api import Api, ApiError, Call
from sandbox.group_talks import GroupTalks
from sandbox.groups import Group, Kind
from sandbox.world import Person, World

_KINDS: tuple[Kind, ...] = ("group", "room")


class GroupApi:
    """The endpoints with their world."""

    def __init__(self, world: World, talks: GroupTalks) -> None:
        self._world = world
        self._talks = talks

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints."""
        summary = self._in_group("group", self._summary)
        api.add("GET", "/v2/bot/group/<group_id>/summary", "group_summary", summary)
        for kind in _KINDS:
            path = f"/v2/bot/{kind}/<group_id>"
            for place, name, handler in (
                ("members/count", "group_count", self._count),
                ("members/ids", "group_members", self._members),
                ("member/<user_id>", "group_member", self._member),
            ):
                api.add("GET", f"{path}/{place}", name, self._in_group(kind, handler))
            leave = self._in_group(kind, self._leave)
            api.add("POST", f"{path}/leave", "group_leave", leave, body="none")

    def _in_group(self, kind: Kind, handler: Callable[..., dict[str, Any]]) -> Any:
        def found(call: Call, _body: None, group_id: str, **parts: str) -> dict[str, Any]:
            with self._world.lock:
                group = self._world.groups.find(call.account.slug, group_id)
                if group is None or group.kind != kind:
                    raise ApiError(404, "Not found")
                return handler(call, group, **parts)

        return found

    def _summary(self, _call: Call, group: Group) -> dict[str, Any]:
        picture = {"pictureUrl": group.picture} if group.picture else {}
        return {"groupId": group.id, "groupName": group.name, **picture}

    def _count(self, _call: Call, group: Group) -> dict[str, Any]:
        """LINE: the account itself is not counted."""
        return {"count": len(group.people)}

    def _members(self, call: Call, group: Group) -> dict[str, Any]:
        """LINE: verified accounts only. Here everybody fits on one page."""
        if not call.account.verified:
            raise ApiError(403, "Access to this API is not available for your account")
        people = [self._world.person(key) for key in group.people]
        told = [self._world.user_id(call.account, one) for one in people if one.consent]
        return {"memberIds": told}

    def _member(self, call: Call, group: Group, user_id: str) -> dict[str, Any]:
        """LINE tells of members who are no friends, too."""
        person: Person | None = self._world.person_of(call.account, user_id)
        if person is None or person.key not in group.people or not person.consent:
            raise ApiError(404, "Not found")
        picture = {"pictureUrl": person.picture} if person.picture else {}
        return {"userId": user_id, "displayName": person.name, **picture}

    def _leave(self, _call: Call, group: Group) -> dict[str, Any]:
        self._talks.leave(group)
        return {}
