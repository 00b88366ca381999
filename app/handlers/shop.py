"""お店への質問: a question about one of the stores."""

from dataclasses import asdict

from app.dialogs.steps import Answers, Choice, Dialog, Step, Talk, register
from app.domain.shops import queries as shops
from app.handlers.chat import Chat
from app.handlers.router import router
from app.outbox.put import Notice

TOPICS = [
    Choice(topic, key=f"shop.topic.{topic}") for topic in ("hours", "seats", "allergy", "other")
]


def stores(_answers: Answers) -> list[Choice]:
    return [Choice(store.code, words=store.name) for store in shops.stores()]


def answer(talk: Talk, answers: Answers) -> list[Notice]:
    store = shops.store(answers["store"])
    return [Notice("shop.answer", {"topic": answers["topic"], "store": asdict(store)})]


QUESTION = register(
    Dialog(
        "shop",
        Step("topic", ask="shop.ask_topic", choices=TOPICS),
        Step("store", ask="shop.ask_store", choices=stores),
        finish=answer,
    )
)


@router.text("質問", "質問する", "question", "ask a question", private=True)
def question(chat: Chat) -> None:
    """Ask what they want to know, and about which store."""
    chat.begin(QUESTION)
