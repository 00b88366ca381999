"""Who wants to be linked: a LINE user whom LINE has named to us just now."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asker:
    """A person at one account. `email` is an address that LINE has verified for them."""

    person_id: int
    user_id: str
    account_id: int
    provider_id: int
    language: str | None = None
    email: str | None = None
