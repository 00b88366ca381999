"""Lets programmed faults happen to the request that is being served."""

import contextlib
import socket
import threading
from collections.abc import Callable

from flask import Blueprint, Response, g, request

from sandbox import faults
from sandbox.faults import Fault
from sandbox.world import World

# Makes an answer of LINE's status and words.
Refuse = Callable[[int, str], Response]


def happen(fault: Fault, stopping: threading.Event) -> tuple[int, str] | None:
    """Wait where the fault is a time-out, then return LINE's status and words.

    None: the connection is broken, and whatever is answered reaches nobody.
    """
    if fault.kind.startswith("timeout"):
        stopping.wait(fault.seconds)
    if fault.kind in faults.ANSWERS:
        return faults.ANSWERS[fault.kind]
    _close_connection()
    return None


def let_fail(bp: Blueprint, world: World, account: Callable[[], str], refuse: Refuse) -> None:
    """Let faults strike the calls of a blueprint, by the names of its views: "login.token".

    account: tells which account the request is about, "" if none. After the request `g.fault` is
    the fault that struck it, and `g.dropped` whether nobody got the answer.
    """

    def before() -> Response | None:
        g.fault, g.dropped = None, False
        # Browsers ask by OPTIONS whether they may call; that is no call of its own.
        if request.method == "OPTIONS":
            return None
        g.fault = fault = world.faults.draw(str(request.endpoint), account())
        return fail(fault) if fault and fault.kind not in faults.AFTER else None

    def after(response: Response) -> Response:
        # Where the sandbox's secret is missing, nothing has been drawn.
        fault: Fault | None = g.get("fault")
        accepted = response.status_code < 400
        return fail(fault) if fault and fault.kind in faults.AFTER and accepted else response

    def fail(fault: Fault) -> Response:
        told = happen(fault, world.stopping)
        g.dropped = told is None
        return refuse(*told) if told else Response(status=500)

    bp.before_request(before)
    bp.after_request(after)


def _close_connection() -> None:
    # Both servers hand over their socket: gunicorn under its own name, werkzeug under its own.
    environ = request.environ
    connection = environ.get("gunicorn.socket") or environ["werkzeug.socket"]
    # The caller may have given up and gone before.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
