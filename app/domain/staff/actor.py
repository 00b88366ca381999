"""Who acts: a member of staff whose session lives at this moment."""

from dataclasses import dataclass

from app.domain.staff import roles


@dataclass(frozen=True)
class Actor:
    """A member of staff at one browser. A scope of None means all stores, or all accounts."""

    staff_id: int
    role: str
    name: str
    store_ids: frozenset[int] | None
    account_ids: frozenset[int] | None
    session_id: int

    def may(self, permission: str) -> bool:
        """Whether the role has this permission, a key of roles.PERMISSIONS."""
        return self.role in roles.PERMISSIONS[permission]

    def sees_store(self, store_id: int) -> bool:
        """Whether the store is in the scope."""
        return self.store_ids is None or store_id in self.store_ids

    def sees_account(self, account_id: int) -> bool:
        """Whether the account is in the scope."""
        return self.account_ids is None or account_id in self.account_ids
