"""Accepting what an account sends: retry keys, reply tokens, the accept log and the phones.

200 means that LINE has accepted a message, never that somebody sees it: to people who have blocked
the account or are no friends, nothing is shown.
"""

from typing import Any

from sandbox import clock, ids
from sandbox.api import ApiError, Call
from sandbox.groups import Group
from sandbox.requests import SentRequest
from sandbox.retry_keys import Accepted
from sandbox.schema import Problem
from sandbox.world import Account, Person, World

# Message kinds a person can quote; the answer to reply and push carries a quote token for them.
_QUOTABLE = frozenset(
    {"text", "textV2", "sticker", "image", "video", "imagemap", "template", "flex"}
)
_USER_ID_LENGTH = 33
# LINE: this many names of aggregation units a calendar month.
MOST_UNITS = 1000


class Sending:
    """Reply, push and multicast, after their bodies were found valid."""

    def __init__(self, world: World) -> None:
        self._world = world

    def reply(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """Use the reply token and show the messages. Raises ApiError if the token is not good."""
        world = self._world
        with world.lock:
            now = world.clock.now()
            token = world.reply_tokens.find(body["replyToken"], call.account.slug, now)
            if token is None:
                raise ApiError(400, "Invalid reply token")
            group = world.groups.find(call.account.slug, token.to)
            if group is None and token.to in world.groups.groups:
                raise ApiError(400, "Failed to send messages")
            self._check_quotes(call, body["messages"], group.id if group else token.person)
            world.reply_tokens.use(token)
            if group:
                return {"sentMessages": self._accept_in_group(call, body, group)}
            person = world.people.get(token.person) if token.person else None
            return {"sentMessages": self._accept(call, body, [token.to], [person])}

    def push(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """Accept a push. Raises ApiError: unknown recipient (400), retry key accepted (409)."""
        with self._world.lock:
            self._check_retry_key(call)
            person = self._known(call.account, body["to"], "UCR")
            group = self._world.groups.find(call.account.slug, body["to"])
            if group:
                self._check_quotes(call, body["messages"], group.id)
                sent = self._accept_in_group(call, body, group)
            elif person:
                self._check_quotes(call, body["messages"], person.key)
                sent = self._accept(call, body, [body["to"]], [person])
            else:
                raise ApiError(400, "Failed to send messages")
            self._keep_retry_key(call, sent)
            return {"sentMessages": sent}

    def multicast(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """Accept a multicast. Raises ApiError: unknown people (400), retry key accepted (409)."""
        with self._world.lock:
            self._check_retry_key(call)
            to = list(dict.fromkeys(body["to"]))
            people = [self._known(call.account, user_id, "U") for user_id in to]
            if None in people and call.account.multicast_unknown == "refuse":
                raise ApiError(400, "Failed to send messages")
            self._check_quotes(call, body["messages"], None)
            self._accept(call, body, to, people)
            self._keep_retry_key(call, None)
            return {}

    def broadcast(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """Send to all friends. Raises ApiError: retry key accepted (409)."""
        with self._world.lock:
            self._check_retry_key(call)
            friends = self.friends(call.account)
            self._accept(call, body, list(friends), list(friends.values()))
            self._keep_retry_key(call, None)
            return {}

    def narrowcast(self, call: Call, body: dict[str, Any], to: list[str]) -> None:
        """Send what was accepted before to those it is for. Raises ApiError: quota (429)."""
        with self._world.lock:
            people = [self._world.person_of(call.account, user_id) for user_id in to]
            self._accept(call, body, to, people)

    def friends(self, account: Account) -> dict[str, Person | None]:
        """The account's friends by their user ids."""
        world = self._world
        return {
            world.user_id(account, person): person
            for person in world.people.values()
            if (talk := world.talks.get((person.key, account.slug))) and talk.status == "friend"
        }

    def check_once(self, call: Call, *, keep: bool = True) -> None:
        """Raise ApiError (409) if this retry key was accepted; else keep it."""
        self._check_retry_key(call)
        if keep:
            self._keep_retry_key(call, None)

    def left(self, account: Account) -> int | None:
        """How many people can still be sent to this month; None without end."""
        if account.monthly_limit is None:
            return None
        month = clock.day(self._world.clock.now())[:6]
        used = self._world.counts.of(account.slug, "usage", month)
        return max(0, account.monthly_limit - used)

    def _check_quota(self, call: Call, people: int) -> None:
        left = self.left(call.account)
        if call.endpoint != "reply" and left is not None and people > left:
            raise ApiError(429, "You have reached your monthly limit.")

    def _known(self, account: Account, user_id: str, kinds: str) -> Person | None:
        if len(user_id) != _USER_ID_LENGTH or user_id[0] not in kinds:
            raise ApiError(
                400, "The property, 'to', in the request body is invalid (line: -, column: -)"
            )
        return self._world.person_of(account, user_id)

    def _check_retry_key(self, call: Call) -> None:
        if call.retry_key is None:
            return
        world = self._world
        found = world.retry_keys.find(call.account.slug, call.retry_key, world.clock.now())
        if found:
            raise ApiError(
                409,
                "The retry key is already accepted",
                sent=found.sent,
                headers={"x-line-accepted-request-id": found.request_id},
            )

    def _keep_retry_key(self, call: Call, sent: list[dict[str, str]] | None) -> None:
        if call.retry_key is not None:
            now = self._world.clock.now()
            self._world.retry_keys.keep(
                Accepted(call.account.slug, call.retry_key, call.request_id, now, sent)
            )

    def _check_quotes(self, call: Call, messages: list[dict[str, Any]], place: str | None) -> None:
        # LINE: a quote token works only in the talk where it was given, in reply and push.
        for number, message in enumerate(messages):
            token = message.get("quoteToken")
            if token is None:
                continue
            if place is None or not ids.quotes_in(token, place, call.account.slug):
                detail: Problem = {
                    "message": "Invalid quote token",
                    "property": f"messages[{number}].quoteToken",
                }
                raise ApiError(400, "The request body has 1 error(s)", details=[detail])

    def _accept(
        self, call: Call, body: dict[str, Any], to: list[str], people: list[Person | None]
    ) -> list[dict[str, str]]:
        world = self._world
        now = world.clock.now()
        shown = []
        for user_id, person in zip(to, people, strict=True):
            talk = world.talks.get((person.key, call.account.slug)) if person else None
            if talk and talk.shows(now):
                shown.append((user_id, talk))
        self._check_quota(call, len(shown))
        quoted = people[0].key if people and people[0] else None
        sent = [self._sent_message(call, message, quoted) for message in body["messages"]]
        for _, talk in shown:
            for message, answer in zip(body["messages"], sent, strict=True):
                world.say(talk, "account", message, message_id=answer["id"])
        self._count(call, body, to, len(shown), [answer["id"] for answer in sent])
        self._log(call, body, to, [user_id for user_id, _ in shown], sent)
        return sent

    def _accept_in_group(
        self, call: Call, body: dict[str, Any], group: Group
    ) -> list[dict[str, str]]:
        """LINE counts everybody in the group."""
        people, now = len(group.people), self._world.clock.now()
        self._check_quota(call, people)
        sent = [self._sent_message(call, message, group.id) for message in body["messages"]]
        for message, answer in zip(body["messages"], sent, strict=True):
            self._world.groups.say(group, None, message, answer["id"], now)
        self._count(call, body, [group.id], people, [answer["id"] for answer in sent])
        self._log(call, body, [group.id], [group.id], sent)
        return sent

    def _log(
        self,
        call: Call,
        body: dict[str, Any],
        to: list[str],
        shown_to: list[str],
        sent: list[dict[str, str]],
    ) -> None:
        self._world.accepted.add(
            {
                "at": self._world.clock.now(),
                "account": call.account.slug,
                "endpoint": call.endpoint,
                "request_id": call.request_id,
                "retry_key": call.retry_key,
                "to": to,
                "shown_to": shown_to,
                "messages": body["messages"],
                "message_ids": [answer["id"] for answer in sent],
                "notification_disabled": bool(body.get("notificationDisabled")),
            }
        )

    def _count(
        self, call: Call, body: dict[str, Any], to: list[str], shown: int, ids_: list[str]
    ) -> None:
        world, slug = self._world, call.account.slug
        now = world.clock.now()
        day = clock.day(now)
        world.counts.sent(slug, call.endpoint, day, shown)
        (unit,) = body.get("customAggregationUnits") or [None]
        if unit and not self._assign(slug, day[:6], unit):
            unit = None
        if unit or call.endpoint in ("broadcast", "narrowcast"):
            kept = SentRequest(call.request_id, slug, call.endpoint, now, to, shown, ids_, unit)
            world.sent_requests.add(kept)

    def _assign(self, account: str, month: str, unit: str) -> bool:
        """LINE: with more names in a month the message is sent all the same, but not assigned."""
        known = self._world.counts.units(account, month)
        if unit not in known and len(known) >= MOST_UNITS:
            return False
        self._world.counts.add(account, f"unit:{unit}", month, 1)
        return True

    def _sent_message(
        self, call: Call, message: dict[str, Any], place: str | None
    ) -> dict[str, str]:
        """`place`: the person's key or the group's id, where the message can be quoted."""
        answer = {"id": self._world.message_ids.next()}
        one = call.endpoint in ("reply", "push")
        if one and place and message["type"] in _QUOTABLE:
            answer["quoteToken"] = ids.quote_token(place, call.account.slug)
        return answer
