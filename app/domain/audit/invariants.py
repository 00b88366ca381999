"""What must hold for the audit log, as far as SQL can tell; `flask audit verify` hashes as well."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.domain.audit import rules
from app.domain.audit.models import AuditEntry, AuditHead
from app.invariants import Invariant


def invariants() -> list[Invariant]:
    """Each entry follows the one before it, and the chain ends where its head says."""
    before = aliased(AuditEntry)
    chained = select(AuditEntry.id).outerjoin(before, before.id == AuditEntry.id - 1)
    stray = and_(before.id.is_(None), AuditEntry.id != 1)
    prev_hash = AuditEntry.prev_hash
    unlike = or_(prev_hash != before.hash, and_(before.id.is_(None), prev_hash != rules.BEGINNING))
    ends = select(AuditHead.id).outerjoin(AuditEntry, AuditEntry.id == AuditHead.entry_id)
    cut = and_(AuditHead.entry_id > 0, AuditEntry.hash.is_distinct_from(AuditHead.hash))
    beyond = select(AuditEntry.id).where(
        AuditEntry.id > select(AuditHead.entry_id).scalar_subquery()
    )
    return [
        Invariant("audit.gap", "P16", chained.where(stray)),
        Invariant("audit.chain", "P16", chained.where(and_(~stray, unlike))),
        Invariant("audit.head", "P16", ends.where(cut)),
        Invariant("audit.beyond_head", "P16", beyond),
    ]
