"""Wake-ups between processes of one machine: datagrams to local sockets.

A lost datagram costs at most one sweep. The folder of the sockets belongs to us alone and is named
after the database, so that two installations on one machine do not wake each other.
"""

import hashlib
import os
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

_LONGEST = 20  # Characters of a lane's name.


class Post:
    """Sends the names of lanes to the other processes, and receives theirs."""

    def __init__(self, database_url: str) -> None:
        name = hashlib.sha256(database_url.encode()).hexdigest()[:12]
        self._folder = Path(tempfile.gettempdir()) / f"tsunagu-{os.getuid()}-{name}"
        self._socket: socket.socket | None = None
        self._path: Path | None = None

    def send(self, lane: str) -> None:
        """Tell every other process that listens."""
        if not self._folder.is_dir():
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            for path in self._folder.iterdir():
                if path != self._path:
                    _deliver(out, path, lane)

    def receive(self, arrived: Callable[[str], None]) -> None:
        """Call `arrived` with each name that comes, in a thread of its own."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._path = self._folder / f"{os.getpid()}-{id(self)}"
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._path))
        threading.Thread(
            target=self._listen, args=(self._socket, arrived), name="post", daemon=True
        ).start()

    def close(self) -> None:
        """Stop receiving."""
        if self._socket and self._path:
            self._path.unlink(missing_ok=True)
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None

    def _listen(self, inbound: socket.socket, arrived: Callable[[str], None]) -> None:
        while self._socket is not None:
            try:
                lane = inbound.recv(_LONGEST).decode()
            except OSError:
                return
            if lane:
                arrived(lane)


def _deliver(out: socket.socket, path: Path, lane: str) -> None:
    try:
        out.sendto(lane.encode(), str(path))
    except (ConnectionRefusedError, FileNotFoundError):
        path.unlink(missing_ok=True)  # Its process is dead.
    except BlockingIOError:
        pass  # Its box is full: it is awake.
