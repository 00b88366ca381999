"""What a dialog can do besides asking one thing after the other (tests/support/trip.py)."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from app.dialogs import machine
from app.dialogs.steps import Talk, several
from app.outbox.put import Notice
from tests.support.meal import row, said, somebody
from tests.support.trip import EXTRAS, FIRST, LAST, TRIP

pytestmark = pytest.mark.chance


@pytest.fixture
def talk(account: int) -> Talk:
    return somebody(account)


def answers(talk: Talk) -> dict[str, str]:
    return getattr(row(talk), "answers", {})


def hears(talk: Talk, *words: str) -> list[Notice]:
    """What is said to the last of these words."""
    told: list[Notice] = []
    for each in words:
        told = machine.hear(talk, each) or machine.insist(talk, each) or []
    return told


def last(notices: list[Notice]) -> dict[str, Any]:
    return notices[-1].data


def test_days_are_typed_picked_or_chosen_within_their_bounds(talk: Talk) -> None:
    machine.start(talk, TRIP)
    asked = last(hears(talk, "hill"))
    assert asked["picker"] == {
        "data": "dialog.picked?d=trip&s=day",
        "first": FIRST.isoformat(),
        "last": LAST.isoformat(),
    }
    assert asked["values"] == {"where": "hill"}
    assert said(hears(talk, "2027-02-01")) == "wrong/trip.ask_day"
    assert said(machine.choose(talk, "trip", "day", "2026-11-19")) == "wrong/trip.ask_day"
    assert said(machine.choose(talk, "trip", "day", "12/13")) == "wrong/trip.ask_day"
    assert said(machine.choose(talk, "trip", "day", "2026-11-20")) == "ask/trip.ask_note"
    machine.back(talk, "trip", "note")
    hears(talk, "元日")
    assert answers(talk)["day"] == "2027-01-01"


def test_several_answers_are_added_and_taken_away_until_it_is_enough(talk: Talk) -> None:
    machine.start(talk, TRIP, {"where": "sea", "day": "2026-12-01"})
    assert last(hears(talk, "guide"))["choices"][1]["text"] == "guide!"
    hears(talk, "lunch", "guide!", "決定")
    assert answers(talk)["extras"] == "lunch"
    assert said(machine.choose(talk, "trip", "extras", "rocket")) == "wrong/trip.ask_extras"


def test_a_location_changes_what_is_offered_and_is_kept(talk: Talk) -> None:
    assert machine.locate(talk, 35.7, 139.58) is None
    assert last(machine.start(talk, TRIP))["here"] is True
    told = machine.locate(talk, 35.7, 139.58) or []
    assert [choice["text"] for choice in last(told)["choices"]] == ["sea", "hill"]
    hears(talk, "sea")
    assert machine.locate(talk, 0, 0) is None
    assert answers(talk) == {"near": "35.70000,139.58000", "where": "sea"}


def test_a_changed_answer_leaves_the_others_and_what_no_longer_fits_is_asked(talk: Talk) -> None:
    given = {"where": "sea", "day": "2026-12-01", "extras": "boat", "note": "-", "kind": "x"}
    card = machine.start(talk, TRIP, given)
    assert (card[0].name, last(card)["card"]) == ("trip.card", {"where": "sea"})
    assert [change["key"] for change in last(card)["changes"]] == [
        *("trip.where", "trip.day", "trip.extras", "trip.note")
    ]
    assert said(machine.change(talk, "trip", "day")) == "ask/trip.ask_day"
    assert said(machine.choose(talk, "trip", "day", "2026-12-05")) == "trip.card/trip.ask_sure"

    refused = machine.choose(talk, "trip", "day", "2026-12-13")  # The boat does not go then.
    assert said(refused) == "wrong/trip.ask_day"
    assert (last(refused)["reason"], last(refused)["values"]["wind"]) == ("trip.stormy", 9)
    card = machine.choose(talk, "trip", "day", "2026-12-06")
    card = machine.choose(talk, "trip", "where", "hill")
    assert [change["key"] for change in last(card)["changes"]] == [
        *("trip.where", "trip.day", "trip.note")  # Hills have no extras.
    ]
    assert said(machine.back(talk, "trip", "note")) == "ask/trip.ask_day"
    gone = hears(talk, "12/24", "はい")
    assert gone == [
        Notice(
            "trip.gone",
            {**given, "where": "hill", "day": "2026-12-24", "extras": "", "sure": "yes"},
        )
    ]


def test_a_choice_may_answer_more_than_its_own_step(talk: Talk) -> None:
    machine.start(talk, TRIP, {"where": "hill", "day": "2026-12-01", "note": "-"})
    assert last(hears(talk, "元日に決める"))["day"] == "2027-01-01"


def test_a_step_that_need_not_be_asked_any_more_is_not_gone_back_to(talk: Talk) -> None:
    given = {"where": "hill", "day": "2026-12-01"}
    machine.start(talk, TRIP, given)
    for old in (machine.change, machine.back):
        assert said(old(talk, "trip", "extras")).endswith("trip.ask_note"), old
    assert said(machine.choose(talk, "trip", "extras", "boat")).endswith("trip.ask_note")
    assert answers(talk) == {**given, "extras": ""}


def test_a_refusal_at_the_end_asks_for_the_last_word_again_or_ends_it(talk: Talk) -> None:
    given = {"where": "hill", "day": "2026-12-01", "note": "嵐"}
    machine.start(talk, TRIP, given)
    assert said(hears(talk, "はい")) == "wrong/trip.ask_day"
    assert "sure" not in answers(talk)
    assert said(hears(talk, "12/2")) == "trip.card/trip.ask_sure"
    assert said(machine.choose(talk, "trip", "sure", "no")) == "sorry trip.card/trip.ask_sure"

    machine.start(talk, TRIP, given | {"note": "終"})
    assert hears(talk, "はい") == [Notice("trip.refused", {"why": "closed"})]
    assert row(talk) is None


WORDS = ("sea", "hill", "元日", "12/5", "12月13日", "2030-01-01", *EXTRAS, "boat!", "決定", "なし")
VALUES = ("sea", "hill", "2026-12-05", "2026-12-13", "2030-01-01", "", *EXTRAS, "-", "yes", "quick")
STEPS = ("where", "day", "extras", "note", "sure")


class Anything(RuleBasedStateMachine):
    """Whatever is done, what was answered fits together, and only all of it ends the dialog."""

    account = 0

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[str, str] = {}

    @initialize()
    def meet(self) -> None:
        self.talk = somebody(self.account)

    @rule(given=st.dictionaries(st.sampled_from(STEPS[:4]), st.sampled_from(VALUES)))
    def starts(self, given: dict[str, str]) -> None:
        self.take(machine.start(self.talk, TRIP, given))

    @rule(words=st.sampled_from((*WORDS, "はい", "1", "2", "戻る", "嵐", "あいうえおか")))
    def types(self, words: str) -> None:
        self.take(machine.hear(self.talk, words) or machine.insist(self.talk, words))

    @rule(step=st.sampled_from(STEPS), value=st.sampled_from(VALUES))
    def taps(self, step: str, value: str) -> None:
        self.take(machine.choose(self.talk, "trip", step, value))

    @rule(step=st.sampled_from(STEPS))
    def wants_another_answer(self, step: str) -> None:
        self.take(machine.change(self.talk, "trip", step))

    @rule(step=st.sampled_from(STEPS))
    def goes_back(self, step: str) -> None:
        self.take(machine.back(self.talk, "trip", step))

    @rule()
    def shares_a_place(self) -> None:
        self.take(machine.locate(self.talk, 35.7, 139.58))

    def take(self, heard: list[Notice] | None) -> None:
        for notice in heard or []:
            if notice.name == "trip.gone":
                self.fits(notice.data, STEPS)
                assert not (notice.data["day"].endswith("13") and "boat" in notice.data["extras"])

    def fits(self, answers: dict[str, str], names: tuple[str, ...]) -> None:
        """Each of these steps has an answer that it offers after the others."""
        for name in names:
            step = TRIP.steps[name]
            view = step.seen(self.talk, answers)
            if view.given is not None:
                assert answers[name] == view.given
            else:
                assert step.keeps(answers[name], view)

    @invariant()
    def the_row_fits_together(self) -> None:
        kept = row(self.talk)
        if kept is None:
            return
        present = TRIP.steps[kept.step]
        assert present.seen(self.talk, kept.answers).given is None
        assert kept.step not in kept.answers or present.kind == "many"
        self.fits(kept.answers, STEPS[: STEPS.index(kept.step)])
        assert set(several(kept.answers.get("extras", ""))) <= {*EXTRAS, *VALUES}


def test_answers_always_fit_together(account: int) -> None:
    run_machine(
        type("Here", (Anything,), {"account": account}),
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
