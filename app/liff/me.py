"""What a page shows of the person who asks."""

from typing import Any

from flask import Blueprint

from app.domain.accounts import queries as accounts
from app.domain.links import queries as links
from app.domain.links.asker import Asker
from app.domain.members import queries as members
from app.domain.members import rules
from app.domain.members.purposes import purposes
from app.domain.members.queries import Consent, MemberCard
from app.domain.people import queries as people
from app.domain.people import service as persons
from app.domain.shops import queries as shops
from app.i18n import Language, in_language, language_of
from app.liff.identity import as_person
from app.web.bodies import Body, read

bp = Blueprint("liff_me", __name__, url_prefix="/liff/api")

Json = dict[str, Any]


class Spoken(Body):
    language: Language


@bp.get("/me")
@as_person
def me(asker: Asker) -> Json:
    """The person, their member if linked, and what a page needs to let them link or join."""
    return shown(asker)


@bp.put("/language")
@as_person
def speak(asker: Asker) -> Json:
    """Choose the language of pages and messages."""
    persons.speak(asker.person_id, read(Spoken).language)
    return shown(asker)


def shown(asker: Asker) -> Json:
    """What /me answers."""
    profile = people.profile(asker.person_id)
    member_id = links.member_of(asker.person_id)
    language = language_of(profile.language or asker.language)
    return {
        "person": {"name": profile.name, "picture": profile.picture_url, "email": asker.email},
        "linked": member_id is not None,
        "language": language,
        "shop": accounts.front_of(asker.account_id).name,
        "doors": {"code": True, "password": links.any_passwords(), "join": True},
        "member": _member(members.member(member_id)) if member_id is not None else None,
        "stores": [
            {"code": store.code, "name": in_language(store.name, language)}
            for store in shops.stores()
        ],
        "consents": _consents(member_id, language),
    }


def _member(card: MemberCard) -> Json:
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    plain = ("number", "name", "kana", "gender", "email", "postal_code", "prefecture", "city")
    return {
        **{name: getattr(card, name) for name in (*plain, "street", "tier")},
        "birthday": card.birthday.isoformat() if card.birthday else None,
        "phone": rules.shown_phone(card.phone) if card.phone else None,
        "suspended": card.suspended_at is not None,
        "store": codes.get(card.store_id or 0),
    }


def _consents(member_id: int | None, language: Language) -> list[Json]:
    given = members.consents(member_id) if member_id is not None else {}
    return [
        {
            "purpose": known.purpose,
            "version": known.version,
            "title": in_language(known.title, language),
            "text": in_language(known.text, language),
            "required": known.required,
            "given": _given(given.get(known.purpose), known.version),
        }
        for known in purposes()
    ]


def _given(said: Consent | None, version: str) -> bool | None:
    # Whoever agreed to older words has not yet said anything to these.
    return said.given if said and said.version == version else None
