"""A mail server for everybody: it takes whatever it is given into the mailbox of the world."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import AFTER, MAIL, Fault
from sandbox.world import World

Done = TypeVar("Done")

_MOST_BYTES = 1024 * 1024
_TAKEN = "250 2.0.0 Taken"
# What each kind of fault says before the mail is taken; the others break the connection.
_REFUSALS = {
    "rate": "451 4.7.1 Greylisted, come again later",
    "monthly": "452 4.2.2 Mailbox full",
    "400": "550 5.1.1 No such mailbox",
    "401": "530 5.7.0 Authentication required",
    "403": "554 5.7.1 Refused",
    "500_before": "451 4.3.0 Try again later",
}
_SAID_AFTERWARDS = "451 4.3.0 Taken, but you are not told"


class MailServer:
    """The server in a thread of its own; `port` is the one it listens on."""

    def __init__(self, world: World, host: str, port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)
        self._thread.start()
        try:
            self._server = self._do(self._listen(_Handler(world), host, port))
        except OSError:
            self._stop()
            raise
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """End every talk and the server."""
        self._do(self._end())
        self._stop()

    async def _listen(self, handler: "_Handler", host: str, port: int) -> asyncio.Server:
        how: dict[str, Any] = {"hostname": "sandbox", "data_size_limit": _MOST_BYTES}
        return await self._loop.create_server(lambda: SMTP(handler, **how), host, port)

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def _do(self, work: Coroutine[Any, Any, Done]) -> Done:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Handler:
    """What aiosmtpd calls, by its names."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Called for each recipient: take it, unless a fault strikes."""
        fault = self._world.faults.draw(MAIL, "")
        envelope.fault = fault  # type: ignore[attr-defined]
        if fault and fault.kind in _REFUSALS:
            return _REFUSALS[fault.kind]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called with the whole mail."""
        fault: Fault | None = getattr(envelope, "fault", None)
        if fault is None:
            self._take(envelope)
            return _TAKEN
        if fault.kind in AFTER:
            self._take(envelope)
        if fault.kind == "500_after":
            return _SAID_AFTERWARDS
        if fault.kind.startswith("timeout"):
            await asyncio.sleep(fault.seconds)
        transport: Any = server.transport
        transport.abort()
        return _TAKEN

    def _take(self, envelope: Envelope) -> None:
        content = envelope.content
        data = content if isinstance(content, bytes) else str(content).encode()
        world = self._world
        for to in envelope.rcpt_tos:
            with world.lock:
                mail = world.mails.add(to, data, world.clock.now())
            world.hub.publish("mail", mail.as_json())
