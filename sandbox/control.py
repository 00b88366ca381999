"""The control API: accounts and people, logs, faults, time and webhooks."""

from dataclasses import asdict
from typing import Any, Literal, Self

from flask import Blueprint, Response, render_template, request
from pydantic import Field, field_validator, model_validator
from werkzeug.exceptions import UnprocessableEntity

from sandbox import events, ids
from sandbox.faults import KINDS, LATE_ENDPOINTS, LATER
from sandbox.postings import Posting
from sandbox.problems import Body, answer, number, read
from sandbox.reply_tokens import ReplyToken
from sandbox.webhooks import Order, Webhooks
from sandbox.world import Account, Person, World

# LINE puts the same errors within a minute together.
_GROUPED_MS = 60 * 1000
Slug = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
UserId = Field(pattern=r"^U[0-9a-f]{32}$")
Url = Field(pattern=r"^https?://[^\s]+$", max_length=500)


class NewAccount(Body):
    slug: str = Slug
    name: str = Field(min_length=1, max_length=100)
    webhook_url: str = Url
    provider: str = Field("default", pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    channel_secret: str = Field(default_factory=ids.channel_secret, min_length=1)
    access_token: str = Field(default_factory=ids.access_token, min_length=1)
    bot_user_id: str = Field(default_factory=ids.bot_user_id, pattern=r"^U[0-9a-f]{32}$")
    picture: str | None = None
    webhook_active: bool = True
    redelivery: bool = False
    hold: bool = False
    multicast_unknown: Literal["refuse", "ignore"] = "refuse"
    verified: bool = False
    chat_mode: Literal["bot", "chat"] = "bot"
    monthly_limit: int | None = Field(None, ge=0)
    rates: bool = True
    channel_id: str = Field(default_factory=ids.channel_id, pattern=r"^[0-9]{5,20}$")
    assertion_keys: list[dict[str, Any]] = Field(default_factory=list)


class AccountChange(Body):
    """Only what is given is changed. Slug and provider stay: user ids hang on them."""

    name: str = Field("", min_length=1, max_length=100)
    webhook_url: str = Field("", pattern=r"^https?://[^\s]+$", max_length=500)
    channel_secret: str = Field("", min_length=1)
    access_token: str = Field("", min_length=1)
    bot_user_id: str = Field("", pattern=r"^U[0-9a-f]{32}$")
    picture: str | None = None
    webhook_active: bool = True
    redelivery: bool = False
    hold: bool = False
    multicast_unknown: Literal["refuse", "ignore"] = "refuse"
    verified: bool = False
    chat_mode: Literal["bot", "chat"] = "bot"
    monthly_limit: int | None = Field(None, ge=0)
    rates: bool = True
    assertion_keys: list[dict[str, Any]] = Field(default_factory=list)


class NewPerson(Body):
    key: str = Slug
    name: str = Field(min_length=1, max_length=100)
    language: str = Field("ja", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")
    picture: str | None = None
    status_message: str | None = None
    consent: bool = True


class NewFault(Body):
    endpoint: str
    kind: str
    account: str | None = None
    times: int | None = Field(1, ge=1)
    probability: float = Field(1.0, ge=0, le=1, strict=False)
    seed: int = 0
    seconds: float = Field(30.0, ge=0, le=600, strict=False)

    @model_validator(mode="before")
    @classmethod
    def _endless_if_by_chance(cls, data: Any) -> Any:
        if isinstance(data, dict) and "probability" in data:
            return {"times": None, **data}
        return data

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.kind == LATER and self.endpoint not in LATE_ENDPOINTS:
            raise ValueError(f"{LATER} is for {', '.join(sorted(LATE_ENDPOINTS))} only")
        return self

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        if value not in KINDS:
            raise ValueError(f"must be one of {', '.join(sorted(KINDS))}")
        return value


class Forward(Body):
    forward: float = Field(ge=0, le=10 * 365 * 86400, strict=False)


class Redeliver(Body):
    event_ids: list[str] | None = None
    duplicate: bool = False


class Release(Body):
    account: str
    order: Order = "as_is"
    seed: int = 0
    together: bool = False


class Send(Body):
    account: str
    events: list[dict[str, Any]] = Field(default_factory=list)
    raw: str | None = None
    signature: str | None = None
    destination: str | None = None
    complete: bool = False


class Control:
    """The routes under /control with their world."""

    def __init__(self, world: World, webhooks: Webhooks, endpoints: set[str]) -> None:
        self._world = world
        self._webhooks = webhooks
        self._endpoints = endpoints | {"*"}

    def blueprint(self) -> Blueprint:
        bp = Blueprint("control", __name__, url_prefix="/control")
        bp.get("/")(self.page)
        bp.get("/state")(self.state)
        bp.post("/reset")(self.reset)
        bp.post("/accounts")(self.add_account)
        bp.patch("/accounts/<slug>")(self.change_account)
        bp.post("/people")(self.add_person)
        for name in ("accepted", "calls", "deliveries"):
            bp.get(f"/{name}", endpoint=f"read_{name}")(self._reader(name))
        bp.post("/deliveries/redeliver")(self.redeliver)
        bp.post("/deliveries/release")(self.release)
        bp.post("/deliveries/send")(self.send)
        bp.route("/faults", methods=["GET", "POST", "DELETE"])(self.faults)
        bp.route("/clock", methods=["GET", "POST"])(self.clock)
        bp.get("/idle")(self.idle)
        bp.get("/webhook_errors")(self.webhook_errors)
        return bp

    def page(self) -> str:
        """Faults, time, accounts and people, for a human."""
        return render_template("control.html")

    def state(self) -> Response:
        """Accounts with their secrets, people with their user ids, faults and time."""
        world = self._world
        with world.lock:
            accounts = [asdict(account) for account in world.accounts.values()]
            people = [self._person(person) for person in world.people.values()]
        return answer(
            {
                "accounts": accounts,
                "people": people,
                "faults": world.faults.all(),
                "clock": self._clock(),
                "webhooks": self._webhooks.waiting(),
            }
        )

    def reset(self) -> Response:
        """Return to the state of the start."""
        self._webhooks.clear()
        self._world.reset()
        return answer({})

    def add_account(self) -> Response:
        """Add an account; the answer holds what was made up for it."""
        account = self._world.add_account(Account(**read(NewAccount).model_dump()))
        return answer(asdict(account), 201)

    def change_account(self, slug: str) -> Response:
        changes = read(AccountChange).model_dump(exclude_unset=True)
        return answer(asdict(self._world.change_account(slug, changes)))

    def add_person(self) -> Response:
        person = self._world.add_person(Person(**read(NewPerson).model_dump()))
        return answer(self._person(person), 201)

    def redeliver(self) -> Response:
        """Send events again; without event_ids all that no server has taken."""
        wanted = read(Redeliver)
        sent = self._webhooks.redeliver(wanted.event_ids, duplicate=wanted.duplicate)
        return answer({"event_ids": sent})

    def release(self) -> Response:
        """Send what an account with `hold` has kept back."""
        wanted = read(Release)
        self._world.account(wanted.account)
        sent = self._webhooks.release(
            wanted.account, order=wanted.order, seed=wanted.seed, together=wanted.together
        )
        return answer({"event_ids": sent})

    def send(self) -> Response:
        """Post any events, or any raw body, at once and answer with the record of the try.

        The reply tokens of the events become good; what is replied appears in the accept log only.
        `signature`: another value for the header, null to leave the header away.
        """
        wanted = read(Send)
        account = self._world.account(wanted.account)
        posting = Posting(account.slug, wanted.events, destination=wanted.destination)
        if wanted.complete:
            now = self._world.clock.now()
            posting.events = [events.complete(event, now) for event in wanted.events]
        if wanted.raw is not None:
            posting.raw = wanted.raw.encode()
        if "signature" in wanted.model_fields_set:
            posting.headers["x-line-signature"] = wanted.signature
        self._honour_reply_tokens(account, posting.events)
        return answer(self._webhooks.post(posting, account))

    def faults(self) -> Response:
        """Program a fault (POST), list all and how often they struck (GET), forget all (DELETE)."""
        book = self._world.faults
        if request.method == "POST":
            wanted = read(NewFault)
            if wanted.endpoint not in self._endpoints:
                known = ", ".join(sorted(self._endpoints))
                raise UnprocessableEntity(f"endpoint: must be one of {known}")
            if wanted.account is not None:
                self._world.account(wanted.account)
            return answer(book.add(**wanted.model_dump()).as_json(), 201)
        if request.method == "DELETE":
            book.clear()
        return answer({"items": book.all()})

    def clock(self) -> Response:
        """Tell the time (GET) or let seconds pass at once (POST)."""
        if request.method == "POST":
            self._world.clock.forward(read(Forward).forward)
            self._world.hub.publish("clock", self._clock())
        return answer(self._clock())

    def idle(self) -> Response:
        """Tell whether no webhook is queued or under way."""
        return answer({"idle": self._webhooks.idle(), **self._webhooks.waiting()})

    def webhook_errors(self) -> Response:
        """Failed webhooks by account and LINE's reason; the same within a minute count as one."""
        groups: list[dict[str, Any]] = []
        for tried in self._world.deliveries.since(0)["items"]:
            if tried["reason"] is not None and not tried.get("test"):
                _group(groups, tried)
        return answer({"items": groups})

    def _reader(self, name: str) -> Any:
        def view() -> Response:
            return answer(getattr(self._world, name).since(number("since")))

        return view

    def _clock(self) -> dict[str, Any]:
        clock = self._world.clock
        return {"now": clock.now(), "ahead_seconds": clock.offset_ms / 1000}

    def _person(self, person: Person) -> dict[str, Any]:
        accounts = self._world.accounts.values()
        user_ids = {a.slug: self._world.user_id(a, person) for a in accounts}
        return asdict(person) | {"user_ids": user_ids}

    def _honour_reply_tokens(self, account: Account, sent: list[dict[str, Any]]) -> None:
        now = self._world.clock.now()
        with self._world.lock:
            for event in sent:
                token, source = event.get("replyToken"), event.get("source")
                if isinstance(token, str) and not self._world.reply_tokens.knows(token):
                    place = source if isinstance(source, dict) else {}
                    to = place.get(f"{place.get('type')}Id", "")
                    known = ReplyToken(token, account.slug, None, to=str(to), event_at=now)
                    self._world.reply_tokens.add(known)


def _group(groups: list[dict[str, Any]], tried: dict[str, Any]) -> None:
    same = {name: tried[name] for name in ("account", "url", "reason", "status")}
    for group in reversed(groups):
        if same.items() <= group.items() and tried["at"] - group["first_at"] < _GROUPED_MS:
            group["number"] += 1
            group["last_at"] = tried["at"]
            return
    groups.append({**same, "first_at": tried["at"], "last_at": tried["at"], "number": 1})
