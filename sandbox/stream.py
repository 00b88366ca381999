"""Server-sent events: what happens in the world, sent to every open phone page."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

import orjson

# A reader this far behind is cut off; the page connects again and reads the talks afresh.
_MOST_WAITING = 2000
# Without a word from us the server would not notice that a browser has gone.
_HEARTBEAT_SECONDS = 5.0


# A reader is given what has gathered in this time at once, so that a storm of calls stays cheap.
_GATHER_SECONDS = 0.02


class _Reader:
    def __init__(self, person: str | None) -> None:
        self.person = person
        self.waiting: deque[bytes] = deque()
        self.news = threading.Event()
        self.closed = False


class Hub:
    """Passes events on to the readers that want them."""

    def __init__(self) -> None:
        self._readers: list[_Reader] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def publish(self, event: str, data: dict[str, Any], *, person: str | None = None) -> None:
        """Send `data` to all readers, or to those of `person` and those that read everything."""
        if not self._readers:
            return
        chunk = b"event: " + event.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"
        with self._lock:
            for reader in self._readers:
                if person is None or reader.person in (None, person):
                    self._hand(reader, chunk)

    def _hand(self, reader: _Reader, chunk: bytes) -> None:
        if len(reader.waiting) < _MOST_WAITING:
            reader.waiting.append(chunk)
        else:
            reader.closed = True
        reader.news.set()

    def listen(self, person: str | None) -> Iterator[bytes]:
        """Register a reader now and return its stream; closing the hub ends the stream."""
        reader = _Reader(person)
        with self._lock:
            self._readers.append(reader)
        return self._chunks(reader)

    def _chunks(self, reader: _Reader) -> Iterator[bytes]:
        try:
            yield b": welcome\nretry: 1000\n\n"
            while not (reader.closed or self._closing.is_set()):
                reader.news.wait(_HEARTBEAT_SECONDS)
                yield self._take(reader)
                self._closing.wait(_GATHER_SECONDS)
        finally:
            with self._lock:
                self._readers.remove(reader)

    def _take(self, reader: _Reader) -> bytes:
        with self._lock:
            chunk = b"".join(reader.waiting) or b": still here\n\n"
            reader.waiting.clear()
            reader.news.clear()
            return chunk

    def close(self) -> None:
        """End every stream."""
        with self._lock:
            self._closing.set()
            for reader in self._readers:
                reader.news.set()
