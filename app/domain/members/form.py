"""A member's record as somebody wrote it: every field read by its rule, every mistake named.

Fields are number, name, kana, birthday, gender, phone, email, postal_code, prefecture, city,
street, store (its code), tier, `attribute:KEY`, `external_id:SYSTEM`, `consent:PURPOSE` (yes or
no) and `consent_version:PURPOSE` (of the words that were agreed to). The values of `gender` are
those of OpenID Connect Core 5.1.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from app.domain.files.errors import Problem
from app.domain.members import limits, rules
from app.domain.members.attributes import Attribute, flag
from app.domain.members.errors import BadValue

ATTRIBUTE, EXTERNAL_ID = "attribute:", "external_id:"
CONSENT, CONSENT_VERSION = "consent:", "consent_version:"
FIELDS = (
    *("number", "name", "kana", "birthday", "gender", "phone", "email", "postal_code"),
    *("prefecture", "city", "street", "store", "tier"),
)
_SYSTEM = re.compile(rf"[a-z][a-z0-9_-]{{0,{limits.EXTERNAL_SYSTEM - 1}}}")
_PURPOSE = re.compile(rf"[a-z][a-z0-9_]{{0,{limits.CONSENT_PURPOSE - 1}}}")
_RULES: Mapping[str, Callable[[str], Any]] = {
    "number": rules.number,
    "name": partial(rules.text, longest=limits.NAME),
    "kana": rules.kana,
    "gender": rules.gender,
    "phone": rules.phone,
    "email": rules.email,
    "postal_code": rules.postal_code,
    "prefecture": rules.prefecture,
    "city": partial(rules.text, longest=limits.CITY),
    "street": partial(rules.text, longest=limits.STREET),
    "tier": partial(rules.text, longest=limits.TIER),
}


@dataclass
class Draft:
    """What was read: columns of Member, attributes, external ids by system; None empties one.

    `consents` and `versions`, by purpose, have only what was written: an empty one says nothing.
    """

    values: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    external_ids: dict[str, str | None] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def names_nobody(self) -> bool:
        """Whether neither a number nor an external id says who this is."""
        return "number" not in self.values and not any(self.external_ids.values())

    @property
    def said(self) -> dict[str, Any]:
        """Everything that was said of the member's record, by field."""
        return {**self.values, **{ATTRIBUTE + key: it for key, it in self.attributes.items()}}


@dataclass(frozen=True)
class Form:
    """What a record may hold in this shop: attributes by key, store ids by code, and the day."""

    attributes: Mapping[str, Attribute]
    stores: Mapping[str, int]
    today: date

    def knows(self, name: str) -> bool:
        """Whether there is a field of this name."""
        if name.startswith(ATTRIBUTE):
            return name.removeprefix(ATTRIBUTE) in self.attributes
        if name.startswith(EXTERNAL_ID):
            return _SYSTEM.fullmatch(name.removeprefix(EXTERNAL_ID)) is not None
        if name.startswith((CONSENT, CONSENT_VERSION)):
            return _PURPOSE.fullmatch(name.partition(":")[2]) is not None
        return name in FIELDS

    def read(self, written: Mapping[str, str]) -> Draft:
        """Read a record; a field that is not there stays as it is, an empty one is emptied."""
        draft = Draft()
        for name, words in written.items():
            try:
                self._put(draft, name, words.strip())
            except BadValue as error:
                draft.problems.append(Problem(name, error.ja, error.en))
        if draft.values.get("number", "") is None:
            del draft.values["number"]  # No number is known; the member keeps or gets one.
        if draft.values.get("name", "") is None:
            draft.problems.append(Problem("name", "氏名がありません", "is missing"))
        return draft

    def _put(self, draft: Draft, name: str, words: str) -> None:
        if not self.knows(name):
            raise BadValue("知らない項目です", "is no field of a member")
        if name.startswith(ATTRIBUTE):
            key = name.removeprefix(ATTRIBUTE)
            draft.attributes[key] = self.attributes[key].read(words) if words else None
        elif name.startswith(EXTERNAL_ID):
            system = name.removeprefix(EXTERNAL_ID)
            draft.external_ids[system] = rules.text(words, limits.EXTERNAL_ID) or None
        elif name.startswith((CONSENT, CONSENT_VERSION)):
            _put_consent(draft, name, words)
        elif name == "store":
            draft.values["store_id"] = self._store(words) if words else None
        else:
            draft.values[name] = self._value(name, words) if words else None

    def _value(self, name: str, words: str) -> Any:
        return rules.birthday(words, self.today) if name == "birthday" else _RULES[name](words)

    def _store(self, code: str) -> int:
        if code not in self.stores:
            raise BadValue("そのコードの店舗はありません", "is the code of no store")
        return self.stores[code]


def _put_consent(draft: Draft, name: str, words: str) -> None:
    kind, _, purpose = name.partition(":")
    if words and f"{kind}:" == CONSENT:
        draft.consents[purpose] = flag(words)
    elif words:
        draft.versions[purpose] = rules.text(words, limits.CONSENT_VERSION)


def merged(kept: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes with what was written put in, and without those that were emptied."""
    every = {**kept, **written}
    return {key: value for key, value in every.items() if value is not None}
