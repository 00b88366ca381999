"""The dialog machine does what a model of a few lines does, whatever a person does."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from app.db import db
from app.dialogs import machine
from app.outbox.put import Notice
from tests.support.meal import HALF_AN_HOUR, LUNCHTIME, MEAL, row, said, somebody

pytestmark = pytest.mark.chance

ORDER = ("drink", "side", "note")
VALUES = ("coffee", "tea", "toast", "tart", "gone")
WORDS = {"coffee": "ｃｏｆｆｅｅ", "tea": "紅茶", "toast": "トースト", "tart": "TART"}


class Model(RuleBasedStateMachine):
    """The machine beside the model: the answers so far, and when they are forgotten."""

    account = 0

    def __init__(self) -> None:
        super().__init__()
        self.clock = freeze_time(LUNCHTIME)
        self.now = self.clock.start()
        self.answers: list[str] | None = None
        self.forgotten_at = LUNCHTIME

    def teardown(self) -> None:
        self.clock.stop()

    @initialize()
    def meet(self) -> None:
        self.talk = somebody(self.account)

    @rule()
    def starts(self) -> None:
        self.answers = []
        self.expect(machine.start(self.talk, MEAL), "ask")

    @rule(value=st.sampled_from(VALUES))
    def types(self, value: str) -> None:
        words = WORDS.get(value, value)
        heard = machine.hear(self.talk, words)
        if self.answers is None:
            assert heard is None
        elif self.over:
            self.came_late(heard, understood=value in self.offered(self.answers))
        elif len(self.answers) == 2:
            self.answered(heard, [*self.answers, words])
        elif value in self.offered(self.answers):
            self.answered(heard, [*self.answers, value])
        else:
            assert heard is None
            self.expect(machine.insist(self.talk, value), "wrong")

    @rule(step=st.integers(0, 1), value=st.sampled_from(VALUES))
    def taps(self, step: int, value: str) -> None:
        heard = machine.choose(self.talk, "meal", ORDER[step], value)
        if self.answers is None or self.over:
            self.answers = None
            assert said(heard) == "expired"
        elif step > len(self.answers):
            self.expect(heard, "ask")
        elif value in self.offered(self.answers[:step]):
            self.answered(heard, [*self.answers[:step], value])
        else:
            self.answers = self.answers[:step]
            self.expect(heard, "wrong")

    @rule()
    def goes_back(self) -> None:
        heard = machine.hear(self.talk, "戻る")
        if self.answers is None or self.over:
            self.came_late(heard)
        else:
            self.answers = self.answers[:-1]
            self.expect(heard, "ask")

    @rule()
    def cancels(self) -> None:
        heard = machine.hear(self.talk, "やめる")
        if self.answers is None or self.over:
            self.came_late(heard)
        else:
            self.answers = None
            assert said(heard) == "cancelled"

    @rule(minutes=st.sampled_from([1, 20, 40]))
    def waits(self, minutes: int) -> None:
        self.now.tick(timedelta(minutes=minutes))

    @rule()
    def restarts(self) -> None:
        db.session.remove()
        db.engine.dispose()

    @invariant()
    def the_row_says_the_same(self) -> None:
        kept = row(self.talk) if self.answers is not None else None
        assert (kept is None) == (self.answers is None)
        if kept and self.answers is not None:
            assert kept.answers == dict(zip(ORDER, self.answers, strict=False))
            assert kept.step == ORDER[len(self.answers)]

    @property
    def over(self) -> bool:
        return self.answers is not None and datetime.now(UTC) >= self.forgotten_at

    def offered(self, answers: list[str]) -> list[str]:
        """The choices after these answers; the third step takes a text and has none."""
        if not answers:
            return ["coffee", "tea"]
        if len(answers) == 2:
            return []
        return {"coffee": ["toast", "tart"], "tea": ["tart"]}[answers[0]]

    def answered(self, heard: list[Notice] | None, answers: list[str]) -> None:
        if len(answers) < len(ORDER):
            self.answers = answers
            self.expect(heard, "ask")
        else:
            self.answers = None
            assert heard == [Notice("meal.ordered", dict(zip(ORDER, answers, strict=True)))]

    def came_late(self, heard: list[Notice] | None, *, understood: bool = True) -> None:
        """Whoever answers a forgotten question is told so; a text may just as well be new."""
        asked_for_choice = self.answers is not None and len(self.answers) < 2
        self.answers = None
        assert said(heard) == ("expired" if understood and asked_for_choice else "")

    def expect(self, heard: list[Notice] | None, what: str) -> None:
        """The present step was asked, which also puts the end off."""
        assert self.answers is not None
        assert said(heard) == f"{what}/meal.ask_{ORDER[len(self.answers)]}"
        self.forgotten_at = datetime.now(UTC) + HALF_AN_HOUR


def test_the_machine_agrees_with_the_model(account: int) -> None:
    run_machine(
        type("Here", (Model,), {"account": account}),
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
