"""The control API of webhook events: every type LINE has, one route.

What a person can do in a talk is done there, so that the phone shows it; all else is only told to
the account.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response
from pydantic import Field, ValidationError
from werkzeug.exceptions import UnprocessableEntity

from sandbox import firing_messages
from sandbox.firing import KINDS, Fired
from sandbox.group_talks import GroupTalks
from sandbox.problems import Body, answer, read
from sandbox.talks import Done, Talks
from sandbox.world import World


class Fire(Fired):
    """`person`: who does it, or in whose talk it happens."""

    account: str
    person: str | None = None


class _Postback(Body):
    data: str = Field(max_length=300)
    displayText: str | None = Field(None, max_length=300)
    params: dict[str, str] | None = None


class _Unsend(Body):
    messageId: str


class _Nothing(Body):
    pass


class EventControl:
    """The route with its world."""

    def __init__(self, world: World, talks: Talks, groups: GroupTalks) -> None:
        self._world = world
        self._talks = talks
        self._groups = groups
        self._acts: dict[str, Callable[[Fire, str], Done]] = {
            "message": self._message,
            "postback": self._postback,
            "unsend": self._unsend,
            "follow": self._follow,
            "unfollow": self._unfollow,
        }

    def blueprint(self) -> Blueprint:
        bp = Blueprint("event_control", __name__, url_prefix="/control")
        bp.post("/events")(self.fire)
        return bp

    def fire(self) -> Response:
        """Let it happen; answers the ids of the events, and of the message if one was written."""
        wanted = read(Fire)
        self._world.account(wanted.account)
        if wanted.type not in KINDS.keys() | self._acts.keys():
            known = ", ".join(sorted(KINDS.keys() | self._acts.keys()))
            raise UnprocessableEntity(f"type: must be one of {known}")
        kind = (wanted.place or {}).get("type", "user")
        if kind == "user" and wanted.type in self._acts:
            done = self._acts[wanted.type](wanted, _person(wanted))
        elif wanted.type == "message":
            return answer(self._write_in_group(wanted, kind))
        elif wanted.type not in KINDS:
            raise UnprocessableEntity(f"place: {wanted.type} happens in a talk of two only")
        else:
            done = self._tell(wanted)
        told: dict[str, Any] = {"event_ids": [one["webhookEventId"] for one in done.events]}
        return answer(told | ({"message_id": done.message.id} if done.message else {}))

    def _tell(self, wanted: Fire) -> Done:
        try:
            return self._talks.fire(wanted.person, wanted.account, wanted)
        except ValidationError:
            raise
        except ValueError as error:
            raise UnprocessableEntity(str(error)) from None

    def _write_in_group(self, wanted: Fire, kind: str) -> dict[str, Any]:
        group = self._groups.group((wanted.place or {}).get(f"{kind}Id", ""))
        if group.account != wanted.account:
            raise UnprocessableEntity(f"place: {wanted.account!r} is not in the group {group.id!r}")
        written = firing_messages.read(wanted.content)
        event = self._groups.write(group.id, _person(wanted), written)
        return {"event_ids": [event["webhookEventId"]], "message_id": event["message"]["id"]}

    def _message(self, wanted: Fire, person: str) -> Done:
        content, data, mime = firing_messages.read(wanted.content)
        if data is None:
            return self._talks.write(person, wanted.account, content)
        return self._talks.send_bytes(person, wanted.account, content, mime, data)

    def _postback(self, wanted: Fire, person: str) -> Done:
        tap = _Postback.model_validate(wanted.content)
        return self._talks.postback(
            person, wanted.account, tap.data, display_text=tap.displayText, params=tap.params
        )

    def _unsend(self, wanted: Fire, person: str) -> Done:
        message_id = _Unsend.model_validate(wanted.content).messageId
        return self._talks.unsend(person, wanted.account, message_id)

    def _follow(self, wanted: Fire, person: str) -> Done:
        _Nothing.model_validate(wanted.content)
        blocked = self._world.talk(person, wanted.account).status == "blocked"
        return (self._talks.unblock if blocked else self._talks.add)(person, wanted.account)

    def _unfollow(self, wanted: Fire, person: str) -> Done:
        _Nothing.model_validate(wanted.content)
        return self._talks.block(person, wanted.account)


def _person(wanted: Fire) -> str:
    if wanted.person is None:
        raise UnprocessableEntity(f"person: needed for the type {wanted.type}")
    return wanted.person
