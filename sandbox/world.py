"""The whole state of the sandbox: plain objects behind one lock.

Who changes the state holds `World.lock` for a short while; nothing that waits is done under it.
What a restart must not lose lies on shelves (sandbox.persistence), which note each change.
"""

import threading
from collections.abc import Callable
from typing import Any, Literal, Protocol, runtime_checkable

from sandbox import ids
from sandbox.audiences import Audiences
from sandbox.clock import Clock
from sandbox.counts import Counts
from sandbox.coupons import coupon_shelf
from sandbox.entities import Account, Content, Message, Person, Refused, Status, Talk
from sandbox.faults import Faults
from sandbox.groups import Groups
from sandbox.link_tokens import LinkTokens
from sandbox.log import Log
from sandbox.logins import Logins
from sandbox.mails import Mails
from sandbox.persistence import Rows, Shelf, Store
from sandbox.postings import Posting
from sandbox.rates import Rates
from sandbox.reply_tokens import ReplyTokens
from sandbox.requests import Narrowcast, SentRequests
from sandbox.retry_keys import RetryKeys
from sandbox.richmenus import RichMenus
from sandbox.stream import Hub
from sandbox.tokens import ChannelTokens

__all__ = ["Account", "Content", "Message", "Person", "Refused", "Status", "Talk", "World"]


@runtime_checkable
class Clearable(Protocol):
    """A part of the world that a reset empties."""

    def clear(self) -> None: ...


