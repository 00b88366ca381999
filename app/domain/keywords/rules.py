"""Which rule answers a text: pure decisions, no database."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from math import prod
from typing import Any

import regex

from app.domain.keywords.errors import BadPattern
from app.i18n import plain

log = logging.getLogger(__name__)

_PATIENCE = 0.05  # Seconds per pattern: no pattern may hang a worker.
_MOST_REPETITIONS = 1000
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """A rule as the table KeywordRule has it."""

    id: int
    priority: int
    kind: str
    pattern: str
    answer: list[dict[str, Any]]
    weekdays: str | None
    from_time: time | None
    to_time: time | None
    cooldown_seconds: int


@lru_cache(maxsize=2000)
def compiled(pattern: str) -> "regex.Pattern[str]":
    """The pattern, ready for use, upper and lower case alike; raises BadPattern."""
    if _repetitions(pattern) > _MOST_REPETITIONS:
        raise BadPattern("too many repetitions")
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except (regex.error, OverflowError, RecursionError) as error:
        raise BadPattern(str(error)) from None


def matches(rule: Rule, said: str) -> bool:
    """Whether the rule's words are in `said`, which must be `plain`. A fallback has no words."""
    match rule.kind:
        case "exact":
            return said == plain(rule.pattern)
        case "contains":
            return plain(rule.pattern) in said
        case "regex":
            return _found(rule, said)
    return False


def speaks_at(rule: Rule, now: datetime) -> bool:
    """Whether the rule's days and hours include `now`, which is in shop time.

    From its first minute up to, not including, its last. A window over midnight belongs to the day
    it began on; one that ends when it begins is the whole day.
    """
    start, end = rule.from_time or time.min, rule.to_time or time.min
    clock = now.time()
    if start < end:
        return start <= clock < end and _on(rule, now)
    return (clock >= start and _on(rule, now)) or (clock < end and _on(rule, now - _DAY))


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """The rules in the order they are tried: by priority, then the older first."""
    return sorted(rules, key=lambda rule: (-rule.priority, rule.id))


def matching(rules: Iterable[Rule], text: str, now: datetime) -> Iterator[Rule]:
    """The rules that fit a text at a moment in shop time, best first, fallbacks aside."""
    said = plain(text)
    for rule in in_order(rules):
        if speaks_at(rule, now) and matches(rule, said):
            yield rule


def _on(rule: Rule, day: datetime) -> bool:
    return rule.weekdays is None or str(day.weekday()) in rule.weekdays


def _repetitions(pattern: str) -> int:
    """How often the innermost part stands in the pattern if all its {n} are nested.

    The compiler writes them out, and (((a{100}){100}){100}){100} would keep it for minutes.
    """
    counts = (regex.findall(r"[0-9]+", braces) for braces in regex.findall(r"\{[^{}]*\}", pattern))
    return prod(max(1, *map(int, numbers)) for numbers in counts if numbers)


def _found(rule: Rule, said: str) -> bool:
    try:
        return compiled(rule.pattern).search(said, timeout=_PATIENCE) is not None
    except (TimeoutError, BadPattern) as error:
        why = {"rule_id": rule.id, "why": type(error).__name__}
        log.warning("pattern left out", extra={"action": "keywords.bad_pattern", **why})
        return False
