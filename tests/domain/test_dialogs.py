"""The dialog machine: what it understands, what it says, what it forgets."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from freezegun import freeze_time

from app.db import transaction
from app.dialogs import machine, steps
from app.dialogs.steps import Dialog, Step, Talk
from app.domain.shops import queries as shops
from app.outbox.put import Notice
from tests.support.meal import HALF_AN_HOUR, LUNCHTIME, MEAL, SoldOut, order, row, said, somebody


@pytest.fixture
def talk(account: int) -> Talk:
    """Hanako's talk with the account."""
    return somebody(account)


def labels(notices: list[Notice] | None) -> list[str]:
    return [choice["text"] for choice in (notices or [])[-1].data["choices"]]


def test_a_dialog_asks_step_by_step_and_ends(talk: Talk) -> None:
    assert said(machine.start(talk, MEAL)) == "ask/meal.ask_drink"
    assert said(machine.hear(talk, "コーヒー")) == "ask/meal.ask_side"
    assert said(machine.hear(talk, "２")) == "ask/meal.ask_note"

    ended = machine.hear(talk, " ミルク多め ")

    assert ended == [
        Notice("meal.ordered", {"drink": "coffee", "side": "tart", "note": "ミルク多め"})
    ]
    assert row(talk) is None
    assert machine.hear(talk, "コーヒー") is None


@pytest.mark.parametrize("words", ["紅茶", "tea", "ＴＥＡ", "2", "②"])
def test_an_answer_may_be_typed_in_either_language_or_as_a_number(talk: Talk, words: str) -> None:
    machine.start(talk, MEAL)

    assert labels(machine.hear(talk, words)) == ["タルト"]


@pytest.mark.parametrize("words", ["ゾウ", "3", "0", "１" * 5000, "", "紅茶を"])
def test_a_wrong_answer_is_counted_and_asked_again(talk: Talk, words: str) -> None:
    machine.start(talk, MEAL)

    for times in (1, 2):
        assert machine.hear(talk, words) is None
        assert said(machine.insist(talk, words)) == "wrong/meal.ask_drink"
        assert getattr(row(talk), "wrong", None) == times


def test_a_text_that_is_too_long_is_a_wrong_answer(talk: Talk) -> None:
    machine.start(talk, MEAL)
    for words in ("紅茶", "タルト"):
        machine.hear(talk, words)

    assert machine.hear(talk, "あ" * 11) is None
    assert machine.hear(talk, "   ") is None
    assert said(machine.hear(talk, "あ" * 10)) == "meal.ordered"


def test_back_goes_one_step_back_and_no_further_than_the_first(talk: Talk) -> None:
    machine.start(talk, MEAL)
    machine.hear(talk, "紅茶")

    assert said(machine.hear(talk, "戻る")) == "ask/meal.ask_drink"
    assert said(machine.hear(talk, "Back")) == "ask/meal.ask_drink"


def test_cancel_ends_it(talk: Talk) -> None:
    machine.start(talk, MEAL)

    assert said(machine.hear(talk, "やめる")) == "cancelled"
    assert machine.hear(talk, "やめる") is None
    assert said(machine.insist(talk, "やめる")) == "nothing_to_cancel"
    assert said(machine.cancel(talk, "meal")) == "nothing_to_cancel"


def test_an_old_button_changes_its_answer(talk: Talk) -> None:
    machine.start(talk, MEAL)
    machine.hear(talk, "コーヒー")
    machine.hear(talk, "トースト")

    changed = machine.choose(talk, "meal", "drink", "tea")

    assert said(changed) == "ask/meal.ask_side"
    assert labels(changed) == ["タルト"]
    assert getattr(row(talk), "answers", None) == {"drink": "tea"}


def test_an_answer_that_is_no_longer_offered_is_asked_again(talk: Talk) -> None:
    machine.start(talk, MEAL)
    machine.hear(talk, "紅茶")

    assert said(machine.choose(talk, "meal", "side", "toast")) == "wrong/meal.ask_side"


def test_a_button_of_a_step_that_is_not_reached_asks_the_present_one(talk: Talk) -> None:
    machine.start(talk, MEAL)

    assert said(machine.choose(talk, "meal", "side", "tart")) == "ask/meal.ask_drink"
    assert said(machine.back(talk, "meal", "nowhere")) == "ask/meal.ask_drink"
    assert said(machine.turn_page(talk, "meal", "note", 1)) == "ask/meal.ask_drink"