class World:
    """Everything there is; `seed` fills it at the start and after a reset.

    A world from a store that holds one goes on where it was; of the seed only what has changed
    since the last start counts then.
    """

    def __init__(
        self, seed: Callable[["World"], None] = lambda _: None, store: Store | None = None
    ) -> None:
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.store = store = store or Store()
        self.clock = Clock(store)
        self.message_ids = ids.MessageIds(self.clock.now())
        self.accounts: Shelf[str, Account] = Shelf(store, "account", Account, _slug)
        self.people: Shelf[str, Person] = Shelf(store, "person", Person, _key)
        self.talks: Shelf[tuple[str, str], Talk] = Shelf(store, "talk", Talk, _pair)
        self.groups = Groups(store)
        self.content: Shelf[str, Content] = Shelf(store, "content", Content, _id)
        self.postings: Shelf[int, Posting] = Shelf(store, "posting", Posting, lambda one: one.id)
        self.reply_tokens = ReplyTokens(store)
        self.retry_keys = RetryKeys(store)
        self.logins = Logins(store)
        self.rich_menus = RichMenus(store)
        self.counts = Counts(store)
        self.rates = Rates(self.clock)
        self.tokens = ChannelTokens(store, self.clock)
        self.narrowcasts: Shelf[str, Narrowcast] = Shelf(
            store, "narrowcast", Narrowcast, lambda cast: cast.request_id
        )
        self.audiences = Audiences(store)
        self.coupons = coupon_shelf(store)
        self.link_tokens = LinkTokens(store, self.clock)
        self.sent_requests = SentRequests(store)
        self.mails = Mails(store)
        self.faults = Faults()
        self.hub = Hub()
        self.accepted = Log(100_000, store, "accepted")
        self.calls = Log(20_000, store, "call")
        self.deliveries = Log(20_000, store, "delivery")
        self._messages: Rows[Message] = Rows(store, "message", Message)
        self._seeded: Rows[dict[str, Any]] = Rows(store, "seed", dict[str, Any])
        self._by_token: dict[str, Account] = {}
        self._by_user_id: dict[tuple[str, str], Person] = {}
        self._seed = seed
        self._restore()
        seed(self)
        store.start(self.lock)

    def _restore(self) -> None:
        """Put together what the shelves hold apart."""
        for (person, account, _), message in self._messages.load():
            self.talks[person, account].messages.append(message)
        for account in self.accounts.values():
            self._by_token[account.access_token] = account
            for person in self.people.values():
                self._by_user_id[account.provider, self.user_id(account, person)] = person
        self._seeds = dict(self._seeded.load())

    def reset(self) -> None:
        """Return to the state of the start; the numbers of the logs go on."""
        with self.lock:
            for part in vars(self).values():
                if isinstance(part, Clearable):
                    part.clear()
            self.clock.reset()
            self.store.clear()
            self._seed(self)
        self.publish_state()

    def add_account(self, account: Account) -> Account:
        """Add an account. Raises Refused if its slug or token is taken."""
        with self.lock:
            if account.slug in self.accounts:
                raise Refused(409, f"There is already an account {account.slug!r}.")
            if account.access_token in self._by_token:
                raise Refused(409, "Another account has this access token.")
            self.accounts.put(account)
            self._by_token[account.access_token] = account
            for person in self.people.values():
                self._by_user_id[account.provider, self.user_id(account, person)] = person
        self.publish_state()
        return account

    def change_account(self, slug: str, changes: dict[str, Any]) -> Account:
        """Set attributes of an account. Raises Refused if it is unknown or the token is taken."""
        with self.lock:
            account = self.account(slug)
            token = changes.get("access_token", account.access_token)
            if self._by_token.get(token, account) is not account:
                raise Refused(409, "Another account has this access token.")
            del self._by_token[account.access_token]
            for name, value in changes.items():
                setattr(account, name, value)
            self._by_token[account.access_token] = account
            self.accounts.put(account)
        self.publish_state()
        return account

    def seed_account(self, values: dict[str, Any]) -> None:
        """Add an account of the seed, or take over what the seed has changed since it was added."""
        slug = values["slug"]
        before = self._seeds.get(slug, {})
        if slug not in self.accounts:
            self.add_account(Account(**values))
        else:
            changes = {name: v for name, v in values.items() if v != before.get(name)}
            self.change_account(slug, changes)
        self._seeds[slug] = values
        self._seeded.changed(slug, values)

    def add_person(self, person: Person) -> Person:
        """Add a person. Raises Refused if the key is taken."""
        with self.lock:
            if person.key in self.people:
                raise Refused(409, f"There is already a person {person.key!r}.")
            self.people.put(person)
            for provider in {account.provider for account in self.accounts.values()}:
                self._by_user_id[provider, ids.user_id(provider, person.key)] = person
        self.publish_state()
        return person

    def change_person(self, key: str, changes: dict[str, Any]) -> Person:
        """Set attributes of a person. Raises Refused if unknown."""
        with self.lock:
            person = self.person(key)
            for name, value in changes.items():
                setattr(person, name, value)
            self.people.put(person)
        self.publish_state()
        return person

    def account(self, slug: str) -> Account:
        """Return the account or raise Refused (404)."""
        try:
            return self.accounts[slug]
        except KeyError:
            raise Refused(404, f"There is no account {slug!r}.") from None

    def person(self, key: str) -> Person:
        """Return the person or raise Refused (404)."""
        try:
            return self.people[key]
        except KeyError:
            raise Refused(404, f"There is no person {key!r}.") from None

    def talk(self, person: str, account: str) -> Talk:
        """Return the talk of the two, a new one if they have not met. Raises Refused (404)."""
        self.person(person)
        self.account(account)
        with self.lock:
            return self.talks.get((person, account)) or self.talks.put(Talk(person, account))

    def account_of_token(self, token: str) -> Account | None:
        """Return the account whose channel access token this is."""
        found = self._by_token.get(token)
        if found is None and (issued := self.tokens.find(token)):
            return self.account_of_channel(issued.channel)
        return found

    def account_of_channel(self, channel_id: str) -> Account | None:
        """Return the account whose Messaging API channel has this id."""
        found = (one for one in self.accounts.values() if one.channel_id == channel_id)
        return next(found, None)

    def person_of(self, account: Account, user_id: str) -> Person | None:
        """Return whose user id this is in the account's provider."""
        return self._by_user_id.get((account.provider, user_id))

    def talk_of(self, account: Account, user_id: str) -> Talk | None:
        """Return the talk of the account with the person who has this user id."""
        person = self.person_of(account, user_id)
        return self.talks.get((person.key, account.slug)) if person else None

    def user_id_of(self, talk: Talk) -> str:
        """The user id of the talk's person as its account sees it."""
        return self.user_id(self.account(talk.account), self.person(talk.person))

    def user_id(self, account: Account, person: Person) -> str:
        """The person's user id as this account sees it."""
        return ids.user_id(account.provider, person.key)

    def say(
        self,
        talk: Talk,
        sent_by: Literal["person", "account", "system"],
        message: dict[str, Any],
        *,
        message_id: str | None = None,
    ) -> Message:
        """Put a line into a talk and show it on the phones. The caller holds the lock."""
        shown = {name: value for name, value in message.items() if name != "sender"}
        entry = Message(
            n=len(talk.messages) + 1,
            id=message_id or self.message_ids.next(),
            at=self.clock.now(),
            sent_by=sent_by,
            message=shown,
            sender=message.get("sender"),
        )
        talk.messages.append(entry)
        talk.unread += sent_by == "account"
        self.publish_message(talk, entry)
        return entry

    def publish_message(self, talk: Talk, entry: Message) -> None:
        """Keep and show a new or changed line of a talk."""
        self._messages.changed((talk.person, talk.account, entry.n), entry)
        self.talks.put(talk)
        place = {"person": talk.person, "account": talk.account}
        unread = {"unread": talk.unread, "status": talk.status}
        self.hub.publish("message", {**entry.as_json(), **place, **unread}, person=talk.person)

    def mark_read(self, talk: Talk, line: int) -> None:
        """Show that the account has read the talk up to this line. The caller holds the lock."""
        if line > talk.read_to:
            talk.read_to = line
            self.talks.put(talk)
            news = {"person": talk.person, "account": talk.account, "up_to": line}
            self.hub.publish("read", news, person=talk.person)

    def publish_status(self, talk: Talk) -> None:
        """Keep and show a change of friendship or of the number of unread messages."""
        self.talks.put(talk)
        self.hub.publish("status", talk_status(talk), person=talk.person)

    def publish_rich_menu(self, account: str, person: str | None, when: str) -> None:
        """Show that a rich menu may have changed: "now", or on reopening the talk ("reopen")."""
        news = {"account": account, "when": when} | ({"person": person} if person else {})
        self.hub.publish("richmenu", news, person=person)

    def publish_state(self) -> None:
        """Show that people or accounts have changed."""
        self.hub.publish("state", self.state())

    def state(self) -> dict[str, Any]:
        """Accounts and people as the phone API shows them."""
        with self.lock:
            return {
                "accounts": [
                    {"slug": account.slug, "name": account.name, "picture": account.picture}
                    for account in self.accounts.values()
                ],
                "people": [self._person_state(person) for person in self.people.values()],
            }

    def _person_state(self, person: Person) -> dict[str, Any]:
        met = {slug: self.talks.get((person.key, slug)) for slug in self.accounts}
        return {
            "key": person.key,
            "name": person.name,
            "language": person.language,
            "picture": person.picture,
            "friends": {slug: talk.status if talk else "none" for slug, talk in met.items()},
            "unread": {slug: talk.unread if talk else 0 for slug, talk in met.items()},
        }


def _slug(account: Account) -> str:
    return account.slug


def _key(person: Person) -> str:
    return person.key


def _pair(talk: Talk) -> tuple[str, str]:
    return talk.person, talk.account


def _id(content: Content) -> str:
    return content.id


def talk_status(talk: Talk) -> dict[str, Any]:
    """Friendship and unread messages of one talk."""
    return {
        "person": talk.person,
        "account": talk.account,
        "status": talk.status,
        "unread": talk.unread,
    }
