"""The mailbox over the control API: for tests, and for the phone's own page of it."""

from flask import Blueprint, Response, request

from sandbox.problems import Body, answer, number, read
from sandbox.world import World


class Nothing(Body):
    pass


class MailControl:
    """The routes under /control/mails with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def blueprint(self) -> Blueprint:
        bp = Blueprint("mail_control", __name__, url_prefix="/control/mails")
        bp.get("")(self.listed)
        bp.post("/clear")(self.clear)
        return bp

    def listed(self) -> Response:
        """The mails to an address (query `to`), or all; `since`: only with greater numbers."""
        to = request.args.get("to") or None
        with self._world.lock:
            found = self._world.mails.listed(to, number("since"))
            return answer({"items": [mail.as_json() for mail in found]})

    def clear(self) -> Response:
        """Forget all mails, and tell the phones."""
        read(Nothing)
        with self._world.lock:
            self._world.mails.empty()
        self._world.hub.publish("mails_cleared", {})
        return answer({})
