"""Proofs other than the code for a link: passwords, LINE's nonce, and codes for new addresses."""

import pytest
from werkzeug.security import generate_password_hash

from app import passwords as hashing
from app.domain.links import emails, passwords, proofs, queries
from app.domain.links.errors import BadHash, ChooseMember, SessionOver, WrongProof
from app.domain.members import queries as members
from app.passwords import hashed
from tests.support.members import EMAIL, a_member, a_shop, asker, code

TARO = "U" + "2" * 32


@pytest.fixture(autouse=True)
def shop(account: int) -> None:
    a_shop()


@pytest.mark.parametrize("make", [hashed, generate_password_hash])
def test_the_password_of_the_member_site_is_a_proof(account, make):
    member_id, person = a_member(), asker(account)
    passwords.keep(member_id, make("correct horse"))
    token = proofs.start(person, EMAIL)

    for wrong in ("", "wrong", "x" * 300):
        with pytest.raises(WrongProof):
            proofs.prove_by_password(person, token, wrong)
    proofs.prove_by_password(person, token, "correct horse")

    assert queries.member_of(person.person_id) == member_id


def test_a_right_code_whose_answer_was_lost_is_right_again(account):
    member_id = a_member()
    a_member(name="山田 太郎")
    person = asker(account)
    token = proofs.start(person, EMAIL)
    for _ in range(6):
        with pytest.raises(ChooseMember):
            proofs.prove_by_code(person, token, code())
    proofs.finish(person, token, "0")
    assert queries.member_of(person.person_id) == member_id
    with pytest.raises(SessionOver):
        proofs.prove_by_code(person, token, code())


def test_a_member_without_a_password_has_none_that_fits(account):
    a_member()
    person = asker(account)
    token = proofs.start(person, EMAIL)
    with pytest.raises(WrongProof):
        proofs.prove_by_password(person, token, "nobody has this password")


@pytest.mark.parametrize(
    "words",
    ["", "md5$x", "scrypt:1$x", "scrypt:2:1:1$salt$x", "scrypt:3:8:1$salt$x", "$argon2id$broken"],
)
def test_a_hash_we_cannot_check_is_refused(account, words):
    with pytest.raises(BadHash):
        passwords.keep(a_member(), words)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that are looked at, as they are."""
    seen: list[str] = []
    look = hashing.right

    def noted(password: str, kept: str | None) -> bool:
        seen.append(kept or "nobody's")
        return look(password, kept)

    monkeypatch.setattr(hashing, "right", noted)
    return seen


def test_a_password_is_looked_at_alike_whoever_there_is(account, looks):
    """Their number and kind is what takes the time: one for each of the largest family."""
    family = [a_member("family@example.jp") for _ in range(3)]
    alone, without = a_member(EMAIL), a_member("without@example.jp")
    hashes = {f"scrypt:1024:8:1$salt${number}" for number in range(4)}
    for member_id, made in zip([*family, alone], sorted(hashes), strict=True):
        passwords.keep(member_id, made)
    token = proofs.begin_login(asker(account), "LINE's link token")
    typed = [EMAIL, "family@example.jp", "without@example.jp", "nobody@example.jp"]
    counted = []
    for who in [*typed, members.member(without).number]:
        looks.clear()
        with pytest.raises(WrongProof):
            proofs.log_in(token, who, "wrong")
        assert set(looks) <= hashes
        counted.append(len(looks))
    assert counted == [3] * 5


def test_without_any_passwords_one_of_nobodys_is_looked_at(account, looks):
    token = proofs.begin_login(asker(account), "LINE's link token")
    with pytest.raises(WrongProof):
        proofs.log_in(token, EMAIL, "wrong")
    assert looks == ["nobody's"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9123-4567-8901-2348", "９１２３４５６７８９０１２３４８"),
        ("X@Example.jp", " x@example.JP"),
    ],
)
def test_however_nobody_is_written_their_tries_are_counted_together(account, one, other):
    """As a member's are; two people could else find out by them whether there is a member."""
    first, second = asker(account), asker(account, TARO)
    token = proofs.start(first, one)
    for _ in range(3):
        with pytest.raises(WrongProof):
            proofs.prove_by_code(first, token, "000000")
    token = proofs.start(second, other)
    with pytest.raises(WrongProof) as refused:
        proofs.prove_by_code(second, token, "000000")
    assert refused.value.extra == {"tries_left": 1}


def test_an_address_is_found_however_it_is_typed(account):
    member_id, person = a_member("Hanako.Yamada@Example.jp"), asker(account)
    proofs.prove_by_code(person, proofs.start(person, "HANAKO.yamada@example.jp"), code())
    assert queries.member_of(person.person_id) == member_id


def test_a_new_address_counts_once_its_code_was_typed(account):
    member_id = a_member()
    person = asker(account)
    proofs.prove_by_code(person, proofs.start(person, EMAIL), code())
    token = emails.start(person, "new@example.jp")
    assert members.member(member_id).email == EMAIL
    with pytest.raises(WrongProof):
        emails.prove(person, token, "not the code")

    assert emails.prove(person, token, code("mail.email_code")) == "new@example.jp"
    assert members.member(member_id).email == "new@example.jp"
    with pytest.raises(SessionOver):
        emails.prove(person, token, code("mail.email_code"))


def test_the_login_of_the_member_site_links_by_lines_nonce(account):
    member_id, person = a_member(), asker(account)
    passwords.keep(member_id, hashed("correct horse"))
    token = proofs.begin_login(person, "LINE's link token")

    with pytest.raises(WrongProof):
        proofs.log_in(token, EMAIL, "wrong")
    link_token, nonce = proofs.log_in(token, EMAIL, "correct horse")
    assert link_token == "LINE's link token"
    assert queries.member_of(person.person_id) is None

    with pytest.raises(SessionOver):
        proofs.redeem(asker(account, TARO), nonce)
    proofs.redeem(person, nonce)
    assert queries.member_of(person.person_id) == member_id
    with pytest.raises(SessionOver):
        proofs.redeem(person, nonce)
