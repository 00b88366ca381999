"""What persons have sent: pictures, videos, recordings and files, as accounts fetch them.

LINE: https://developers.line.biz/en/reference/messaging-api/#getting-content
"""

import io
from typing import Any

from PIL import Image, UnidentifiedImageError

from sandbox import sample
from sandbox.api import Answer, Api, ApiError, Call
from sandbox.world import Content, World

# LINE prepares videos and recordings for a while; here this long, in virtual milliseconds.
_PREPARING_MS = 1000
_PREPARED = ("video/", "audio/")
_PREVIEW_SIZE = (240, 240)


class ContentApi:
    """The endpoints of the data host with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints."""
        path = "/v2/bot/message/<message_id>/content"
        api.add("GET", path, "content", self._content)
        api.add("GET", f"{path}/preview", "content", self._preview)
        api.add("GET", f"{path}/transcoding", "content", self._transcoding)

    def _content(self, call: Call, _body: None, message_id: str) -> Answer:
        found = self._find(call, message_id)
        if not self._ready(found):
            return Answer(202, {})
        return Answer(200, {}, raw=(found.kind, found.data))

    def _preview(self, call: Call, _body: None, message_id: str) -> Answer:
        """LINE has previews of pictures and videos."""
        found = self._find(call, message_id)
        if not found.kind.startswith(("image/", "video/")):
            raise ApiError(404, "Not found")
        if not self._ready(found):
            return Answer(202, {})
        data = found.data if found.kind.startswith("image/") else sample.picture()
        return Answer(200, {}, raw=("image/jpeg", _small(data)))

    def _transcoding(self, call: Call, _body: None, message_id: str) -> dict[str, Any]:
        found = self._find(call, message_id)
        if not found.kind.startswith(_PREPARED):
            raise ApiError(404, "Not found")
        return {"status": "succeeded" if self._ready(found) else "processing"}

    def _find(self, call: Call, message_id: str) -> Content:
        found = self._world.content.get(message_id)
        if found is None or found.account != call.account.slug:
            raise ApiError(404, "Not found")
        return found

    def _ready(self, found: Content) -> bool:
        prepared = self._world.clock.now() - found.at >= _PREPARING_MS
        return prepared or not found.kind.startswith(_PREPARED)


def _small(data: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            preview = picture.convert("RGB")
            preview.thumbnail(_PREVIEW_SIZE)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        # The person sent something that only calls itself a picture.
        return _small(sample.picture())
    file = io.BytesIO()
    preview.save(file, "JPEG")
    return file.getvalue()
