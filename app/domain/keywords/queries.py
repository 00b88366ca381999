"""Reads about keyword answers."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.keywords import rules
from app.domain.keywords.models import KeywordAnswered, KeywordRule
from app.domain.keywords.rules import Rule
from app.remember import Remembered


@dataclass(frozen=True)
class Answer:
    """What the rules of an account make of a text.

    `blocks` is None where the right answer is silence: the rule has just answered this person, or
    the fallback does not speak at this hour. `fallback`: no rule knows the words.
    """

    rule_id: int
    blocks: list[dict[str, Any]] | None
    fallback: bool
    cooldown: timedelta


def _enabled(account_id: int) -> list[Rule]:
    columns = [getattr(KeywordRule, field.name) for field in fields(Rule)]
    wanted = select(*columns).filter_by(account_id=account_id, enabled=True)
    return [Rule(*row) for row in db.session.execute(wanted)]


enabled = Remembered(_enabled)
"""The rules of an account that are switched on."""


def answer_for(
    account_id: int, text: str, person_id: int | None, now: datetime, zone: tzinfo
) -> Answer | None:
    """The account's answer to a text; None where no rule knows it and there is no fallback."""
    every = enabled(account_id)
    local = now.astimezone(zone)
    fitting = rules.matching([rule for rule in every if rule.kind != "fallback"], text, local)
    known = _best(fitting, person_id, now)
    if known:
        return known
    fallbacks = rules.in_order([rule for rule in every if rule.kind == "fallback"])
    awake = [rule for rule in fallbacks if rules.speaks_at(rule, local)]
    return _best(awake, person_id, now) or (_silent(fallbacks[0]) if fallbacks else None)


def _best(fitting: Iterable[Rule], person_id: int | None, now: datetime) -> Answer | None:
    """The first rule that is not cooling down; if all are, the first, in silence."""
    cooling = None
    for rule in fitting:
        if not _cools_down(rule, person_id, now):
            return _answer(rule, rule.answer)
        cooling = cooling or rule
    return _silent(cooling) if cooling else None


def _cools_down(rule: Rule, person_id: int | None, now: datetime) -> bool:
    if not rule.cooldown_seconds or person_id is None:
        return False
    last = db.session.get(KeywordAnswered, (rule.id, person_id))
    return last is not None and now < last.answered_at + timedelta(seconds=rule.cooldown_seconds)


def _answer(rule: Rule, blocks: list[dict[str, Any]] | None) -> Answer:
    cooldown = timedelta(seconds=rule.cooldown_seconds)
    return Answer(rule.id, blocks, rule.kind == "fallback", cooldown)


def _silent(rule: Rule) -> Answer:
    return _answer(rule, None)
