"""Serves the sandbox from a thread of this process, for tests."""

import logging
import threading
from dataclasses import dataclass

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from sandbox.app import create_app, stop
from sandbox.smtp import MailServer
from sandbox.world import World


@dataclass
class Handle:
    """A sandbox that runs in a thread of this process."""

    url: str
    world: World
    smtp_port: int | None
    _app: Flask
    _server: BaseWSGIServer
    _thread: threading.Thread

    def stop(self) -> None:
        """End the streams and webhooks, then the server."""
        stop(self._app, self.world)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def run_in_thread(world: World, port: int = 0, *, smtp_port: int | None = None) -> Handle:
    """Serve the world on the loopback interface; port 0 takes a free one.

    smtp_port: where to take e-mails, nowhere if None.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    mails = None if smtp_port is None else MailServer(world, "127.0.0.1", smtp_port)
    app = create_app(world, mail_server=mails)
    server = make_server("127.0.0.1", port, app, threaded=True)
    # How long stopping takes hangs on how often the server looks up.
    options = {"poll_interval": 0.02}
    thread = threading.Thread(target=server.serve_forever, kwargs=options, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.port}"
    return Handle(url, world, mails.port if mails else None, app, server, thread)
