"""The account-link dialog: joins a LINE user to an account of the shop's own service.

LINE: https://developers.line.biz/en/docs/messaging-api/linking-accounts/
"""

from flask import Blueprint, Response, request

from sandbox import events
from sandbox.login_http import see_other
from sandbox.login_screens import Screens
from sandbox.reply_tokens import ReplyToken
from sandbox.webhooks import Webhooks
from sandbox.world import Account, Person, World

# LINE: a nonce has 10 to 255 characters.
_NONCE_LENGTHS = range(10, 256)


class AccountLink:
    """The dialog with its world."""

    def __init__(self, world: World, webhooks: Webhooks, screens: Screens) -> None:
        self._world = world
        self._webhooks = webhooks
        self._screens = screens

    def blueprint(self) -> Blueprint:
        bp = Blueprint("account_link", __name__)
        bp.get("/dialog/bot/accountLink")(self.link)
        bp.post("/dialog/bot/accountLink", endpoint="choose")(self.choose)
        return bp

    def link(self) -> Response:
        """Link at once, as LINE does, where it is known who is there; else ask."""
        nonce = request.args.get("nonce", "")
        if len(nonce) not in _NONCE_LENGTHS:
            return self._screens.error("400 Bad Request: nonce must have 10 to 255 characters.")
        visit = self._screens.visitor()
        if visit is None:
            return self._screens.choose("LINE")
        with self._world.lock:
            redeemed = self._world.link_tokens.redeem(request.args.get("linkToken", ""))
        if redeemed is None:
            # LINE: then there is no event; only the person is told.
            return self._screens.note("expired", visit[0], status=400)
        account, owner = self._world.account(redeemed[0]), redeemed[1]
        if visit[0].key != owner:
            self._fire_failed(account, owner, nonce)
            return self._screens.note("unlinked", visit[0])
        self._fire_ok(account, visit[0], nonce)
        return self._screens.note("linked", visit[0], account=account.name)

    def choose(self) -> Response:
        """Take who is in front of an outside browser, then link."""
        person = self._world.people.get(request.form.get("person", ""))
        if person is None:
            return self._screens.choose("LINE")
        return self._screens.remember(see_other(request.full_path), person)

    def _fire_ok(self, account: Account, person: Person, nonce: str) -> None:
        world = self._world
        with world.lock:
            now, user_id = world.clock.now(), world.user_id(account, person)
            source = events.user(user_id if person.consent else None)
            event = events.account_link(source, now, "ok", nonce)
            token = event["replyToken"]
            world.reply_tokens.add(ReplyToken(token, account.slug, person.key, user_id, now))
            self._webhooks.enqueue(account, event, lane=person.key)

    def _fire_failed(self, account: Account, owner: str, nonce: str) -> None:
        event = events.account_link(None, self._world.clock.now(), "failed", nonce)
        self._webhooks.enqueue(account, event, lane=owner)
