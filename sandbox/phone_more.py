"""What a phone tells without words: what was seen and tapped, coupons, and other events."""

from flask import Blueprint, Response
from pydantic import Field, ValidationError
from werkzeug.exceptions import NotFound, UnprocessableEntity

from sandbox import clock
from sandbox.firing import Fired
from sandbox.problems import Body, answer, read
from sandbox.requests import What
from sandbox.talks import Done, Talks
from sandbox.world import Message, Talk, World


class Seen(Body):
    message_ids: list[str] = Field(max_length=1000)


class Tapped(Body):
    message_id: str
    uri: str | None = Field(None, max_length=10_000)
    data: str | None = Field(None, max_length=300)


class MenuTapped(Body):
    richMenuId: str
    area: int = Field(ge=0, lt=20)


class VideoComplete(Body):
    message_id: str


class Acquire(Body):
    couponId: str


class PhoneMore:
    """The routes with their world."""

    def __init__(self, world: World, talks: Talks) -> None:
        self._world = world
        self._talks = talks

    def blueprint(self) -> Blueprint:
        bp = Blueprint("phone_more", __name__, url_prefix="/phone/api")
        talk = "/talks/<person>/<account>"
        bp.post(f"{talk}/seen")(self.seen)
        bp.post(f"{talk}/tapped")(self.tapped)
        bp.post(f"{talk}/richmenu_tapped")(self.menu_tapped)
        bp.post(f"{talk}/video_complete")(self.video_complete)
        bp.post(f"{talk}/event")(self.event)
        bp.post(f"{talk}/coupon")(self.acquire)
        bp.get("/coupons/<coupon_id>")(self.coupon)
        return bp

    def seen(self, person: str, account: str) -> Response:
        """Messages that were fully visible: LINE's impressions."""
        wanted, talk = read(Seen), self._world.talk(person, account)
        with self._world.lock:
            own = {line.id for line in talk.messages if line.sent_by == "account"}
            for message_id in own.intersection(wanted.message_ids):
                self._react(talk, message_id, "impression")
        return answer({})

    def tapped(self, person: str, account: str) -> Response:
        """An action of a message that was tapped; LINE counts those that open an address."""
        wanted = read(Tapped)
        line = self._line(person, account, wanted.message_id)
        with self._world.lock:
            self._react(self._world.talk(person, account), line.id, "click", wanted.uri or "")
        return answer({})

    def menu_tapped(self, person: str, account: str) -> Response:
        """An area of the rich menu that was tapped; showing the menu counts on its own."""
        wanted = read(MenuTapped)
        self._world.talk(person, account)
        menu = self._world.rich_menus.find(account, wanted.richMenuId)
        if menu is None or wanted.area >= len(menu.body["areas"]):
            raise NotFound(f"There is no area {wanted.area} of a menu {wanted.richMenuId!r}.")
        with self._world.lock:
            now = self._world.clock.now()
            sent = self._world.sent_requests
            sent.react_to_menu(menu.id, wanted.area, person, "click", clock.day(now), now)
        return answer({})

    def video_complete(self, person: str, account: str) -> Response:
        """A video played to its end: an event if the message has a trackingId."""
        line = self._line(person, account, read(VideoComplete).message_id)
        with self._world.lock:
            self._react(self._world.talk(person, account), line.id, "played")
        tracking = line.message.get("trackingId")
        if not tracking:
            return answer({"event_ids": []})
        content = {"trackingId": tracking}
        return self._fire(person, account, Fired(type="videoPlayComplete", content=content))

    def event(self, person: str, account: str) -> Response:
        """Fire an event that no tap causes."""
        return self._fire(person, account, read(Fired))

    def coupon(self, coupon_id: str) -> Response:
        """A coupon as a person sees it."""
        found = self._world.coupons.get(coupon_id)
        if found is None:
            raise NotFound(f"There is no coupon {coupon_id!r}.")
        return answer(found.as_json(self._world.clock.now()))

    def acquire(self, person: str, account: str) -> Response:
        """Acquire a coupon, or draw its lot: acquired, lost, sold_out or closed."""
        wanted = read(Acquire)
        self._world.talk(person, account)
        with self._world.lock:
            found = self._world.coupons.get(wanted.couponId)
            if found is None or found.account != account:
                raise NotFound(f"There is no coupon {wanted.couponId!r}.")
            result = found.draw(person, self._world.clock.now())
            self._world.coupons.put(found)
        return answer({"result": result})

    def _fire(self, person: str, account: str, wanted: Fired) -> Response:
        try:
            done: Done = self._talks.fire(person, account, wanted)
        except ValueError as error:
            if isinstance(error, ValidationError):
                raise
            raise UnprocessableEntity(str(error)) from None
        return answer({"event_ids": [event["webhookEventId"] for event in done.events]})

    def _line(self, person: str, account: str, message_id: str) -> Message:
        talk = self._world.talk(person, account)
        for line in talk.messages:
            if line.id == message_id and line.sent_by == "account":
                return line
        raise NotFound(f"{account!r} has sent {person!r} no message {message_id!r}.")

    def _react(self, talk: Talk, message_id: str, what: What, detail: str = "") -> None:
        now = self._world.clock.now()
        self._world.sent_requests.react(message_id, talk.person, what, now, detail)
