"""A dialog to test the machine with: a drink, what goes with it, and a note."""

import itertools
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.dialogs import steps
from app.dialogs.models import DialogState
from app.dialogs.steps import Answers, Choice, Dialog, Step, Talk
from app.domain.accounts import queries as accounts
from app.domain.people import service as people
from app.domain.people.service import Sighting
from app.domain.shops import service as shops
from app.errors import TsunaguError
from app.outbox.put import Notice

LUNCHTIME = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)

_numbers = itertools.count()


class SoldOut(TsunaguError):
    """There is no tart left."""

    code = "sold_out"


def sides(answers: Answers) -> list[Choice]:
    """Tea comes with a tart, coffee with toast or a tart."""
    offered = [Choice("tart", words={"ja": "タルト", "en": "Tart"})]
    if answers["drink"] == "coffee":
        offered.insert(0, Choice("toast", words={"ja": "トースト"}))
    return offered


def order(talk: Talk, answers: Answers) -> list[Notice]:
    shops.set_company(f"ordered by {talk.cause}")
    if answers == {"drink": "tea", "side": "tart", "note": "売切"}:
        raise SoldOut
    return [Notice("meal.ordered", dict(answers))]


MEAL = steps.register(
    Dialog(
        "meal",
        Step(
            "drink",
            ask="meal.ask_drink",
            choices=[
                Choice("coffee", words={"ja": "コーヒー", "en": "Coffee"}),
                Choice("tea", words={"ja": "紅茶", "en": "Tea"}),
            ],
        ),
        Step("side", ask="meal.ask_side", choices=sides),
        Step("note", ask="meal.ask_note", longest=10),
        finish=order,
        back_on={SoldOut: "side"},
        forget_after=HALF_AN_HOUR,
    )
)


def somebody(account: int) -> Talk:
    """A talk of the account with somebody new."""
    number = next(_numbers)
    sighting = Sighting(accounts.provider_of(account), account, f"U{number}", 0, "1")
    return Talk(account, people.seen(sighting).id, "ja", f"test/{number}")


def said(notices: list[Notice] | None) -> str:
    """What was said, in short: notices and the questions in them."""
    told = [f"{notice.name}/{notice.data.get('question', '')}" for notice in notices or []]
    return " ".join(one.removeprefix("dialogs.").removesuffix("/") for one in told)


def row(talk: Talk) -> DialogState | None:
    """What the database says about where they stand."""
    db.session.rollback()
    return db.session.scalar(select(DialogState).filter_by(line_user_id=talk.person_id))
