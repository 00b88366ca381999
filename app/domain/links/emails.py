"""A member's new address counts only once its owner has typed in the code that was sent there."""

from app import clock
from app.db import transaction
from app.domain.links import claims, letters, queries, rules, tries
from app.domain.links.asker import Asker
from app.domain.links.errors import NotLinked, WrongProof
from app.domain.members import service as members


def start(asker: Asker, address: str) -> str:
    """Send a code to a new address of the person's member; answers the session's token.

    `address` is as members.rules.email writes it. Raises NotLinked and TooManyTries.
    """
    member_id = _member(asker)
    code = rules.new_code()
    with transaction():
        tries.take(asker.person_id, [member_id], "", "sent")
        claim_id, token = claims.open_claim(
            asker, "email", member_ids=[member_id], secret=address, code=code
        )
        letters.send_code(asker, "mail.email_code", address, code, claim_id)
    return token


def prove(asker: Asker, token: str, code: str) -> str:
    """Save the address whose code this is; answers it. Raises WrongProof and SessionOver."""
    member_id = _member(asker)
    with transaction():
        claim = claims.living(token, "email", asker)
        taken = tries.take(asker.person_id, claim.member_ids, "", "wrong")
        right = rules.matches(rules.typed_code(code), claim.code_hash) and claim.member_ids == [
            member_id
        ]
        if right:
            tries.give_back(taken)
            claim.ended_at = clock.now()
            members.change(member_id, {"email": claim.secret or ""})
            return claim.secret or ""
        left = tries.left(asker.person_id, claim.member_ids, "")
    raise WrongProof(left)


def _member(asker: Asker) -> int:
    member_id = queries.member_of(asker.person_id)
    if member_id is None:
        raise NotLinked(f"person {asker.person_id}")
    return member_id
