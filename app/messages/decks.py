"""Cards that only notices build: many small buttons on one, or several to swipe through."""

from typing import Annotated

from pydantic import Field

from app.line import limits
from app.messages.blocks import Action, AltText, Card, Json, Message, count


class Tiles(Card):
    """A card with many small buttons side by side, such as times."""

    tiles: Annotated[tuple[Action, ...], count(1, 24)]
    columns: Annotated[int, Field(ge=1, le=4)] = 3

    def _contents(self) -> list[Json]:
        rows = [self.tiles[n : n + self.columns] for n in range(0, len(self.tiles), self.columns)]
        return super()._contents() + [self._row_of(row) for row in rows]

    def _row_of(self, actions: tuple[Action, ...]) -> Json:
        look: Json = {"type": "button", "height": "sm", "style": "secondary", "flex": 1}
        # What is missing in the last row leaves its place free, so that all have the same width.
        empty: Json = {"type": "box", "layout": "vertical", "contents": [], "flex": 1}
        spare = [empty] * (self.columns - len(actions))
        buttons = [look | {"action": action.line()} for action in actions]
        box = {"type": "box", "layout": "horizontal", "spacing": "sm", "margin": "sm"}
        return box | {"contents": buttons + spare}


class Deck(Message):
    """Up to twelve cards to swipe through. `alt` is for the list of chats."""

    alt: AltText
    cards: Annotated[tuple[Card, ...], count(1, limits.FLEX_BUBBLES)]

    def body(self) -> Json:
        bubbles = [card.bubble() for card in self.cards]
        contents = {"type": "carousel", "contents": bubbles} if len(bubbles) > 1 else bubbles[0]
        return {"type": "flex", "altText": self.alt, "contents": contents}
