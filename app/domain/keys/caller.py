"""Who asks: one of the shop's own systems, by its key."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """A living key and what it is good for; None as account or store means all of them."""

    key_id: int
    scopes: frozenset[str]
    account_id: int | None
    store_id: int | None
    per_minute: int

    def may(self, scope: str) -> bool:
        """Whether the key has this scope (scopes.py)."""
        return scope in self.scopes

    def sees_account(self, account_id: int | None) -> bool:
        """Whether what belongs to this account is the key's to see; None: to the whole company."""
        return self.account_id is None or account_id == self.account_id

    def sees_store(self, store_id: int | None) -> bool:
        """The same for a store."""
        return self.store_id is None or store_id == self.store_id
