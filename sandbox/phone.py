"""The phone: its page and the API that the page and the tests use."""

import base64
import binascii
from typing import Annotated, Any

from flask import Blueprint, Response, render_template, request
from pydantic import Field
from werkzeug.exceptions import BadRequest, NotFound

from sandbox import ids, sample
from sandbox.problems import Body, answer, number, read
from sandbox.talks import Done, Talks
from sandbox.world import Person, World

Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]
Name = Annotated[str, Field(min_length=1, max_length=100)]
_PICTURES = frozenset({"image/png", "image/jpeg"})


class NewPerson(Body):
    name: Name
    language: Language = "ja"


class PersonChange(Body):
    name: Name = "-"
    language: Language = "ja"


class Text(Body):
    """`quick_reply`: the text came from tapping a quick reply; a message all the same."""

    text: str = Field(min_length=1, max_length=10_000)
    quick_reply: bool = False


class Postback(Body):
    data: str = Field(max_length=300)
    displayText: str | None = Field(None, max_length=300)
    params: dict[str, str] | None = None


class Sticker(Body):
    packageId: str = "446"
    stickerId: str = "1988"


class Location(Body):
    latitude: float = Field(ge=-90, le=90, strict=False)
    longitude: float = Field(ge=-180, le=180, strict=False)
    title: str | None = Field(None, max_length=100)
    address: str | None = Field(None, max_length=100)


class Image(Body):
    """`content`: the picture in Base64; without it a sample picture is sent."""

    content: str | None = None
    type: str = "image/png"


class Recording(Body):
    """A video (mp4) or a recording (m4a) in Base64; `duration` in milliseconds."""

    content: str
    duration: int = Field(1000, ge=1, le=10**8)


class File(Body):
    content: str
    name: str = Field(min_length=1, max_length=255)


class Unsend(Body):
    message_id: str


class Nothing(Body):
    pass


class Phone:
    """The routes under /phone with their world."""

    def __init__(self, world: World, talks: Talks) -> None:
        self._world = world
        self._talks = talks

    def blueprint(self) -> Blueprint:
        bp = Blueprint("phone", __name__, url_prefix="/phone")
        bp.get("/")(self.page)
        bp.get("/api/state")(self.state)
        bp.get("/api/events")(self.events)
        bp.get("/api/content/<message_id>")(self.content)
        bp.post("/api/people")(self.add_person)
        bp.patch("/api/people/<key>")(self.change_person)
        bp.get("/api/talks/<person>/<account>/messages")(self.messages)
        bp.post("/api/talks/<person>/<account>/<action>")(self.act)
        return bp

    def page(self) -> str:
        return render_template("phone.html")

    def state(self) -> Response:
        return answer(self._world.state())

    def events(self) -> Response:
        """The stream of events of one person (query `person`), or of everybody."""
        person = request.args.get("person")
        if person is not None:
            self._world.person(person)
        chunks = self._world.hub.listen(person)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Response(chunks, content_type="text/event-stream", headers=headers)

    def content(self, message_id: str) -> Response:
        """The bytes of a picture a person has sent."""
        found = self._world.content.get(message_id)
        if found is None:
            raise NotFound(f"There is no picture {message_id!r}.")
        return Response(found.data, content_type=found.kind)

    def add_person(self) -> Response:
        wanted = read(NewPerson)
        key = f"p{ids.reply_token()[:8]}"
        person = self._world.add_person(Person(key, wanted.name, wanted.language))
        return answer(_person(person), 201)

    def change_person(self, key: str) -> Response:
        changes = read(PersonChange).model_dump(exclude_unset=True)
        return answer(_person(self._world.change_person(key, changes)))

    def messages(self, person: str, account: str) -> Response:
        """The lines of a talk with after < n < before, `limit` of them at most.

        Those are the newest where `before` is given, else the oldest.
        """
        after, before, limit = number("after"), number("before"), number("limit")
        talk = self._world.talk(person, account)
        with self._world.lock:
            found = talk.messages[after : before - 1 if before else None]
            if limit:
                found = found[-limit:] if before else found[:limit]
            lines = [line.as_json() for line in found]
            place = {"status": talk.status, "unread": talk.unread, "last": len(talk.messages)}
            place["read_to"] = talk.read_to
        return answer({"messages": lines, **place})

    def act(self, person: str, account: str, action: str) -> Response:
        """Do something in a talk; answer with the ids of the events and the new line."""
        do = getattr(self, f"_do_{action}", None) if action.isalpha() else None
        if do is None:
            raise NotFound(f"A phone cannot {action!r}.")
        done: Done = do(person, account)
        told: dict[str, Any] = {"event_ids": [event["webhookEventId"] for event in done.events]}
        if done.message:
            told["message"] = done.message.as_json()
        return answer(told)

    def _do_add(self, person: str, account: str) -> Done:
        read(Nothing)
        return self._talks.add(person, account)

    def _do_block(self, person: str, account: str) -> Done:
        read(Nothing)
        return self._talks.block(person, account)

    def _do_unblock(self, person: str, account: str) -> Done:
        read(Nothing)
        return self._talks.unblock(person, account)

    def _do_read(self, person: str, account: str) -> Done:
        read(Nothing)
        return self._talks.read(person, account)

    def _do_text(self, person: str, account: str) -> Done:
        content = {"type": "text", "text": read(Text).text}
        return self._talks.write(person, account, content)

    def _do_postback(self, person: str, account: str) -> Done:
        tap = read(Postback)
        return self._talks.postback(
            person, account, tap.data, display_text=tap.displayText, params=tap.params
        )

    def _do_sticker(self, person: str, account: str) -> Done:
        content = {"type": "sticker", **read(Sticker).model_dump(), "stickerResourceType": "STATIC"}
        return self._talks.write(person, account, content)

    def _do_location(self, person: str, account: str) -> Done:
        content = {"type": "location", **read(Location).model_dump(exclude_none=True)}
        return self._talks.write(person, account, content)

    def _do_image(self, person: str, account: str) -> Done:
        wanted = read(Image)
        if wanted.type not in _PICTURES:
            raise BadRequest(f"type must be one of {', '.join(sorted(_PICTURES))}.")
        if wanted.content is None:
            return self._talks.send_image(person, account, "image/png", sample.picture())
        return self._talks.send_image(person, account, wanted.type, _decoded(wanted.content))

    def _do_video(self, person: str, account: str) -> Done:
        return self._send_recording(person, account, "video", "video/mp4")

    def _do_audio(self, person: str, account: str) -> Done:
        return self._send_recording(person, account, "audio", "audio/x-m4a")

    def _send_recording(self, person: str, account: str, kind: str, mime: str) -> Done:
        wanted = read(Recording)
        content = {"type": kind, "duration": wanted.duration}
        return self._talks.send_bytes(person, account, content, mime, _decoded(wanted.content))

    def _do_file(self, person: str, account: str) -> Done:
        wanted = read(File)
        data = _decoded(wanted.content)
        content = {"type": "file", "fileName": wanted.name, "fileSize": len(data)}
        return self._talks.send_bytes(person, account, content, "application/octet-stream", data)

    def _do_unsend(self, person: str, account: str) -> Done:
        return self._talks.unsend(person, account, read(Unsend).message_id)


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        raise BadRequest("content is not Base64.") from None


def _person(person: Person) -> dict[str, Any]:
    return {"key": person.key, "name": person.name, "language": person.language}
