"""Linking: only with a proof, one at a time, and undone without loss."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select

from app.db import db
from app.domain.links import emails, limits, passwords, proofs, queries, service, web
from app.domain.links.errors import (
    AlreadyLinked,
    ChooseMember,
    LinkedElsewhere,
    NotLinked,
    SessionOver,
    TooManyTries,
    WrongProof,
)
from app.domain.links.models import Link
from app.domain.members import queries as members
from app.domain.people import service as people
from app.domain.people.models import Friendship
from app.domain.people.service import Sighting
from app.facts.models import Fact
from app.outbox.models import OutboxItem
from app.passwords import hashed
from tests.support.cast import add_account
from tests.support.members import EMAIL, a_member, a_shop, asker, code, letters

WRONG = "not the code"
TARO = "U" + "2" * 32


@pytest.fixture(autouse=True)
def shop(account: int) -> None:
    a_shop()


def linked(account: int, member_id: int, **who: str) -> None:
    """A link made by code."""
    person = asker(account, **who)
    token = proofs.start(person, members.member(member_id).number)
    proofs.prove_by_code(person, token, code())


def facts() -> list[str]:
    return list(db.session.scalars(select(Fact.kind).order_by(Fact.id)))


def notices() -> list[str]:
    return list(db.session.scalars(select(OutboxItem.notice).order_by(OutboxItem.id)))


@pytest.mark.parametrize("who", [EMAIL, "number"])
def test_a_member_links_with_the_code_sent_to_the_registered_address(account, who):
    member_id, person = a_member(), asker(account)
    written = members.member(member_id).number if who == "number" else who

    token = proofs.start(person, written)
    assert queries.member_of(person.person_id) is None
    proofs.prove_by_code(person, token, code())

    assert queries.member_of(person.person_id) == member_id
    assert queries.people_of(member_id) == [person.person_id]
    assert letters()[0].address == EMAIL
    assert facts() == ["member.linked"]
    assert notices() == ["links.linked"]


def test_a_code_links_once(account):
    a_member()
    person = asker(account)
    token = proofs.start(person, EMAIL)
    proofs.prove_by_code(person, token, code())

    with pytest.raises(SessionOver):
        proofs.prove_by_code(person, token, code())


def test_a_code_is_bound_to_the_session_and_the_person_that_asked_for_it(account):
    a_member()
    hanako, taro = asker(account), asker(account, TARO)
    token = proofs.start(hanako, EMAIL)
    hers = code()
    other = proofs.start(taro, EMAIL)

    with pytest.raises(SessionOver):
        proofs.prove_by_code(taro, token, hers)
    with pytest.raises(WrongProof):
        proofs.prove_by_code(taro, other, hers)
    assert queries.member_of(taro.person_id) is None


def test_a_code_lives_ten_minutes(account):
    a_member()
    person = asker(account)
    with freeze_time("2026-11-22T00:00:00Z") as time:
        token = proofs.start(person, EMAIL)
        time.tick(timedelta(minutes=10))
        with pytest.raises(SessionOver):
            proofs.prove_by_code(person, token, code())


def test_a_new_attempt_ends_the_earlier_one(account):
    a_member()
    person = asker(account)
    token = proofs.start(person, EMAIL)
    first = code()
    proofs.start(person, EMAIL)

    with pytest.raises(SessionOver):
        proofs.prove_by_code(person, token, first)


def test_nobody_is_told_whether_a_member_exists(account):
    person = asker(account)

    token = proofs.start(person, "nobody@example.jp")
    with pytest.raises(WrongProof) as refused:
        proofs.prove_by_code(person, token, "000000")

    assert refused.value.extra == {"tries_left": 4}
    # The same rows as for a member, but the mail is too old to be sent from the start.
    assert [letter.expires_at <= letter.created_at for letter in letters()] == [True]


def test_five_wrong_tries_are_the_end_for_a_quarter_of_an_hour(account):
    member_id, person = a_member(), asker(account)
    with freeze_time("2026-11-22T00:00:00Z") as time:
        token = proofs.start(person, EMAIL)
        for left in (4, 3, 2, 1, 0):
            with pytest.raises(WrongProof) as refused:
                proofs.prove_by_code(person, token, WRONG)
            assert refused.value.extra == {"tries_left": left}
        with pytest.raises(TooManyTries) as stopped:
            proofs.prove_by_code(person, token, code())
        assert 890 <= stopped.value.retry_after <= 901
        assert [letter.address for letter in letters("mail.too_many_tries")] == [EMAIL]

        time.tick(timedelta(minutes=15, seconds=1))
        token = proofs.start(person, EMAIL)
        proofs.prove_by_code(person, token, code())
        assert queries.member_of(person.person_id) == member_id


def test_the_tries_of_several_line_users_count_for_the_member(account):
    a_member()
    crowd = [asker(account, f"U{number:032d}") for number in range(6)]
    tokens = [proofs.start(person, EMAIL) for person in crowd[:5]]
    for person, token in zip(crowd, tokens, strict=False):
        with pytest.raises(WrongProof):
            proofs.prove_by_code(person, token, WRONG)

    with pytest.raises(TooManyTries):
        proofs.prove_by_code(crowd[0], tokens[0], code())
    with pytest.raises(TooManyTries):  # Nor may a sixth one have a code sent.
        proofs.start(crowd[5], EMAIL)


def test_the_tries_of_one_line_user_count_for_all_members(account):
    person = asker(account)
    for number in range(5):
        a_member(f"m{number}@example.jp")
        token = proofs.start(person, f"m{number}@example.jp")
        with pytest.raises(WrongProof):
            proofs.prove_by_code(person, token, WRONG)
    a_member("last@example.jp")

    with pytest.raises(TooManyTries):
        proofs.start(person, "last@example.jp")


def test_a_right_proof_costs_no_try(account):
    member_id, person = a_member(), asker(account)
    for _ in range(4):
        token = proofs.start(person, EMAIL)
        proofs.prove_by_code(person, token, code())
        service.unlink(person.person_id)
    token = proofs.start(person, EMAIL)
    with pytest.raises(WrongProof) as refused:
        proofs.prove_by_code(person, token, WRONG)

    assert refused.value.extra == {"tries_left": 4}
    assert members.member(member_id).email == EMAIL


def test_a_family_with_one_address_chooses(account):
    first, second = a_member(), a_member(name="山田 太郎")
    person = asker(account)
    token = proofs.start(person, EMAIL)

    with pytest.raises(ChooseMember) as choice:
        proofs.prove_by_code(person, token, code())
    shown = choice.value.extra["members"]
    number = members.member(second).number
    assert shown[1] == {"key": "1", "name": "山****", "number": "*" * 12 + number[-4:]}
    with pytest.raises(ChooseMember):
        proofs.finish(person, token, "7")
    proofs.finish(person, token, "1")

    assert queries.member_of(person.person_id) == second != first


def test_nothing_is_chosen_before_the_proof(account):
    a_member()
    person = asker(account)
    token = proofs.start(person, EMAIL)
    for move in (False, True):
        with pytest.raises(SessionOver):
            proofs.finish(person, token, "0", move=move)


def test_a_linked_member_moves_to_another_line_only_with_a_code(account):
    member_id = a_member()
    passwords.keep(member_id, hashed("correct horse"))
    linked(account, member_id)
    old, taro = asker(account), asker(account, TARO)
    session = web.open_session(old, "token")

    token = proofs.start(taro, EMAIL)
    with pytest.raises(LinkedElsewhere) as refused:
        proofs.prove_by_password(taro, token, "correct horse")
    assert refused.value.extra == {"relink": False}
    with pytest.raises(LinkedElsewhere):
        proofs.finish(taro, token, move=True)

    token = proofs.start(taro, EMAIL)
    with pytest.raises(LinkedElsewhere) as allowed:
        proofs.prove_by_code(taro, token, code())
    assert allowed.value.extra == {"relink": True}
    proofs.finish(taro, token, move=True)

    assert queries.people_of(member_id) == [taro.person_id]
    assert queries.web_login(session) is None
    assert notices() == ["links.linked", "links.moved", "links.linked"]
    assert facts() == ["member.linked", "member.unlinked", "member.linked"]
    assert [letter.address for letter in letters("mail.relinked")] == [EMAIL]


def test_a_member_without_an_address_hears_of_tries_in_the_talk(account):
    member_id = a_member("")
    passwords.keep(member_id, hashed("correct horse"))
    service.link(asker(account), member_id, proof="login")
    token = proofs.start(asker(account, TARO), members.member(member_id).number)
    for _ in range(limits.TRIES):
        with pytest.raises(WrongProof):
            proofs.prove_by_password(asker(account, TARO), token, "a guess")
    assert notices() == ["links.linked", "links.tried"]


def test_moving_ends_the_open_attempts_of_the_old_line_user(account):
    member_id = a_member()
    linked(account, member_id)
    old, taro = asker(account), asker(account, TARO)
    address = emails.start(old, "new@example.jp")
    secret = code("mail.email_code")
    token = proofs.start(taro, EMAIL)
    with pytest.raises(LinkedElsewhere):
        proofs.prove_by_code(taro, token, code())
    proofs.finish(taro, token, move=True)

    with pytest.raises(NotLinked):
        emails.prove(old, address, secret)
    assert members.member(member_id).email == EMAIL


def test_who_is_linked_begins_no_second_link(account):
    linked(account, a_member())
    a_member("other@example.jp")
    with pytest.raises(AlreadyLinked):
        proofs.start(asker(account), "other@example.jp")


def test_unlinking_keeps_the_member(account):
    member_id = a_member()
    linked(account, member_id)
    service.unlink(asker(account).person_id)

    assert queries.member_of(asker(account).person_id) is None
    assert members.member(member_id).email == EMAIL
    assert notices() == ["links.linked", "links.ended"]
    assert facts() == ["member.linked", "member.unlinked"]
    with pytest.raises(NotLinked):
        service.unlink(asker(account).person_id)


def test_the_history_of_links_stays(account):
    member_id = a_member()
    for _ in range(2):
        linked(account, member_id)
        service.unlink(asker(account).person_id)

    rows = db.session.scalars(select(Link).order_by(Link.id)).all()
    assert [row.end_reason for row in rows] == ["member", "member"]
    assert facts() == ["member.linked", "member.unlinked"] * 2


def test_headquarters_and_stores_of_one_provider_share_one_link(account):
    member_id = a_member()
    linked(account, member_id)
    stores = [add_account(slug, bot_user_id=f"U{slug:c>32}") for slug in ("ginza", "ueno")]
    for number, place in enumerate([account, *stores]):
        who = asker(place)
        people.seen(Sighting(who.provider_id, place, who.user_id, number, f"event {number}"))

    assert {asker(place).person_id for place in stores} == {asker(account).person_id}
    assert queries.member_of(asker(stores[0]).person_id) == member_id
    assert db.session.scalar(select(func.count()).select_from(Friendship)) == 3
    assert db.session.scalar(select(func.count()).select_from(Link)) == 1


def test_another_provider_knows_the_member_by_another_link(account):
    member_id = a_member()
    linked(account, member_id)
    elsewhere = add_account("osaka", bot_user_id="U" + "c" * 32, provider="second")
    linked(elsewhere, member_id)

    assert len(queries.people_of(member_id)) == 2
