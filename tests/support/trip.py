"""A dialog that does all that dialogs can: days, places, several answers, steps passed over."""

from datetime import date

from app.dialogs import steps
from app.dialogs.steps import DONE, Answers, Choice, Dialog, Step, Talk, View, placed, several
from app.errors import TsunaguError
from app.outbox.put import Notice

FIRST, LAST = date(2026, 11, 20), date(2027, 1, 31)
EXTRAS = ("lunch", "guide", "boat")


class Stormy(TsunaguError):
    """No boat goes on that day."""

    code = "stormy"

    def __init__(self) -> None:
        super().__init__("a storm")
        self.extra = {"wind": 9}


class Closed(TsunaguError):
    """Trips are over."""

    code = "closed"


def _where(_talk: Talk, answers: Answers) -> View:
    names = ["sea", "hill"] if placed(answers.get("near")) else ["hill", "sea"]
    return View([Choice(name, words={"ja": name}) for name in names])


def _day(_talk: Talk, answers: Answers) -> View:
    new_year = Choice("2027-01-01", words={"ja": "元日"})
    return View([new_year], first=FIRST, last=LAST, values={"where": answers["where"]})


def _extras(_talk: Talk, answers: Answers) -> View:
    if answers["where"] == "hill":
        return View(given="")
    chosen = several(answers.get("extras", ""))
    offered = [Choice(one, words={"ja": f"{one}{'!' * chosen.count(one)}"}) for one in EXTRAS]
    return View([*offered, Choice(DONE, words={"ja": "決定"})])


def _weather(_talk: Talk, answers: Answers) -> None:
    if "boat" in several(answers["extras"]) and answers["day"].endswith("13"):
        raise Stormy


def _sure(_talk: Talk, answers: Answers) -> View:
    quick = Choice("quick", words={"ja": "元日に決める"}, sets={"day": "2027-01-01"})
    yes = Choice("yes", words={"ja": "はい"})
    return View([yes, quick], data={"where": answers["where"]})


def _go(_talk: Talk, answers: Answers) -> list[Notice]:
    if answers["note"] == "嵐":
        raise Stormy
    if answers["note"] == "終":
        raise Closed
    return [Notice("trip.gone", dict(answers))]


TRIP = steps.register(
    Dialog(
        "trip",
        Step("where", ask="trip.ask_where", view=_where, place="near", label="trip.where"),
        Step("day", ask="trip.ask_day", view=_day, takes="day", label="trip.day"),
        Step("extras", ask="trip.ask_extras", view=_extras, takes="many", check=_weather,
             label="trip.extras"),
        Step("note", ask="trip.ask_note", takes="text", longest=5, label="trip.note",
             view=lambda _talk, _answers: View([Choice("-", words={"ja": "なし"})])),
        Step("sure", ask="trip.ask_sure", view=_sure, card="trip.card", changes=True),
        finish=_go,
        back_on={Stormy: "day"},
        ends_on=(Closed,),
        refused=lambda _talk, _answers, error: [Notice("trip.refused", {"why": error.code})],
        keeps=True,
    )
)  # fmt: skip
