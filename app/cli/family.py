"""A parent process and its children: restarted when one dies, stopped together."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

log = logging.getLogger(__name__)

_LOOK = 0.2  # Seconds between looks at the children.
_PAUSE = 1.0  # Seconds before a dead child is started again.
GRACE = 7.5  # Seconds a child has to end; all of us together have ten (P19).


@dataclass
class _Child:
    command: Sequence[str]
    process: subprocess.Popen[bytes]
    died_at: float | None = field(default=None)


class Family:
    """Children that live and end together. SIGTERM and SIGINT end `live`."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        self._env = env
        self._children: list[_Child] = []
        self._ending = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def add(self, command: Sequence[str]) -> None:
        """Start this command as a child."""
        self._children.append(_Child(command, _start(command, self._env)))

    def live(self) -> int:
        """Run the children until SIGTERM or SIGINT; answers the exit status."""
        while not self._ending:
            for child in self._children:
                self._look_after(child)
            time.sleep(_LOOK)
        return self.stop()

    def _look_after(self, child: _Child) -> None:
        if child.process.poll() is None:
            return
        if child.died_at is None:
            child.died_at = time.monotonic()
            status = child.process.returncode
            log.error("a child died", extra={"action": "family.died", "status": status})
        if time.monotonic() - child.died_at >= _PAUSE and not self._ending:
            child.process, child.died_at = _start(child.command, self._env), None

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True

    def stop(self) -> int:
        """End every child; answers the exit status."""
        for child in self._children:
            child.process.terminate()
        deadline = time.monotonic() + GRACE
        for child in self._children:
            try:
                child.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.process.kill()  # The rows it held are due again after their lease.
                child.process.wait()
        return 0


def end_with_parent(parent: int) -> None:
    """End this process, as by SIGTERM, when its parent has died without telling it.

    `parent` is its process id. The parent passes it on, for it may die before we could ask.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="with-parent", daemon=True).start()


def _start(command: Sequence[str], env: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    # A session of its own, so that Ctrl-C reaches the children through us, once.
    return subprocess.Popen(command, env=env, start_new_session=True)
