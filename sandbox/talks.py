"""What a person does on the phone, and the webhook events that follow from it."""

from typing import Any, NamedTuple

from sandbox import clock, events, firing, ids
from sandbox.events import Event
from sandbox.firing import Fired
from sandbox.reply_tokens import ReplyToken
from sandbox.webhooks import Webhooks
from sandbox.world import Account, Content, Message, Refused, Talk, World

_SYSTEM_LINES = {
    "added": {"ja": "友だちになりました", "en": "You are now friends"},
    "blocked": {"ja": "ブロックしました", "en": "You blocked this account"},
    "unblocked": {"ja": "ブロックを解除しました", "en": "You unblocked this account"},
}


class Done(NamedTuple):
    """The events an action caused, and the line it put into the talk, if any."""

    events: list[Event]
    message: Message | None = None


class Talks:
    """The actions of the phone. All raise Refused where LINE's app would not offer the action."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks

    def add(self, person: str, account: str) -> Done:
        """Add the account as a friend: a follow event."""
        talk = self._talk(person, account, allowed=("none",))
        with self._world.lock:
            return self._befriend(talk, "added", unblocked=False)

    def unblock(self, person: str, account: str) -> Done:
        """Take back a block: LINE sends a follow event with isUnblocked true."""
        talk = self._talk(person, account, allowed=("blocked",))
        with self._world.lock:
            return self._befriend(talk, "unblocked", unblocked=True)

    def block(self, person: str, account: str) -> Done:
        """Block the account: an unfollow event, which cannot be replied to."""
        talk = self._talk(person, account, allowed=("friend",))
        with self._world.lock:
            talk.status = "blocked"
            self._world.counts.add(account, "blocked", clock.day(self._world.clock.now()), 1)
            # LINE does not say that the link outlives a block; the sandbox lets it end.
            self._world.rich_menus.unlink(account, self._world.user_id_of(talk))
            line = self._system_line(talk, "blocked")
            event = events.unfollow(self._source(talk), self._world.clock.now())
            return Done([self._send(talk, event)], line)

    def write(
        self,
        person: str,
        account: str,
        content: dict[str, Any],
        *,
        shown: dict[str, Any] | None = None,
    ) -> Done:
        """Send a message; `content` is the webhook's message object without id and tokens.

        `shown`: what the talk shows, where that is not the same.
        """
        return self._write(person, account, content, shown=shown or content)

    def send_image(self, person: str, account: str, kind: str, data: bytes) -> Done:
        """Send a picture; the account may fetch its bytes under the message id."""
        return self.send_bytes(person, account, {"type": "image"}, kind, data)

    def send_bytes(
        self, person: str, account: str, content: dict[str, Any], kind: str, data: bytes
    ) -> Done:
        """Send a picture, video, recording or file: `content` has its type and particulars."""
        talk = self._talk(person, account, allowed=("none", "friend"))
        message_id = self._world.message_ids.next()
        address = f"/phone/api/content/{message_id}"
        shown = {**content, "originalContentUrl": address, "previewImageUrl": address}
        if content["type"] != "file":
            content = {**content, "contentProvider": {"type": "line"}}
        with self._world.lock:
            now = self._world.clock.now()
            self._world.content.put(Content(message_id, kind, data, talk.account, now))
        return self._write(person, account, content, shown=shown, message_id=message_id)

    def postback(
        self,
        person: str,
        account: str,
        data: str,
        *,
        display_text: str | None = None,
        params: dict[str, str] | None = None,
    ) -> Done:
        """Tap a postback action; `display_text` appears as the person's line but is no message."""
        talk = self._talk(person, account, allowed=("none", "friend"))
        world = self._world
        with world.lock:
            line = None
            if display_text:
                line = world.say(talk, "person", {"type": "text", "text": display_text})
            event = events.postback(self._source(talk), world.clock.now(), data, params)
            return Done([self._send(talk, event)], line)

    def switch_menu(self, person: str, account: str, alias_id: str, data: str) -> Done:
        """Switch to the menu of an alias: it becomes the person's own menu."""
        talk = self._talk(person, account, allowed=("none", "friend"))
        world, menus = self._world, self._world.rich_menus
        with world.lock:
            alias = menus.aliases.get((account, alias_id))
            params = {"newRichMenuAliasId": alias_id, "status": "SUCCESS"}
            if alias is None:
                params["status"] = "RICHMENU_ALIAS_ID_NOTFOUND"
            elif menus.find(account, alias.menu) is None:
                params["status"] = "RICHMENU_NOTFOUND"
            else:
                menus.link(account, world.user_id_of(talk), alias.menu)
                world.publish_rich_menu(account, person, "now")
            event = events.postback(self._source(talk), world.clock.now(), data, params)
            return Done([self._send(talk, event)])

    def fire(self, person: str | None, account: str, wanted: Fired) -> Done:
        """Send an event that no tap causes. Raises ValueError if LINE has no such event.

        person: in whose talk it happens, where it is in one.
        """
        world = self._world
        source = self._source(world.talk(person, account)) if person is not None else None
        with world.lock:
            event = firing.build(wanted, source, world.clock.now())
            return Done([self.emit(world.account(account), event, person)])

    def unsend(self, person: str, account: str, message_id: str) -> Done:
        """Take back a message of the person: LINE asks accounts to hide the text they stored."""
        talk = self._talk(person, account, allowed=("none", "friend", "blocked"))
        world = self._world
        with world.lock:
            line = next((m for m in talk.messages if m.id == message_id), None)
            if line is None or line.sent_by != "person" or line.unsent:
                raise Refused(404, f"{person!r} has no message {message_id!r} to take back.")
            line.unsent = True
            world.content.drop(message_id)
            line.message = {"type": "unsent"}
            world.publish_message(talk, line)
            event = events.unsend(self._source(talk), world.clock.now(), message_id)
            return Done([self._send(talk, event)], line)

    def read(self, person: str, account: str) -> Done:
        """Open the talk: nothing is unread any more. LINE tells accounts nothing."""
        talk = self._talk(person, account, allowed=("none", "friend", "blocked"))
        with self._world.lock:
            talk.unread = 0
            self._world.publish_status(talk)
        return Done([])

    def _talk(self, person: str, account: str, *, allowed: tuple[str, ...]) -> Talk:
        talk = self._world.talk(person, account)
        if talk.status not in allowed:
            raise Refused(409, f"Not possible: for {person!r}, {account!r} is {talk.status!r}.")
        return talk

    def _befriend(self, talk: Talk, line: str, *, unblocked: bool) -> Done:
        day = clock.day(self._world.clock.now())
        counts = self._world.counts
        counts.add(talk.account, *(("blocked", day, -1) if unblocked else ("added", day, 1)))
        talk.status = "friend"
        shown = self._system_line(talk, line)
        event = events.follow(self._source(talk), self._world.clock.now(), unblocked=unblocked)
        return Done([self._send(talk, event)], shown)

    def _system_line(self, talk: Talk, name: str) -> Message:
        words = _SYSTEM_LINES[name]
        text = words.get(self._world.person(talk.person).language, words["en"])
        line = self._world.say(talk, "system", {"type": "text", "text": text})
        self._world.publish_status(talk)
        return line

    def _write(
        self,
        person: str,
        account: str,
        content: dict[str, Any],
        *,
        shown: dict[str, Any],
        message_id: str | None = None,
    ) -> Done:
        talk = self._talk(person, account, allowed=("none", "friend"))
        world = self._world
        with world.lock:
            now = world.clock.now()
            talk.wrote_at = now
            line = world.say(talk, "person", shown, message_id=message_id)
            quote = ids.quote_token(person, account)
            read = ids.read_token(person, account, line.n)
            event = events.message(
                self._source(talk), now, line.id, content, quote_token=quote, read_token=read
            )
            if world.account(account).chat_mode == "bot":
                world.mark_read(talk, line.n)
            return Done([self._send(talk, event)], line)

    def _source(self, talk: Talk) -> dict[str, str]:
        person = self._world.person(talk.person)
        account = self._world.account(talk.account)
        return events.user(self._world.user_id(account, person) if person.consent else None)

    def emit(self, account: Account, event: Event, person: str | None) -> Event:
        """Send an event; its reply token leads to its group, or else to the person's talk.

        person: None where it happened in no talk. The caller holds the lock.
        """
        world = self._world
        source = event.get("source", {})
        group_id = source.get("groupId") or source.get("roomId")
        if "replyToken" in event:
            whom = world.user_id(account, world.person(person)) if person else source.get("userId")
            token, at = event["replyToken"], event["timestamp"]
            reader = None if group_id else person
            to = group_id or whom or ""
            world.reply_tokens.add(ReplyToken(token, account.slug, reader, to=to, event_at=at))
        self._webhooks.enqueue(account, event, lane=group_id or person or "")
        return event

    def _send(self, talk: Talk, event: Event) -> Event:
        return self.emit(self._world.account(talk.account), event, talk.person)
