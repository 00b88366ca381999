"""Rows and events that many tests begin with."""

from itertools import count
from typing import Any

from app import clock
from app.domain.accounts import service as accounts
from app.domain.accounts.service import NewAccount
from app.domain.shops import service as shops
from app.domain.shops.queries import StoreCard

_events = count(1)

SECRET = "channel-secret-of-main"
TOKEN = "access-token-of-main"


def add_account(slug: str = "main", **changes: Any) -> int:
    """An official account; answers its id."""
    new = {
        "name": "こもれび珈琲",
        "bot_user_id": f"U{slug.encode().hex():0>32}",
        "channel_secret": SECRET,
        "access_token": TOKEN,
    }
    return accounts.add(NewAccount(slug, **(new | changes)))


def add_store(code: str) -> int:
    """A store; answers its id."""
    name = {"ja": f"{code}店", "en": code}
    return shops.put_store(
        StoreCard(code, name, {"ja": "東京都"}, {"ja": "8時から"}, "03-0000-0001")
    )


def message(text: str = "営業時間", *, user: str = "U1", **changes: Any) -> dict[str, Any]:
    """A text message as LINE's webhook has it, each with an id of its own."""
    number = next(_events)
    return {
        "type": "message",
        "webhookEventId": f"01TEST{number:020d}",
        "timestamp": clock.to_ms(clock.now()),
        "mode": "active",
        "source": {"type": "user", "userId": user},
        "message": {"id": str(number), "type": "text", "text": text},
    } | changes
