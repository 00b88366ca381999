"""ポイント in the talk, or its tile on the rich menu: the balance, and what ends first."""

from typing import Any

from app.domain.links import queries as links
from app.domain.points import queries
from app.handlers import links as linking
from app.handlers.chat import Chat
from app.handlers.router import router
from app.messages.points import POINT_WORDS


@router.text(*POINT_WORDS, private=True)
@router.postback("points.show")
def show(chat: Chat) -> None:
    """Answer the balance, or offer the link to whoever is no member yet."""
    member_id = links.member_of(chat.person.id) if chat.person else None
    if member_id is None:
        linking.offer(chat)
        return
    standing = queries.standing(member_id)
    chat.say(
        "points.balance",
        points=standing.balance,
        ending=_first(standing),
        url=linking.page(chat.account_id, "points"),
    )


def _first(standing: queries.Standing) -> dict[str, Any] | None:
    if not standing.expiring:
        return None
    ending = standing.expiring[0]
    return {"points": ending.points, "day": ending.day.isoformat()}
