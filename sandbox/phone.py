"""The phone: its page and the API that the page and the tests use."""

import base64
from typing import Annotated, Any

from flask import Blueprint, Response, render_template, request
from pydantic import Field
from werkzeug.exceptions import BadRequest, NotFound

from sandbox import events, ids, sample
from sandbox.problems import Body, answer, number, read
from sandbox.talks import Done, Talks
from sandbox.world import Content, Message, Person, World

Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Address = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=1000)]
_PICTURES = frozenset({"image/png", "image/jpeg"})
# What LINE makes of films and recordings; the sandbox keeps what it gets and only passes it on.
_FILM, _SOUND = "video/mp4", "audio/x-m4a"
# Besides what a person sends, an account's own kinds of message that have quote tokens.
_QUOTABLE = events.QUOTABLE | {"textV2", "imagemap", "template", "flex"}


class NewPerson(Body):
    name: Name
    language: Language = "ja"


class PersonChange(Body):
    """Only what is given is changed; null takes picture or status message away."""

    name: Name = "-"
    language: Language = "ja"
    picture: Address | None = None
    status_message: str | None = Field(None, max_length=500)
    consent: bool = True


class Picture(Body):
    """A picture of a person or an account, in Base64."""

    content: str
    type: str = "image/jpeg"


class Text(Body):
    """`quick_reply`: the text came from tapping a quick reply; a message all the same.

    `quotedMessageId`, here and in a sticker: the message of the talk that this one answers.
    """

    text: str = Field(min_length=1, max_length=10_000)
    quick_reply: bool = False
    quotedMessageId: str | None = None


class Postback(Body):
    data: str = Field(max_length=300)
    displayText: str | None = Field(None, max_length=300)
    params: dict[str, str] | None = None


class Sticker(Body):
    packageId: str = "446"
    stickerId: str = "1988"
    quotedMessageId: str | None = None


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
    """A film or a recording in Base64; `duration` in milliseconds, if it is known."""

    content: str
    type: str | None = Field(None, pattern=r"^(audio|video)/[\w.+-]+$")
    duration: int | None = Field(None, ge=1, le=10**8)


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
        bp.post("/api/pictures")(self.add_picture)
        bp.get("/api/talks/<person>/<account>/messages")(self.messages)
        bp.get("/api/talks/<person>/<account>/messages/<message_id>")(self.message)
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
        """The bytes of what a person has sent, or part of them: players jump in films."""
        found = self._world.content.get(message_id)
        if found is None:
            raise NotFound(f"There is no content {message_id!r}.")
        told = Response(found.data, content_type=found.kind)
        told.headers["X-Content-Type-Options"] = "nosniff"
        told.make_conditional(request, accept_ranges=True, complete_length=len(found.data))
        return told

    def add_person(self) -> Response:
        wanted = read(NewPerson)
        key = f"p{ids.reply_token()[:8]}"
        person = self._world.add_person(Person(key, wanted.name, wanted.language))
        return answer(_person(person), 201)

    def change_person(self, key: str) -> Response:
        changes = read(PersonChange).model_dump(exclude_unset=True)
        return answer(_person(self._world.change_person(key, changes)))

    def add_picture(self) -> Response:
        """Keep a picture for a profile; answers the address that bots and pages find it under."""
        wanted = read(Picture)
        kind, data = _picture_kind(wanted.type), _decoded(wanted.content)
        world = self._world
        with world.lock:
            picture_id = world.message_ids.next()
            # It belongs to no account: no bot can fetch it as the content of a message.
            world.content.put(Content(picture_id, kind, data, "", world.clock.now()))
        return answer({"url": f"{request.host_url}phone/api/content/{picture_id}"}, 201)

    def message(self, person: str, account: str, message_id: str) -> Response:
        """One line of a talk."""
        return answer(self._line(person, account, message_id).as_json())

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
        wanted = read(Text)
        content = {"type": "text", "text": wanted.text}
        return self._write(person, account, content, wanted.quotedMessageId)

    def _do_postback(self, person: str, account: str) -> Done:
        tap = read(Postback)
        return self._talks.postback(
            person, account, tap.data, display_text=tap.displayText, params=tap.params
        )

    def _do_sticker(self, person: str, account: str) -> Done:
        wanted = read(Sticker)
        ids_ = {"packageId": wanted.packageId, "stickerId": wanted.stickerId}
        content = {"type": "sticker", **ids_, "stickerResourceType": "STATIC"}
        return self._write(person, account, content, wanted.quotedMessageId)

    def _do_location(self, person: str, account: str) -> Done:
        content = {"type": "location", **read(Location).model_dump(exclude_none=True)}
        return self._talks.write(person, account, content)

    def _do_image(self, person: str, account: str) -> Done:
        wanted = read(Image)
        kind = _picture_kind(wanted.type)
        if wanted.content is None:
            return self._talks.send_image(person, account, "image/png", sample.picture())
        return self._talks.send_image(person, account, kind, _decoded(wanted.content))

    def _do_video(self, person: str, account: str) -> Done:
        return self._send_recording(person, account, "video", _FILM)

    def _do_audio(self, person: str, account: str) -> Done:
        return self._send_recording(person, account, "audio", _SOUND)

    def _send_recording(self, person: str, account: str, kind: str, usual: str) -> Done:
        wanted = read(Recording)
        mime = wanted.type or usual
        if not mime.startswith(f"{kind}/"):
            raise BadRequest(f"type must begin with {kind}/, not {mime!r}.")
        content: dict[str, Any] = {"type": kind}
        if wanted.duration is not None:
            content["duration"] = wanted.duration
        return self._talks.send_bytes(person, account, content, mime, _decoded(wanted.content))

    def _do_file(self, person: str, account: str) -> Done:
        wanted = read(File)
        data = _decoded(wanted.content)
        content = {"type": "file", "fileName": wanted.name, "fileSize": len(data)}
        return self._talks.send_bytes(person, account, content, "application/octet-stream", data)

    def _do_unsend(self, person: str, account: str) -> Done:
        return self._talks.unsend(person, account, read(Unsend).message_id)

    def _write(
        self, person: str, account: str, content: dict[str, Any], quoted: str | None
    ) -> Done:
        if quoted is not None:
            line = self._line(person, account, quoted)
            if line.sent_by == "system" or line.message["type"] not in _QUOTABLE:
                raise BadRequest(f"The message {quoted!r} cannot be quoted.")
            content = {**content, "quotedMessageId": quoted}
        return self._talks.write(person, account, content)

    def _line(self, person: str, account: str, message_id: str) -> Message:
        with self._world.lock:
            for line in reversed(self._world.talk(person, account).messages):
                if line.id == message_id:
                    return line
        raise NotFound(f"The talk has no message {message_id!r}.")


def _picture_kind(kind: str) -> str:
    if kind not in _PICTURES:
        raise BadRequest(f"type must be one of {', '.join(sorted(_PICTURES))}.")
    return kind


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:  # Letters beyond ASCII raise it, all else its subclass binascii.Error.
        raise BadRequest("content is not Base64.") from None


def _person(person: Person) -> dict[str, Any]:
    shown = ("key", "name", "language", "picture", "status_message", "consent")
    return {name: getattr(person, name) for name in shown}
