"""What happens in groups and rooms, and the webhook events that follow from it."""

from typing import Any

from sandbox import events, ids
from sandbox.events import Event
from sandbox.firing_messages import Written
from sandbox.groups import Group
from sandbox.talks import Talks
from sandbox.world import Content, Person, Refused, World


class GroupTalks:
    """All raise Refused: there is no such group, account or person, or they are not in it."""

    def __init__(self, world: World, talks: Talks) -> None:
        self._world = world
        self._talks = talks

    def group(self, group_id: str) -> Group:
        """Return the group, also one that the account has left."""
        found = self._world.groups.groups.get(group_id)
        if found is None:
            raise Refused(404, f"There is no group {group_id!r}.")
        return found

    def add(self, group: Group) -> Event:
        """Make a group with the account in it: a join event."""
        world = self._world
        world.account(group.account)
        for key in group.people:
            world.person(key)
        with world.lock:
            if group.id in world.groups.groups:
                raise Refused(409, f"There is already a group {group.id!r}.")
            world.groups.groups.put(group)
            return self._send(group, events.join(group.source, world.clock.now()))

    def change(self, group_id: str, changes: dict[str, Any]) -> list[Event]:
        """Change name, picture or people; who comes or goes is told of in events."""
        world, sent = self._world, []
        with world.lock:
            group = self._joined(group_id)
            if group.kind == "room" and changes.keys() - {"people"}:
                raise Refused(409, "A room has neither name nor picture.")
            before, after = group.people, changes.get("people", group.people)
            people = {key: world.person(key) for key in (*before, *after)}
            for name, value in changes.items():
                setattr(group, name, value)
            world.groups.groups.put(group)
            came = [people[key] for key in after if key not in before]
            gone = [people[key] for key in before if key not in after]
            for happened, whom in ((events.member_joined, came), (events.member_left, gone)):
                if whom:
                    members = [self._user(group, person) for person in whom]
                    event = happened(group.source, world.clock.now(), members)
                    sent.append(self._send(group, event))
        return sent

    def leave(self, group: Group) -> Event:
        """Let the account leave, by its own will or not: a leave event, the last of this group."""
        with self._world.lock:
            self._joined(group.id).joined = False
            self._world.groups.groups.put(group)
            return self._send(group, events.leave(group.source, self._world.clock.now()))

    def write(self, group_id: str, key: str, written: Written) -> Event:
        """Let a member write: a message event."""
        world = self._world
        person = world.person(key)
        with world.lock:
            group = self._joined(group_id)
            if key not in group.people:
                raise Refused(409, f"{key!r} is not in the group {group_id!r}.")
            now, message_id, content = world.clock.now(), world.message_ids.next(), written.content
            if written.data is not None:
                kept = Content(message_id, written.mime, written.data, group.account, now)
                world.content.put(kept)
                if content["type"] != "file":
                    content = {**content, "contentProvider": {"type": "line"}}
            line = world.groups.say(group, key, content, message_id, now)
            # LINE: in groups only message events tell who it was, if that person has consented.
            event = events.message(
                self._user(group, person) | group.source,
                now,
                message_id,
                content,
                quote_token=ids.quote_token(group.id, group.account),
                read_token=ids.read_token(group.id, group.account, line.n),
            )
            return self._send(group, event)

    def _joined(self, group_id: str) -> Group:
        group = self.group(group_id)
        if not group.joined:
            raise Refused(409, f"The account {group.account!r} has left the group {group_id!r}.")
        return group

    def _user(self, group: Group, person: Person) -> dict[str, str]:
        account = self._world.account(group.account)
        return events.user(self._world.user_id(account, person) if person.consent else None)

    def _send(self, group: Group, event: Event) -> Event:
        return self._talks.emit(self._world.account(group.account), event, None)