def test_a_button_of_a_dialog_that_is_over_is_answered_calmly(talk: Talk) -> None:
    assert said(machine.choose(talk, "meal", "drink", "tea")) == "expired"
    machine.start(talk, MEAL)
    assert said(machine.choose(talk, "another", "drink", "tea")) == "expired"
    assert said(machine.turn_page(talk, "meal", "drink", 1)) == "ask/meal.ask_drink"


def test_a_refusal_at_the_end_says_why_and_asks_that_step_again(talk: Talk) -> None:
    machine.start(talk, MEAL)
    for words in ("紅茶", "タルト"):
        machine.hear(talk, words)

    refused = machine.hear(talk, "売切")

    assert said(refused) == "wrong/meal.ask_side"
    assert (refused or [])[0].data["reason"] == "meal.sold_out"
    assert getattr(row(talk), "answers", None) == {"drink": "tea"}


def test_what_was_saved_before_a_refusal_is_undone(talk: Talk) -> None:
    with transaction():
        machine.start(talk, MEAL)
        for words in ("紅茶", "タルト", "売切"):
            machine.hear(talk, words)

    assert shops.company_name() is None


@pytest.mark.parametrize("words", ["紅茶", "1", "戻る", "やめる"])
def test_an_expired_dialog_says_so_once_to_a_late_answer(talk: Talk, words: str) -> None:
    with freeze_time(LUNCHTIME):
        machine.start(talk, MEAL)
    with freeze_time(LUNCHTIME + HALF_AN_HOUR):
        assert said(machine.hear(talk, words)) == "expired"
        assert machine.hear(talk, words) is None


def test_an_expired_dialog_leaves_other_words_alone(talk: Talk) -> None:
    with freeze_time(LUNCHTIME):
        machine.start(talk, MEAL)
    with freeze_time(LUNCHTIME + HALF_AN_HOUR):
        assert machine.hear(talk, "営業時間") is None
        assert row(talk) is None


def test_each_sign_of_life_puts_the_end_off(talk: Talk) -> None:
    with freeze_time(LUNCHTIME) as now:
        machine.start(talk, MEAL)
        for _ in range(3):
            now.tick(HALF_AN_HOUR - timedelta(seconds=1))
            assert machine.insist(talk, "ゾウ")
        now.tick(HALF_AN_HOUR - timedelta(seconds=1))
        assert said(machine.hear(talk, "紅茶")) == "ask/meal.ask_side"


def test_a_dialog_whose_code_is_gone_is_no_dialog(talk: Talk) -> None:
    gone = Dialog("gone", Step("only", ask="gone.ask"), finish=order)
    machine.start(talk, gone)

    assert machine.hear(talk, "何でも") is None
    assert said(machine.choose(talk, "gone", "only", "x")) == "expired"
    assert said(machine.start(talk, MEAL)) == "ask/meal.ask_drink"


def test_buttons_carry_what_the_machine_takes(talk: Talk) -> None:
    machine.start(talk, MEAL)
    data = (machine.hear(talk, "紅茶") or [])[0].data

    assert fields(data["choices"][0]["data"]) == ("answer", {"d": "meal", "s": "side", "v": "tart"})
    assert fields(data["back"]) == ("back", {"d": "meal", "s": "side"})
    assert fields(data["cancel"]) == ("cancel", {"d": "meal", "s": "side"})
    assert fields(f"{data['more']}1") == ("more", {"d": "meal", "s": "side", "p": "1"})


def fields(data: str) -> tuple[str, dict[str, str]]:
    name, _, query = data.partition("?")
    return name.removeprefix("dialog."), dict(parse_qsl(query))


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Dialog("empty", finish=order),
        lambda: Dialog("twice", Step("a", ask="a"), Step("a", ask="a"), finish=order),
        lambda: Dialog("lost", Step("a", ask="a"), finish=order, back_on={SoldOut: "b"}),
        lambda: steps.register(Dialog("meal", Step("a", ask="a"), finish=order)),
    ],
)
def test_a_dialog_that_cannot_work_fails_at_import(broken: Any) -> None:
    with pytest.raises(ValueError, match="dialog"):
        broken()
