"""Proving to be a member: by a code sent to the registered address, or by the member's password.

Nothing here tells whether a member exists: what nobody is known by is treated as if somebody were,
with a code that is never sent and a password that nobody has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app import clock
from app.db import transaction
from app.domain.links import claims, letters, limits, passwords, queries, rules, service, tries
from app.domain.links.asker import Asker
from app.domain.links.errors import (
    AlreadyLinked,
    Choice,
    ChooseMember,
    LinkedElsewhere,
    SessionOver,
    WrongProof,
)
from app.domain.links.models import LinkClaim
from app.domain.members import queries as members
from app.domain.members import rules as fields
from app.domain.members.errors import BadValue
from app.domain.members.queries import MemberCard
from app.domain.people import queries as people
from app.i18n import plain
from app.outbox import put as outbox
from app.outbox.put import Notice, Recipient


@dataclass(frozen=True)
class _Attempt:
    """A claim as it stood when the try was counted."""

    person_id: int
    account_id: int
    member_ids: Sequence[int]
    who_hash: str
    code_hash: str | None
    tries: list[int]


def start(asker: Asker, who: str) -> str:
    """Begin to prove to be the member with this number or address; answers the session's token.

    A code goes to the registered address. Raises AlreadyLinked and TooManyTries.
    """
    found, who_hash = _named(who)
    member_ids = [member.id for member in found]
    code = rules.new_code()
    with transaction():
        if queries.member_of(asker.person_id) is not None:
            raise AlreadyLinked(f"person {asker.person_id}")
        tries.take(asker.person_id, member_ids, who_hash, "sent")
        claim_id, token = claims.open_claim(
            asker, "link", member_ids=member_ids, who_hash=who_hash, code=code
        )
        letters.send_code(
            asker, "mail.link_code", found[0].email if found else None, code, claim_id
        )
    return token


def prove_by_code(asker: Asker, token: str, code: str) -> None:
    """Link with the code of the mail. Raises WrongProof, and what `finish` raises."""
    attempt = _attempt(token, asker)
    if not rules.matches(rules.typed_code(code), attempt.code_hash):
        raise _wrong(attempt)
    _proved(asker, token, attempt, "code", attempt.member_ids)
    finish(asker, token)


def prove_by_password(asker: Asker, token: str, password: str) -> None:
    """Link with the password of the member site. Raises WrongProof, and what `finish` raises."""
    attempt = _attempt(token, asker)
    right = passwords.right(attempt.member_ids, password, attempt.who_hash)
    if not right:
        raise _wrong(attempt)
    _proved(asker, token, attempt, "password", right)
    finish(asker, token)


def finish(asker: Asker, token: str, key: str | None = None, *, move: bool = False) -> None:
    """Make the link that was proved; `key` chooses one of several members.

    `move`: take the member over from another LINE user, which only a code allows. Raises
    SessionOver, ChooseMember, AlreadyLinked and LinkedElsewhere.
    """
    with transaction():
        claim = claims.living(token, "link", asker)
        if claim.proof is None:
            raise SessionOver("nothing was proved")
        member_id = _chosen(claim, key)
        if move and claim.proof != "code":
            raise LinkedElsewhere(relink=False)
        service.link(asker, member_id, proof=claim.proof, move=move)
        claim.ended_at = clock.now()


def begin_login(asker: Asker, link_token: str) -> str:
    """A session for the login of the member site, begun in the talk; answers its token."""
    with transaction():
        return claims.open_claim(asker, "login", secret=link_token)[1]


def log_in(token: str, who: str, password: str) -> tuple[str, str]:
    """The member logs in; answers LINE's link token and a nonce to go on with.

    Raises WrongProof, TooManyTries, SessionOver, and ChooseMember where only a number will do.
    """
    found, who_hash = _named(who)
    with transaction():
        claim = claims.living(token, "login")
        attempt = _counted(claim, [member.id for member in found], who_hash)
    right = passwords.right(attempt.member_ids, password, who_hash)
    if not right:
        raise _wrong(attempt)
    nonce = rules.new_token()
    with transaction():
        tries.give_back(attempt.tries)
        claim = claims.living(token, "login")
        claim.member_ids, claim.proof = right, "password"
        _chosen(claim, None)
        claim.nonce_hash = rules.fingerprint(nonce)
        return claim.secret or "", nonce


def redeem(asker: Asker, nonce: str) -> None:
    """LINE confirms that this person opened the page we sent on: link them.

    Raises SessionOver, AlreadyLinked and LinkedElsewhere.
    """
    with transaction():
        claim = claims.by_nonce(nonce, asker)
        service.link(asker, claim.member_ids[0], proof="login")
        claim.ended_at = clock.now()


def refuse(nonce: str) -> None:
    """LINE says that somebody else opened the page we sent on, whom it does not name.

    Nobody is linked, and the person who asked for the login is told. Raises SessionOver.
    """
    with transaction():
        claim = claims.by_nonce(nonce)
        claim.ended_at = clock.now()
        to = Recipient(claim.account_id, people.profile(claim.person_id).user_id, claim.person_id)
        outbox.say([Notice("links.failed")], to, dedupe=f"claim/{claim.id}/failed")


def _named(who: str) -> tuple[list[MemberCard], str]:
    """The members with this number or address, and what tries are counted by where there are none.

    That is one and the same however the number or address is written, as a member is: else tries
    in two ways of writing would show whether somebody is known by them.
    """
    try:
        if "@" in who or "＠" in who:
            address = fields.email(who)
            return members.by_email(address)[: limits.FAMILY], rules.fingerprint(address)
        number = fields.number(who)
    except BadValue:
        return [], rules.fingerprint(plain(who))
    known = members.by_number(number)
    return [known] if known else [], rules.fingerprint(number)


def _attempt(token: str, asker: Asker) -> _Attempt:
    with transaction():
        claim = claims.living(token, "link", asker)
        return _counted(claim, claim.member_ids, claim.who_hash)


def _counted(claim: LinkClaim, member_ids: Sequence[int], who_hash: str) -> _Attempt:
    taken = tries.take(claim.person_id, member_ids, who_hash, "wrong")
    return _Attempt(claim.person_id, claim.account_id, member_ids, who_hash, claim.code_hash, taken)


def _wrong(attempt: _Attempt) -> WrongProof:
    """The try counts; the member hears of it when it was the last one."""
    with transaction():
        for member_id in attempt.member_ids:
            if tries.used_up(member_id):
                _warn(member_id, attempt.account_id, cause=f"tries/{member_id}/{attempt.tries[-1]}")
        left = tries.left(attempt.person_id, attempt.member_ids, attempt.who_hash)
    return WrongProof(left)


def _warn(member_id: int, account_id: int, *, cause: str) -> None:
    """Tell the member by mail, else where they are linked, that somebody keeps trying."""
    if letters.warn(member_id, "mail.too_many_tries", account_id, cause):
        return
    for to in queries.recipients_of(member_id):
        outbox.say([Notice("links.tried")], to, dedupe=f"{cause}/{to.person_id}", cause=cause)


def _proved(
    asker: Asker, token: str, attempt: _Attempt, proof: str, member_ids: Sequence[int]
) -> None:
    with transaction():
        claim = claims.living(token, "link", asker)
        tries.give_back(attempt.tries)
        # The code stays good for this attempt, until it ends: its answer may have been lost.
        claim.proof, claim.member_ids = proof, list(member_ids)


def _chosen(claim: LinkClaim, key: str | None) -> int:
    keys: dict[str, int] = {str(place): member for place, member in enumerate(claim.member_ids)}
    if key is not None and key in keys:
        return keys[key]
    if len(keys) == 1:
        return claim.member_ids[0]
    cards = {place: members.member(member_id) for place, member_id in keys.items()}
    raise ChooseMember([_choice(place, card) for place, card in cards.items()])


def _choice(key: str, card: MemberCard) -> Choice:
    return Choice(key, rules.masked_name(card.name), rules.masked_number(card.number))
