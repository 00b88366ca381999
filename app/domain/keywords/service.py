"""Verbs about keyword answers."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from sqlalchemy import select

from app.db import db, insert_once, transaction
from app.domain.keywords import queries, rules
from app.domain.keywords.errors import BadRule
from app.domain.keywords.models import KeywordAnswered, KeywordRule
from app.domain.keywords.queries import Answer

_YEAR = 366 * 24 * 3600


class NewRule(BaseModel):
    """A rule as staff write it; the fields are those of KeywordRule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=60)]
    kind: Literal["exact", "contains", "regex", "fallback"]
    answer: Annotated[list[dict[str, Any]], Field(min_length=1)]
    pattern: Annotated[str, Field(max_length=200)] = ""
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    weekdays: Annotated[str, Field(pattern=r"^[0-6]{1,7}$")] | None = None
    from_time: time | None = None
    to_time: time | None = None
    cooldown_seconds: Annotated[int, Field(ge=0, le=_YEAR)] = 0
    enabled: bool = True

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if (self.kind == "fallback") != (self.pattern.strip() == ""):
            raise ValueError("a rule has a pattern unless it is the fallback")
        return self


def put(account_id: int, written: Mapping[str, Any]) -> int:
    """Save a rule (see NewRule) under its name, in place of one that had it; answers its id.

    Raises BadRule, and BadPattern for a regular expression that does not compile.
    """
    new = _read(written)
    with transaction():
        wanted = select(KeywordRule).filter_by(account_id=account_id, name=new.name)
        rule = db.session.scalar(wanted) or KeywordRule(account_id=account_id)
        for field, value in new.model_dump().items():
            setattr(rule, field, value)
        db.session.add(rule)
        db.session.flush()  # A new rule has its id only now.
    queries.enabled.forget(account_id)
    return rule.id


def note_answered(answer: Answer, person_id: int | None, now: datetime) -> None:
    """Begin the rule's cool-down towards a person, if it has one and we know the person."""
    if not answer.cooldown or person_id is None:
        return
    key = {"rule_id": answer.rule_id, "line_user_id": person_id}
    with transaction():
        if not insert_once(KeywordAnswered, **key, answered_at=now):
            db.session.get_one(KeywordAnswered, tuple(key.values())).answered_at = now


def _read(written: Mapping[str, Any]) -> NewRule:
    try:
        new = NewRule.model_validate(written)
    except ValidationError as error:
        raise BadRule("; ".join(_told(problem) for problem in error.errors())) from None
    if new.kind == "regex":
        rules.compiled(new.pattern)
    return new


def _told(problem: ErrorDetails) -> str:
    return f"{'.'.join(map(str, problem['loc'])) or 'rule'}: {problem['msg']}"
